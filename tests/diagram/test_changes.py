"""What changed since the last picture stands out."""

from __future__ import annotations

from typing import Any

import snapshots as lab

from ecs_lab.diagram import Picture, draw


def marks(picture: Picture) -> dict[str, str]:
    """The mark of each marked node by its label."""
    badge = picture.changes.badge
    return {item.label.split("  ")[0]: badge(item) for item in picture.graph if badge(item)}


def test_nothing_is_new_in_a_first_picture() -> None:
    """Without a picture before it, a picture has no marks."""
    assert marks(draw(lab.two_instances())) == {}


def test_nothing_changed_gives_no_marks() -> None:
    """The same lab drawn twice."""
    first = draw(lab.two_instances())
    assert not draw(lab.two_instances(), previous=first).changes


def test_what_came_is_marked_new() -> None:
    """A cluster that was made since the last picture."""
    picture = draw(lab.add_cluster(lab.empty_lab()), previous=lab.empty_lab())
    assert marks(picture) == {"shop": "new"}


def test_new_is_shown_by_words_and_by_a_thicker_outline() -> None:
    """Not by colour alone: the badge says "new" and the frame is two points wide."""
    before, after = lab.empty_lab(), lab.add_cluster(lab.empty_lab())
    assert 'stroke-width="2"' not in draw(before).svg
    svg = draw(after, previous=before).svg
    assert 'stroke-width="2"' in svg
    assert "new since the last picture" in svg


def test_a_changed_state_says_what_it_was() -> None:
    """The mark names the state of the last picture."""
    before = lab.add_task(lab.fargate(0), 1, subnet="subnet-priva", status="PENDING")
    after = lab.add_task(lab.fargate(0), 1, subnet="subnet-priva")
    found = marks(draw(after, previous=before))
    assert found == {"web:1": "was PENDING", "web": "was 0 of 0 running, 1 pending"}


def test_a_lost_instance_is_shown_once_more_as_a_ghost() -> None:
    """It stands where it stood, and its tasks among the stopped ones."""
    picture = draw(lab.instance_lost(), previous=lab.two_instances())
    (ghost,) = [item for item in picture.graph if item.ghost]
    assert (ghost.kind, ghost.group) == ("instance", "subnet:subnet-pubb")
    assert picture.changes.badge(ghost) == "gone"
    stopped = [i for i in picture.graph if i.status == "STOPPED"]
    assert [picture.changes.badge(task) for task in stopped] == ["was RUNNING", "was RUNNING"]


def test_a_ghost_is_shown_only_once() -> None:
    """The picture after the next one has forgotten it."""
    lost = draw(lab.instance_lost(), previous=lab.two_instances())
    after = draw(lab.instance_lost(), previous=lost)
    assert [item for item in after.graph if item.ghost] == []


def test_a_deleted_cluster_takes_its_contents_along() -> None:
    """The box is a ghost; what was in it is not drawn again without a place."""
    before, after = lab.fargate(0), lab.add_task_definition(lab.empty_lab(), fargate=True)
    ghosts = [item.key for item in draw(after, previous=before).graph if item.ghost]
    assert ghosts == ["ecs-cluster:shop"]


def test_a_deregistered_revision_that_is_still_used_is_no_ghost() -> None:
    """It is INACTIVE now, and drawn because the service runs it."""
    after: Any = lab.two_instances()
    after["taskDefinitions"][0]["status"] = "INACTIVE"
    picture = draw(after, previous=lab.two_instances())
    assert marks(picture) == {"web:1": "was ACTIVE"}


def test_a_stopped_task_that_is_forgotten_after_an_hour_is_not_called_gone() -> None:
    """It had stopped already; that nobody lists it any more is no news."""
    after: Any = lab.instance_lost()
    after["tasks"] = [t for t in after["tasks"] if t["lastStatus"] != "STOPPED"]
    assert draw(after, previous=lab.instance_lost()).changes.gone == frozenset()


def test_pictures_of_two_views_are_not_compared() -> None:
    """Responsibilities are not new because the picture before showed a lab."""
    before = draw(lab.two_instances())
    assert not draw(lab.two_instances(), previous=before, view="responsibility").changes
