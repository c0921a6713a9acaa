"""The timeline of a lab as chart, table and text, and the control of its time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ecs_lab.quiz import scene
from ecs_lab.widgets.fields import FieldError
from ecs_lab.widgets.time_control import OVER, TimeControl
from ecs_lab.widgets.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecs_lab import Lab


@pytest.fixture
def busy(lab: Lab) -> Lab:
    """A lab whose service has just been told to run two Fargate tasks."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    lab.client("ecs").create_service(
        cluster="shop", serviceName="web", taskDefinition="web", desiredCount=2,
        launchType="FARGATE", networkConfiguration=scene.network(lab),
    )  # fmt: skip
    return lab


@pytest.fixture
def control(busy: Lab) -> Iterator[TimeControl]:
    """The control of its time."""
    widget = busy.time_control()
    yield widget
    widget.close()


def test_timeline_is_the_list_that_it_always_was(busy: Lab) -> None:
    """The chart is the same list of lines, also for code that goes through them."""
    assert busy.timeline() == busy.world.timeline()
    assert busy.timeline()[0]["what"] == "ACTIVE"


def test_timeline_tells_each_task_in_words(busy: Lab) -> None:
    """A row for each task with its revision and the time of each state; events below."""
    busy.settle()
    tasks, _, events = repr(busy.timeline()).partition("\nEvents\n")
    rows = tasks.splitlines()[2:]
    states = "PROVISIONING 09:00:03, PENDING 09:00:11, ACTIVATING 09:00:18, RUNNING 09:00:30"
    assert [row.partition(" | ")[2] for row in rows] == [states, states]
    assert all(re.match(r"[0-9a-f]{8} web:1 \|", row) for row in rows)
    assert "service web | 09:01:11 has reached a steady state." in events


def test_bars_of_a_task_fill_its_life(busy: Lab) -> None:
    """One bar for each state, end to end, up to now; none for STOPPED."""
    busy.settle()
    html = busy.timeline()._repr_html_()
    first = html.partition("<tbody>")[2].partition("</tr>")[0]
    bars = re.findall(r"left: ([\d.]+)%; width: ([\d.]+)%", first)
    ends = [float(left) + float(width) for left, width in bars]
    assert [float(left) for left, _ in bars] == pytest.approx([0.0, *ends[:-1]], abs=0.02)
    assert ends[-1] == pytest.approx(100.0, abs=0.02)
    task = busy.client("ecs").list_tasks(cluster="shop")["taskArns"][0]
    busy.client("ecs").stop_task(cluster="shop", task=task)
    busy.settle()
    assert 'title="STOPPING"' in busy.timeline()._repr_html_()
    assert 'title="STOPPED"' not in busy.timeline()._repr_html_()


def test_many_tasks_are_cut_and_the_chart_says_so() -> None:
    """Only the newest are shown."""
    lines = [
        {"at": float(n), "kind": "task", "subject": f"t/{n}", "name": "web", "what": "PENDING"}
        for n in range(30)
    ]
    assert "without 6 earlier ones" in repr(Timeline(lines, now=100.0))


def test_nothing_has_happened_yet(lab: Lab) -> None:
    """A new lab has a timeline too."""
    assert repr(lab.timeline()) == "Nothing has happened yet."


def test_next_event_is_where_the_lab_itself_would_come(busy: Lab, control: TimeControl) -> None:
    """The jump ends at the next line of the timeline, and the same has happened as by waiting."""
    twin = busy.copy()
    before = busy.now
    control.press("jump")
    assert (busy.now - before).total_seconds() == 8.0
    assert control.notice.startswith("8 s later: task ")
    twin.wait(8)
    assert twin.timeline() == busy.timeline()
    twin.close()


def test_looking_for_the_next_event_changes_nothing(busy: Lab) -> None:
    """Neither time nor anything else moves by looking ahead."""
    before = busy.now, busy.timeline(), busy.snapshot()
    assert busy.world.next_happening_s() == 8.0
    assert busy.world.next_happening_s(limit_s=7.0) is None
    assert (busy.now, busy.timeline(), busy.snapshot()) == before


def test_no_time_passes_where_nothing_is_left_to_happen(busy: Lab, control: TimeControl) -> None:
    """The jump says so and stays where it is."""
    busy.settle()
    before = busy.now
    control.press("jump")
    assert control.notice == OVER
    assert busy.now == before


def test_playing_steps_at_each_tick_and_ends_by_itself(busy: Lab, control: TimeControl) -> None:
    """The browser's ticks move time by the step that is chosen, until all is quiet."""
    control.set(step="30")
    start = busy.now
    control.press("play")
    assert control.ticking > 0
    for _ in range(10):
        control.press("tick")
    assert control.ticking == 0.0
    assert control.notice == OVER
    assert (busy.now - start).total_seconds() == 90.0
    control.press("tick")  # one that was under way
    assert (busy.now - start).total_seconds() == 90.0


def test_a_value_that_is_not_offered_is_told(control: TimeControl) -> None:
    """In Python as an error, in the browser as a notice; nothing changes."""
    with pytest.raises(FieldError, match="A step is: '7' is none of 1, 10, 30, 60, 600"):
        control.set(step="7")
    control._handle_custom_msg({"do": "step", "values": {"step": "7"}}, [])
    assert control.notice.startswith("A step is: '7' is none of")
    assert control.values["step"] == "10"


def test_a_closed_lab_stops_the_play(busy: Lab, control: TimeControl) -> None:
    """It is told where the learner sees it, and the ticks end."""
    control.press("play")
    busy.close()
    control._handle_custom_msg({"do": "tick", "values": {}}, [])
    assert control.ticking == 0.0
    assert control.notice.startswith("That did not work: This lab has been closed")


def test_without_widgets_the_timeline_is_there(control: TimeControl) -> None:
    """Text and HTML with the rows, and no button to press."""
    bundle = control._repr_mimebundle_()
    assert bundle is not None
    assert "PROVISIONING 09:00:03" in bundle[0]["text/plain"]
    assert "<table>" in bundle[0]["text/html"]
    assert "<button" not in bundle[0]["text/html"]
