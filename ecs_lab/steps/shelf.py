"""Where steps are found: those of the package by name, a learner's own by the path of their file.

>>> load("fargate-alb").title
'A Fargate service behind an Application Load Balancer'
"""

from __future__ import annotations

from pathlib import Path

from ecs_lab.coursefile import nearest
from ecs_lab.steps.script import Script, ScriptError, parse

CATALOG = Path(__file__).parent / "catalog"


class UnknownStepsError(LookupError):
    """No steps have this name; the message names the nearest that there are."""

    def _render_traceback_(self) -> list[str]:  # how IPython shows it: the sentence alone
        return [str(self)]


def names() -> list[str]:
    """The deployments of the package."""
    return sorted(path.stem for path in CATALOG.glob("*.py"))


def is_own(name: str | Path) -> bool:
    """Whether this means a file of the learner's, not one of the package's deployments."""
    return isinstance(name, Path) or name.endswith(".py")


def load(name: str | Path) -> Script:
    """The steps of a name, or in a file whose name ends in .py.

    Raises UnknownStepsError for a name that there is not, ScriptError for a file that cannot be
    read.
    """
    if is_own(name):
        return parse(_text(Path(name)), Path(name).name)
    path = CATALOG / f"{name}.py"
    if name not in names():
        raise UnknownStepsError(
            f"There are no steps named {name!r}. {nearest(str(name), names())} "
            "A file of your own is named with its ending: lab.steps('mine.py')."
        )
    return parse(path.read_text("utf-8"), str(name))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise ScriptError(
            f"There is no file {path}. Give the path of a file of steps, or one of: "
            f"{', '.join(names())}."
        ) from None
    except OSError as error:
        raise ScriptError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ScriptError(f"{path} is not UTF-8 text: save it as UTF-8 and try again.") from None
