"""The exercise's panel in a notebook, as Python holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.exercises import catalog, progress
from ecs_lab.exercises.texts import Text
from ecs_lab.widgets.exercise import ExercisePanel, nodes, show

if TYPE_CHECKING:
    from ecs_lab import Lab

ID = "start-first-cluster"


def press(panel: ExercisePanel, action: str) -> None:
    """What the browser sends when a button is pressed."""
    panel._handle_custom_msg({"do": action}, [])


def test_check_button_shows_the_report(lab: Lab) -> None:
    """Pressing Check fills the table and tells the headline; the attempt is recorded."""
    panel = show(ID, lab)
    assert panel.report == {}
    lab.client("ecs").create_cluster(clusterName="shop")
    press(panel, "check")
    rows: Any = panel.report["rows"]
    assert [row["status"] for row in rows] == ["passed", "missed", "missed", "passed"]
    assert ["found", "containerInsights disabled"] in rows[1]["feedback"]
    assert panel.notice == panel.report["headline"]
    assert progress.of(ID).attempts == 1


def test_hint_and_solution_buttons_show_their_texts(lab: Lab) -> None:
    """Hints come one by one; the solution, before passing, says what is left."""
    panel = show(ID, lab)
    press(panel, "hint")
    assert "Hint 1 of 3" in str(panel.reading)
    press(panel, "hint")
    assert "Hint 2 of 3" in str(panel.reading)
    press(panel, "solution")
    assert "give_up=True" in panel.notice
    assert progress.of(ID).hints == 2


def test_failure_of_an_action_is_told(lab: Lab) -> None:
    """A button pressed after the lab was closed says so where it can be seen."""
    panel = show(ID, lab)
    lab.close()
    press(panel, "check")
    assert panel.notice.startswith("That did not work: This lab has been closed")


def test_without_widgets_the_task_is_there_as_text(lab: Lab) -> None:
    """A place that shows no widgets gets the statement, with the calls to make."""
    bundle = show(ID, lab)._repr_mimebundle_()
    assert bundle is not None
    data = bundle[0]
    assert f'lab.check("{ID}")' in data["text/plain"]
    assert data["text/html"].startswith("<h3>")
    assert "application/vnd.jupyter.widget-view+json" in data


def test_unknown_exercise_is_told_before_anything_is_shown(lab: Lab) -> None:
    """With the nearest id."""
    with pytest.raises(catalog.UnknownExerciseError, match=f"Did you mean '{ID}'"):
        lab.exercise("start-frist-cluster")


def test_markdown_becomes_nodes() -> None:
    """Text, code, emphasis, lists and links, each as the browser can build it."""
    text = Text("Use `x` and **y**:\n\n- [page](https://example.com)\n\n```python\na < b\n```\n")
    assert nodes(text) == [
        {"tag": "p", "children": [
            {"text": "Use "}, {"tag": "code", "children": [{"text": "x"}]}, {"text": " and "},
            {"tag": "strong", "children": [{"text": "y"}]}, {"text": ":"},
        ]},
        {"tag": "ul", "children": [{"tag": "li", "children": [{"tag": "p", "children": [
            {"tag": "a", "href": "https://example.com", "children": [{"text": "page"}]},
        ]}]}]},
        {"tag": "pre", "children": [{"text": "a < b\n"}]},
    ]  # fmt: skip


def test_raw_html_stays_text() -> None:
    """Markup in a text is shown, never built."""
    (paragraph,) = nodes(Text("<img src=x onerror=alert(1)>"))
    assert paragraph == {"tag": "p", "children": [{"text": "<img src=x onerror=alert(1)>"}]}


@pytest.mark.parametrize("exercise_id", catalog.ids())
def test_every_statement_can_be_built(exercise_id: str) -> None:
    """No statement of the course uses Markdown that the panel does not know."""
    known = {"p", "h3", "ul", "ol", "li", "strong", "em", "code", "pre", "a"}

    def tags(node: dict[str, Any]) -> set[str]:
        inner = [tags(child) for child in node.get("children", [])]
        return {node["tag"]}.union(*inner) if "tag" in node else set()

    from ecs_lab.exercises import ask

    for node in nodes(ask(exercise_id)):
        assert tags(node) <= known
