"""The step builder: what its buttons do, what it tells, and what is there without widgets."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.widgets import progress
from ecs_lab.widgets.nodes import to_text
from ecs_lab.widgets.steps import StepBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecs_lab import Lab


@pytest.fixture
def builder(lab: Lab) -> Iterator[StepBuilder]:
    """The panel of a deployment."""
    widget = lab.steps("fargate-alb")
    yield widget
    widget.close()


def sent(widget: StepBuilder, do: str, **values: Any) -> None:
    """A message from the browser."""
    widget._handle_custom_msg({"do": do, "values": values}, [])


def found(nodes: list[dict[str, Any]], tag: str) -> list[dict[str, Any]]:
    """All elements of a tag, in order."""
    return [
        hit
        for node in nodes
        for hit in ([node] if node.get("tag") == tag else []) + found(node.get("children", []), tag)
    ]


def labels_off(widget: StepBuilder) -> dict[str, bool]:
    """The buttons, and whether they are off."""
    return {
        to_text(each["children"]): "aria-disabled" in each["attributes"]
        for each in found(widget.body, "button")
    }


def test_run_does_the_next_step_and_tells_it(builder: StepBuilder) -> None:
    """The live region, the bar, the open step and the focus's button follow."""
    assert labels_off(builder) == {"Run step 1": False, "Run all": False, "Back": True,
                                   "Reset": True, "As a script": False}  # fmt: skip
    sent(builder, "run")
    assert builder.notice == "Step 1 done: A cluster and a log group. In the picture: 1 new."
    (bar,) = found(builder.body, "progress")
    assert (bar["attributes"]["value"], bar["attributes"]["max"]) == ("1", "6")
    assert labels_off(builder)["Run step 2"] is False
    assert labels_off(builder)["Back"] is False
    opened = [i for i, each in enumerate(found(builder.body, "li"), 1)
              if "open" in each["children"][0]["attributes"]]  # fmt: skip
    assert opened == [1, 2]
    current = [each["attributes"].get("aria-current") for each in found(builder.body, "li")]
    assert current == [None, "step", None, None, None, None]
    assert "After step 1" in to_text(builder.body)
    runs = ["data-shift-enter" in each["attributes"] for each in found(builder.body, "textarea")]
    assert runs == [False, True, False, False, False, False]


def test_run_all_shows_each_step_on_its_way(lab: Lab, builder: StepBuilder) -> None:
    """The bar says which one runs; at the end nothing is left to run."""
    seen: list[str] = []
    builder.observe(lambda change: seen.append(to_text(change["new"])), "body")
    sent(builder, "all")
    running = [text for text in seen if "Running step" in text]
    assert [f"Running step {n} of 6" in text for n, text in enumerate(running, 1)] == [True] * 6
    assert builder.notice == "Steps 1 to 6 done."
    assert labels_off(builder)["Run"] is True
    assert lab.snapshot()["services"][0]["runningCount"] == 2
    sent(builder, "all")
    assert builder.notice == "All steps are done."
    sent(builder, "run")
    assert builder.notice == "All steps are done."


def test_back_and_reset_take_steps_back(lab: Lab, builder: StepBuilder) -> None:
    """The notice says where one is, and when."""
    sent(builder, "all")
    sent(builder, "back")
    assert builder.notice.startswith("The lab is as it was before step 6. It is 09:0")
    sent(builder, "reset")
    assert builder.notice == "The lab is as it was before step 1. It is 09:00:00 in the lab."
    assert lab.snapshot()["clusters"] == []
    sent(builder, "back")
    assert builder.notice == "No step is done yet."


def test_what_other_cells_did_is_undone_only_when_asked_for_twice(
    lab: Lab, builder: StepBuilder
) -> None:
    """Another button in between means that it was not meant."""
    sent(builder, "run")
    lab.client("ecs").create_cluster(clusterName="mine")
    sent(builder, "reset")
    assert builder.notice.startswith("Other cells went on in this lab since. Press Reset once more")
    sent(builder, "back")
    assert builder.notice.startswith("Other cells went on in this lab since. Press Back once more")
    assert len(lab.snapshot()["clusters"]) == 2
    sent(builder, "script")
    sent(builder, "back")
    assert len(lab.snapshot()["clusters"]) == 2
    sent(builder, "back")
    assert lab.snapshot()["clusters"] == []


def test_a_mistake_is_told_and_the_edit_is_kept(lab: Lab, builder: StepBuilder) -> None:
    """In the live region and in the step; Run all ends there; the mended step is run again."""
    before = lab.snapshot()
    sent(builder, "all", **{"code-1": "ecs.create_cluster(clusterName='a b')"})
    assert builder.notice.startswith("Step 1 did not work. Line 1: AWS refuses CreateCluster")
    assert "The lab is as it was before this step." in to_text(builder.body)
    assert "did not work" in to_text(found(builder.body, "summary")[1:2])
    assert found(builder.body, "textarea")[0]["children"] == [
        {"text": "ecs.create_cluster(clusterName='a b')"}
    ]
    assert lab.snapshot() == before
    sent(builder, "run", **{"code-1": "ecs.create_cluster(clusterName='b')"})
    assert builder.notice.startswith("Step 1 done")
    sent(builder, "original-1")
    assert builder.notice == "Step 1 has its original code again."
    assert "changed since: it counts when it is run again" in to_text(builder.body)


