"""Large labs: above the caps a picture says how many there are instead of drawing each."""

from __future__ import annotations

import snapshots as lab
from test_architecture import graph_of, of_kind

from ecs_lab.diagram import draw


def test_fifteen_tasks_are_drawn_one_by_one() -> None:
    """Five tasks in each of three subnets stay below the cap."""
    assert len(of_kind(graph_of(lab.fargate(15)), "task")) == 15


def test_many_tasks_in_one_subnet_become_one_card_by_state() -> None:
    """Seven tasks in a place are one card that counts them by state."""
    snapshot = lab.fargate(21)
    snapshot["tasks"][0]["lastStatus"] = "PENDING"
    cards = of_kind(graph_of(snapshot), "tasks")
    assert [c.label for c in cards] == ["7 tasks"] * 3
    assert cards[0].status == "6 RUNNING, 1 PENDING"


def test_many_tasks_on_one_instance_become_one_card_in_it() -> None:
    """The cap holds for an instance as well; the instance itself is still drawn."""
    graph = graph_of(lab.two_instances(14))
    assert [c.group for c in of_kind(graph, "tasks")] == [i.key for i in of_kind(graph, "instance")]


def test_many_instances_become_one_card_per_subnet() -> None:
    """A thousand tasks on a hundred instances are three cards."""
    graph = graph_of(lab.crowd())
    cards = of_kind(graph, "instances")
    assert [c.label for c in cards] == [f"{n} EC2 instances" for n in (34, 33, 33)]
    assert cards[0].detail == ("34 t3.medium", "340 tasks: 330 RUNNING, 10 PENDING")
    assert len(graph.items) < 25


def test_a_service_leads_to_the_cards_that_stand_for_its_tasks() -> None:
    """One line to each card, however many tasks it stands for."""
    graph = graph_of(lab.crowd())
    heads = [e.head for e in graph.edges if e.tail == "service:shop/web"]
    assert heads == [c.key for c in of_kind(graph, "instances")]


def test_many_services_are_capped() -> None:
    """Eight services are drawn, the others are a number."""
    snapshot = lab.add_cluster(lab.empty_lab())
    for number in range(11):
        lab.add_service(snapshot, f"service-{number}", desired=1)
    graph = graph_of(snapshot)
    assert len(of_kind(graph, "service")) == 8
    assert "and 3 more services" in [n.label for n in of_kind(graph, "more")]


def test_new_tasks_in_a_crowd_are_counted() -> None:
    """A card that stands for many says how many of them are new."""
    picture = draw(lab.crowd(1000), previous=lab.crowd(990))
    assert "[4 new]" in picture.text
    assert ">4 new<" in picture.svg.replace("\N{NO-BREAK SPACE}", " ").replace("> ", ">").replace(
        " <", "<"
    )


def test_a_task_that_moves_into_a_summary_is_neither_new_nor_gone() -> None:
    """Growing past the cap marks only the task that came."""
    changes = draw(lab.fargate(21), previous=lab.fargate(18)).changes
    assert len([key for key in changes.new if key.startswith("task:")]) == 3
    assert changes.gone == frozenset()


def test_lines_to_several_tasks_in_one_place_are_drawn_as_one() -> None:
    """One line to the task definition's service, and one to each subnet, not to each task."""
    picture = draw(lab.fargate(15))
    assert len([e for e in picture.graph.edges if e.says == "runs"]) == 15
    drawn = [line for line in picture.dot.splitlines() if "->" in line and "invis" not in line]
    assert len(drawn) == 1 + 3
