"""The playgrounds: what the lab makes of the settings, and how it is told."""

from __future__ import annotations

import pytest

from ecs_lab import Lab, playground
from ecs_lab.lab import open_labs
from ecs_lab.playground import placements, rollouts


def played(
    desired: int = 4,
    minimum: int = 100,
    maximum: int = 200,
    *,
    bad: bool = False,
    where: str = "fargate",
) -> rollouts.Rollout:
    """A deployment under these settings, which ECS accepts."""
    result = rollouts.play(desired, minimum, maximum, where, bad)
    assert isinstance(result, rollouts.Rollout)
    return result


@pytest.mark.parametrize(("minimum", "maximum"), [(100, 200), (50, 100), (50, 150), (100, 130)])
def test_a_schedule_stays_within_its_bounds(minimum: int, maximum: int) -> None:
    """Never fewer running than the minimum asks for, never more than the maximum allows."""
    result = played(4, minimum, maximum)
    assert result.state == "COMPLETED"
    assert min(each.old + each.running for each in result.moments) >= 4 * minimum / 100
    assert max(sum(each.counts) for each in result.moments) <= 4 * maximum / 100
    assert result.moments[-1].counts == (0, 0, 4)


def test_no_room_between_the_bounds_is_told_in_the_services_words() -> None:
    """100 and 100 percent: nothing starts, nothing stops, and an event says why."""
    result = played(4, 100, 100)
    assert result.state == "IN_PROGRESS"
    assert {each.counts for each in result.moments} == {(4, 0, 0)}
    assert "was unable to stop or start tasks during a deployment" in result.events[0][1]


def test_full_instances_need_a_lower_minimum() -> None:
    """With one task to an instance, 100 percent is stuck and 50 percent gets through."""
    assert played(where="full").state == "IN_PROGRESS"
    assert played(2, 50, 100, where="full").state == "COMPLETED"


def test_a_bad_revision_is_rolled_back() -> None:
    """The circuit breaker brings the old tasks back; none of the new ones ever ran."""
    result = played(2, 50, 100, bad=True)
    assert result.state == "FAILED"
    assert {each.running for each in result.moments} == {0}


def test_rolling_playground_tells_what_it_shows() -> None:
    """The headline, an accessible chart, and the same counts as a table."""
    board = playground.rolling()
    assert board.notice.startswith("At least 4 of 4 tasks healthy, at most 8 at once: done after")
    board.set(minimum=50, maximum=130)
    assert board.notice.startswith("At least 2 of 4 tasks healthy, at most 5 at once: done after")
    html = board.as_html()
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in html
    assert 'role="img"' in html
    assert "0 s | 4 | 0 | 0 | 4" in board.as_text()
    board.close()


def test_placement_shows_the_strategy() -> None:
    """Binpack fills one instance after the other; spread goes round the zones."""
    board = playground.placement()
    board.set(strategy="binpack by memory", count=4)
    assert board.notice == "4 of 4 tasks placed, on 2 of 3 instances."
    board.set(strategy="spread over zones")
    assert board.notice == "4 of 4 tasks placed, on 3 of 3 instances."
    assert "instance 1 | us-east-1a | t3.small" in board.as_text()
    board.close()


def test_placement_says_why_a_task_goes_nowhere() -> None:
    """The reason of RunTask, and the error of an expression that cannot be read."""
    board = playground.placement()
    board.set(constraint="distinctInstance", count=4)
    assert isinstance(board.result, placements.Placed)
    assert board.notice.startswith("3 of 4 tasks placed, on 3 of 3 instances. The rest: Distinct")
    assert "task 4 | DistinctInstance placement constraint unsatisfied." in board.as_text()
    board.set(constraint="memberOf", expression="attribute:ecs.foo ==")
    assert board.notice.startswith("ECS refuses the call. InvalidParameterException: Invalid clus")
    board.close()


def test_a_playground_leaves_the_learners_lab_alone(lab: Lab) -> None:
    """Its labs are closed again, and the learner's is the newest as before."""
    before = lab.snapshot()
    playground.placement().close()
    assert open_labs() == [lab]
    assert lab.snapshot() == before
