"""pytest plugin: `pytest learner.ipynb` grades a notebook, one item a check.

A notebook is collected only when it is named on the command line, or with `--ecs-grade`.
All else is in `items`, imported with the first notebook: pytest loads this module in every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from ecs_lab.grading.items import NotebookFile

OTHERS = ("nbval", "nbval_lax", "nbmake")
"""Options of other plugins that take notebooks; with one of these ours waits for --ecs-grade."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of grading."""
    group = parser.getgroup("ecs_lab", "grading notebooks of ecs_lab")
    group.addoption(
        "--ecs-grade",
        action="store_true",
        help="grade every notebook in the folders given, not only those named",
    )
    group.addoption(
        "--ecs-exercises",
        metavar="IDS",
        type=_ids,
        default=[],
        help="grade on these exercises (ids, separated by commas), whatever the notebook",
    )
    group.addoption(
        "--ecs-learner",
        metavar="NAME",
        default="",
        help="whose variants of the exercises to grade on, for all notebooks of this run",
    )
    group.addoption(
        "--ecs-learner-from-name",
        action="store_true",
        help="grade on the variants of the learner in each notebook's name: 03-fargate_ana",
    )
    group.addoption(
        "--ecs-cell-seconds",
        metavar="S",
        type=_seconds,
        default=None,
        help="how long one cell may run (default 30)",
    )
    group.addoption(
        "--ecs-notebook-seconds",
        metavar="S",
        type=_seconds,
        default=None,
        help="how long one notebook may run (default 180)",
    )
    parser.addini(
        "ecs_exercises",
        type="args",
        default=[],
        help="exercises of notebooks that are named after none of the course's",
    )
    parser.addini(
        "ecs_learner_from_name",
        type="bool",
        default=False,
        help="grade each notebook on the variants of the learner in its name",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> NotebookFile | None:
    """A notebook to grade, if it is one and grading was asked for."""
    if file_path.suffix != ".ipynb" or not _wanted(file_path, parent):
        return None
    from ecs_lab.grading import items

    if not parent.config.pluginmanager.is_registered(items):
        parent.config.pluginmanager.register(items, "ecs_lab_items")
    return items.NotebookFile.from_parent(parent, path=file_path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the items of a notebook on one worker, so that it runs once."""
    if config.getoption("dist") != "load" or not _grades(config):
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # has none

    return LoadFileScheduling(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the points of each notebook that was graded."""
    graded = [
        report.ecs_lab
        for reports in terminalreporter.stats.values()
        for report in reports
        if hasattr(report, "ecs_lab")
    ]
    if graded:
        from ecs_lab.grading.summary import write_summary

        write_summary(terminalreporter, graded)


def _wanted(path: Path, parent: pytest.Collector) -> bool:
    config = parent.config
    if config.getoption("ecs_grade"):
        return True
    return parent.session.isinitpath(path) and not any(
        config.getoption(name, default=False) for name in OTHERS
    )


def _grades(config: pytest.Config) -> bool:
    named = (str(argument).split("::")[0] for argument in config.args)
    return bool(config.getoption("ecs_grade")) or any(name.endswith(".ipynb") for name in named)


def _ids(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 86_400:  # a day; also refuses nan
        raise ValueError(text)
    return value