def test_requests_and_answers_are_there_on_demand(builder: StepBuilder) -> None:
    """A button lists them, and puts them away; they are gone with the step."""
    sent(builder, "run")
    assert "CreateLogGroup" not in to_text(builder.body)
    assert labels_off(builder)["Requests and answers (2)"] is False
    sent(builder, "calls-1")
    assert "logs: CreateLogGroup" in to_text(builder.body)
    assert '"logGroupName": "/ecs/orders"' in to_text(builder.body)
    sent(builder, "calls-1")
    assert "CreateLogGroup" not in to_text(builder.body)
    sent(builder, "calls-1")
    sent(builder, "back")
    sent(builder, "run")
    assert "CreateLogGroup" not in to_text(builder.body)


def test_the_script_has_the_edits_and_opens_again(
    lab: Lab, builder: StepBuilder, tmp_path: Path
) -> None:
    """To copy, or saved to a file; it never replaces one; it runs by itself as well."""
    sent(builder, "script", **{"code-1": 'ecs.create_cluster(clusterName="b")\nprint(1)'})
    assert 'create_cluster(clusterName="b")' in to_text(found(builder.body, "textarea")[:1])
    file = builder.save(tmp_path / "mine.py")
    with pytest.raises(FileExistsError, match="choose another name"):
        builder.save(file)
    again = lab.steps(str(file))
    assert again.title == builder.title
    assert again.run()
    assert [each["clusterName"] for each in lab.snapshot()["clusters"]] == ["b"]
    again.close()
    file.write_text(file.read_text("utf-8").partition("# %% Two roles")[0], "utf-8")
    names = runpy.run_path(str(file))
    names["lab"].close()


def test_without_widgets_every_step_is_there(lab: Lab, builder: StepBuilder) -> None:
    """Code, and what it would do, as text and HTML with pictures; the lab stays as it is."""
    before = lab.now, lab.snapshot()
    bundle = builder._repr_mimebundle_()
    assert bundle is not None
    text, html = bundle[0]["text/plain"], bundle[0]["text/html"]
    for step in ("1. A cluster and a log group", "6. A request, and what was logged"):
        assert step in text
        assert step in html
    assert "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html" in text
    assert 'href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html"' in html
    assert "200, answered by the task" in text
    assert "ECS cluster orders (ACTIVE): nothing runs here yet [new]" in text
    assert html.count("<svg") >= 3
    assert "<button" not in html
    assert (lab.now, lab.snapshot()) == before


def test_without_widgets_an_edited_step_shows_only_what_it_did(builder: StepBuilder) -> None:
    """What an edit would do is not guessed, and no code of the learner's is run for a picture."""
    builder.run()
    builder.set(**{"code-2": "raise SystemExit"})
    text = builder.as_text()
    assert "ECS cluster orders (ACTIVE): nothing runs here yet [new]" in text
    assert "raise SystemExit" in text
    assert "answered by the task" not in text
    builder.run()
    assert "the code asked Python to end" in builder.as_text()


def test_a_file_of_ones_own_is_never_run_for_a_picture(lab: Lab, tmp_path: Path) -> None:
    """Only Run runs it."""
    file = tmp_path / "mine.py"
    file.write_text(f'"""Mine."""\n# %% First\nopen({str(tmp_path / "made")!r}, "w").close()\n')
    widget = lab.steps(file)
    assert "First" in widget.as_html()
    assert not (tmp_path / "made").exists()
    assert widget.run()
    assert (tmp_path / "made").exists()
    widget.close()


def test_a_lab_that_cannot_go_back_runs_forward(
    lab: Lab, builder: StepBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where notebooks are graded: Back and Reset are off and say why."""
    monkeypatch.delattr(type(lab.world), "copy")
    builder.run()
    assert labels_off(builder)["Back"] is True
    builder.back()
    assert builder.notice.startswith("This lab cannot go back")
    assert "answered by the task" not in builder.as_text()


def test_a_load_in_a_step_shows_its_bar_in_the_panel(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many requests were sent, of how many; afterwards the bar is gone."""
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    file = tmp_path / "mine.py"
    file.write_text(
        '"""Mine."""\nfrom ecs_lab.widgets.progress import Progress\n'
        '# %% Load\nwith Progress("requests") as bar:\n    bar.show(400, 1000)\n'
    )
    widget = lab.steps(file)
    seen: list[str] = []
    widget.observe(lambda change: seen.append(to_text(change["new"])), "body")
    assert widget.run()
    assert any("400 of 1,000 requests" in text for text in seen)
    assert "1,000" not in to_text(widget.body)
    widget.close()
