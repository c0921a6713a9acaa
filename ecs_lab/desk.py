"""The learner's desk: the lab with pictures, exercises and questions at hand. This is
`ecs_lab.Lab`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecs_lab import lab

if TYPE_CHECKING:
    from pathlib import Path

    from ecs_lab.exercises.report import Report
    from ecs_lab.traffic.report import LoadReport
    from ecs_lab.widgets.progress import Progress
    from ecs_lab.widgets.steps import StepBuilder
    from ecs_lab.widgets.time_control import TimeControl
    from ecs_lab.widgets.timeline import Timeline


class Lab(lab.Lab):
    """A simulated AWS account in virtual time, with pictures, exercises and questions.

    See `ecs_lab.lab.Lab` for the account itself.
    """

    _last_seen: dict[str, Any] | None = None
    _bar: Progress

    def diagram(self, view: str = "architecture", *, title: str | None = None) -> Any:
        """A picture of what is in the lab; what is new since the last picture stands out.

        `view` is "architecture", or "responsibility" for who manages what on EC2 and on Fargate.
        Gives a `Picture`, or where Python has no Graphviz a widget that draws it in the browser.
        """
        from ecs_lab.diagram import draw
        from ecs_lab.widgets.dot import showable

        snapshot = self.snapshot()
        picture = draw(snapshot, previous=self._last_seen, view=view, title=title)
        if view == "architecture":
            self._last_seen = snapshot
        return showable(picture)

    def timeline(self) -> Timeline:
        """What happened so far, oldest first, as in `ecs_lab.lab.Lab.timeline`; at the end of a
        cell it is a chart of tasks and events.
        """
        from ecs_lab.widgets.timeline import Timeline

        tasks = self.snapshot()["tasks"]
        revisions = {t["taskArn"]: t["taskDefinitionArn"].rpartition("/")[2] for t in tasks}
        return Timeline(super().timeline(), self.world.now(), revisions)

    def time_control(self) -> TimeControl:
        """Buttons to play, pause, step and jump in the lab's time, with its timeline."""
        from ecs_lab.widgets.time_control import TimeControl

        return TimeControl(self)

    def steps(self, name: str | Path) -> StepBuilder:
        """A deployment step by step in this lab: run a step, all, or take them back; read and
        change their code, see requests and answers, and the picture with what is new.

        `name` is one of the package ("fargate-alb") or a file of your own ("mine.py"), which the
        panel's script is a good beginning of.
        """
        from ecs_lab.widgets.steps import show as show_steps

        return show_steps(name, self)

    def load(self, service_or_url: str, **settings: Any) -> LoadReport:
        """Send many requests (see `ecs_lab.lab.Lab.load`), with a bar while it takes long."""
        from ecs_lab.widgets.progress import Progress

        with Progress("requests") as self._bar:
            return super().load(service_or_url, **settings)

    def _progress(self, sent: int, total: int) -> None:
        self._bar.show(sent, total)

    def reset(self) -> None:
        """Go back to the beginning; the next picture is a first one again."""
        super().reset()
        self._last_seen = None

    def exercise(self, exercise_id: str) -> Any:
        """The task of an exercise, with buttons to check it and for hints where widgets run."""
        from ecs_lab.widgets.exercise import show as show_exercise

        return show_exercise(exercise_id, self)

    def begin(self, exercise_id: str, *, afresh: bool = False) -> Any:
        """Build in this lab what an exercise gives, such as the broken system of a repair.

        It is refused when there is something in the lab; `afresh=True` resets the lab before.
        """
        from ecs_lab import exercises

        return exercises.begin(exercise_id, self, afresh=afresh)

    def check(self, exercise_id: str) -> Report:
        """Check what is in the lab against an exercise: a table of what is there and what is
        missing, and why.
        """
        from ecs_lab import exercises

        return exercises.check(exercise_id, self)

    def hint(self, exercise_id: str) -> Any:
        """The next hint of an exercise."""
        from ecs_lab import exercises

        return exercises.hint(exercise_id)

    def solution(self, exercise_id: str, *, give_up: bool = False) -> Any:
        """The worked solution of an exercise and its reason; before it is passed only with
        `give_up=True`.
        """
        from ecs_lab import exercises

        return exercises.solution(exercise_id, give_up=give_up)

    def quiz(self, topic: str = "", **wish: Any) -> Any:
        """Questions on a topic: a widget in a notebook, text elsewhere; it goes on where it was
        left.

        `count` and `seed` say how many, and in which order. Instead of a topic, or with it:
        `exam="DVA-C03"`, `by="weak"` ("due", "missed", "flagged"), `generated=True` for questions
        made anew for each seed, or `resume=True` for the practice that was left last. A topic may
        be a YAML file of your own, and `files=["mine.yaml"]` are asked with the course's.
        """
        from ecs_lab.widgets.quiz import show as show_quiz

        return show_quiz(topic, **wish)

    def dashboard(self) -> Any:
        """How you stand: by topic and exam, what is due, what is next and why; a panel in a
        notebook, text elsewhere.
        """
        from ecs_lab.widgets.dashboard import Dashboard

        return Dashboard()

    def exam(self, code: str, mode: str = "timed", **wish: Any) -> Any:
        """A mock exam shaped like AWS's `code` ("SAA-C03"), or "SPRINT" for a short one.

        It begins with its button, and goes on where it was left after a restart. Modes: "timed",
        "final", "section" (`section=2`), "topic" (`topic="fargate"`), "missed", "review". More:
        `count`, `extra_minutes`, `seed`, and `files=["mine.yaml"]` for questions of your own.
        """
        from ecs_lab.widgets.exam import show as show_exam

        return show_exam(code, mode, **wish)


class UnexpectedSuccessError(AssertionError):
    """The error that a cell wanted to show did not happen."""


@contextmanager
def expect_error(code: str) -> Iterator[None]:
    """Run a call that AWS is going to refuse, and show its error instead of stopping the notebook.

    `code` is the exception's name, such as "ClientException". Raises UnexpectedSuccessError when
    the call succeeds; another error comes through as it is.
    """
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise
        message = error.response["Error"]["Message"]
        print(f"AWS refuses {error.operation_name} with {code}:\n    {message}")  # noqa: T201 - shown
    else:
        raise UnexpectedSuccessError(f"this call was to be refused with {code}, but it succeeded")


def show(answer: dict[str, Any], *keys: str) -> None:
    """Print a boto3 answer as JSON, without its ResponseMetadata; with `keys`, only those of it.

    >>> show({"cluster": {"status": "ACTIVE"}, "ResponseMetadata": {}})
    {
      "cluster": {
        "status": "ACTIVE"
      }
    }
    """
    shown = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    if keys:
        shown = {key: answer[key] for key in keys}
    print(json.dumps(shown, indent=2, default=_text))  # noqa: T201 - shown in the notebook


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
