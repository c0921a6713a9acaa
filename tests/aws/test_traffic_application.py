"""Requests through an Application Load Balancer to a task, from the learner's side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shops import Shop

from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab import Lab


def test_request_reaches_a_task_and_the_hops_say_how(lab: Lab) -> None:
    """Load balancer, listener, rule, target group, target, task: each with its name."""
    shop = Shop(lab)
    shop.service()
    lab.settle()
    reply = lab.http.get(shop.url)
    assert reply.status == 200
    assert [each.kind for each in reply.hops] == [
        "load balancer",
        "listener",
        "rule",
        "target group",
        "target",
        "task",
    ]
    assert reply.task in shop.tasks()
    assert reply.revision == "web:1"
    assert reply.hop("listener").name == "HTTP:80"  # type: ignore[union-attr]


def test_tasks_take_turns(lab: Lab) -> None:
    """Round robin: ten requests to two tasks are five each."""
    shop = Shop(lab)
    shop.service(count=2)
    lab.settle()
    tasks = [lab.http.get(shop.url).task for _ in range(10)]
    assert sorted(tasks.count(each) for each in shop.tasks()) == [5, 5]


def test_security_group_of_the_load_balancer_is_in_the_way(lab: Lab) -> None:
    """A load balancer whose group lets no HTTP in times out, and the error names the group."""
    shop = Shop(lab, groups=[lab.network.security_groups["tasks"]])
    with pytest.raises(UnreachableError, match=r"timed out.*\(tasks\).*TCP port 80"):
        lab.http.get(shop.url)


def test_security_group_of_the_tasks_is_in_the_way(lab: Lab) -> None:
    """Tasks that let nobody in fail health checks by time-out, and the load balancer answers
    504.
    """
    shop = Shop(lab)
    shop.service(groups=[lab.network.security_groups["instances"]], grace_s=3600)
    lab.wait(120)
    assert shop.health() == [("unhealthy", "Target.Timeout", "Request timed out")]
    reply = lab.http.get(shop.url)
    assert reply.status == 504
    assert "(instances)" in reply.hops[-1].detail


def test_without_targets_the_load_balancer_answers_503(lab: Lab) -> None:
    """A target group that nobody is registered in."""
    reply = lab.http.get(Shop(lab).url)
    assert (reply.status, reply.headers["server"]) == (503, "awselb/2.0")


def test_name_that_nobody_has(lab: Lab) -> None:
    """As curl says it."""
    with pytest.raises(UnreachableError, match=r"Could not resolve host: nowhere\.example"):
        lab.http.get("http://nowhere.example/")
