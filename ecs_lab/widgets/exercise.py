"""An exercise in a notebook: its task, and buttons to check it, for hints, and for the solution.

    panel = show("fargate-first-service", lab)
    panel.check()
    panel.report

Python holds the state, the browser only shows it. Where widgets do not run, the same panel is
static text that names the calls to make instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets as t

from ecs_lab import exercises
from ecs_lab.exercises.report import feedback
from ecs_lab.exercises.texts import Text, markdown_parser
from ecs_lab.widgets.panel import style

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

    from ecs_lab.exercises.report import Report
    from ecs_lab.lab import Lab

_HERE = Path(__file__).parent

Node = dict[str, Any]
"""A piece of a text for the browser: {"tag": "p", "children": [...]}, or {"text": "..."}."""


def show(exercise_id: str, lab: Lab) -> ExercisePanel:
    """The panel of an exercise, whose Check button checks `lab`.

    Raises `ecs_lab.exercises.catalog.UnknownExerciseError`, which names the nearest id.
    """
    return ExercisePanel(exercise_id, lab)


class ExercisePanel(anywidget.AnyWidget):
    """An exercise's task with its buttons; the browser sends what is pressed ({"do": "check"})."""

    _esm = _HERE / "exercise.js"
    _css = style("exercise")

    title = t.Unicode().tag(sync=True)
    # The task, as a list of nodes.
    statement: t.List[Node] = t.List().tag(sync=True)
    # Empty before the first check; then {"passed", "headline", "rows": [{"title", "status",
    # "points", "feedback": [[name, text]]}]}.
    report = t.Dict().tag(sync=True)
    # The text that was asked for last, a hint or the solution, as a list of nodes.
    reading: t.List[Node] = t.List().tag(sync=True)
    # What a screen reader is told about the last action.
    notice = t.Unicode().tag(sync=True)

    def __init__(self, exercise_id: str, lab: Lab) -> None:
        self._id, self._lab = exercise_id, lab
        self._statement = exercises.ask(exercise_id)
        title = self._statement.markdown.splitlines()[0].lstrip("# ")
        super().__init__(title=title, statement=nodes(self._statement))
        self.on_msg(self._received)

    def check(self) -> Report:
        """Check the lab as the button does; the report is returned and shown."""
        report = exercises.check(self._id, self._lab)
        with self.hold_sync():
            self.report = _as_rows(report)
            self.notice = report.headline
        return report

    def hint(self) -> None:
        """Show the next hint."""
        self._read(exercises.hint(self._id), "The hint is shown below.")

    def solution(self, *, give_up: bool = False) -> None:
        """Show the worked solution, or what is left to do before it opens."""
        text = exercises.solution(self._id, give_up=give_up)
        self._read(text, "The solution is shown below." if text.open else str(text))

    def _read(self, text: Text, notice: str) -> None:
        with self.hold_sync():
            self.reading, self.notice = nodes(text), notice

    def _received(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        actions = {"check": self.check, "hint": self.hint, "solution": self.solution}
        try:
            actions[message["do"]]()
        except Exception as error:  # nothing else would show it to the learner
            self.notice = f"That did not work: {error}"
        self.send({"told": True})  # also when the answer is the same as before

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget and, for places that show none, the task as text and HTML."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        static = {"text/plain": str(self._statement), "text/html": self._statement._repr_html_()}
        return {**data, **static}, metadata


def nodes(text: Text) -> list[Node]:
    """A text's Markdown as nodes, which the browser can build without any HTML."""
    from markdown_it.tree import SyntaxTreeNode

    tree = SyntaxTreeNode(markdown_parser().parse(text.markdown))
    return [node for child in tree.children for node in _nodes(child)]


_TAGS = {
    "paragraph", "heading", "bullet_list", "ordered_list", "list_item", "strong", "em",
    "blockquote", "hr",
}  # fmt: skip


def _nodes(node: SyntaxTreeNode) -> list[Node]:
    if node.type == "text":
        return [{"text": node.content}]
    if node.type in ("softbreak", "hardbreak"):
        return [{"text": "\n"}]
    if node.type == "code_inline":
        return [{"tag": "code", "children": [{"text": node.content}]}]
    if node.type in ("fence", "code_block"):
        return [{"tag": "pre", "children": [{"text": node.content}]}]
    children = [inner for child in node.children for inner in _nodes(child)]
    if node.type == "link":
        return [{"tag": "a", "href": str(node.attrs["href"]), "children": children}]
    return [{"tag": node.tag, "children": children}] if node.type in _TAGS else children


def _as_rows(report: Report) -> dict[str, Any]:
    rows = [
        {
            "title": result.title,
            "status": result.status,
            "points": f"{result.points} of {result.possible}",
            "feedback": [list(line) for line in feedback(result)],
        }
        for result in report.results
    ]
    return {"passed": report.passed, "headline": report.headline, "rows": rows}
