"""Fargate Spot: warning, interruption, and the wait for capacity."""

from __future__ import annotations

from typing import Any

import pytest
from town import VPC, Town

from ecs_lab.engine.errors import EcsError

SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]


@pytest.fixture
def service(town: Town) -> Town:
    """A town with a service of two Spot tasks that run."""
    town.call(
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[],
    )
    town.define_fargate()
    town.service(
        desired=2, launchType=None, networkConfiguration=VPC, capacityProviderStrategy=SPOT
    )
    town.clock.settle(300)
    return town


class Listener:
    """Writes down what is told of tasks."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str | None]] = []

    def hear(self, state: object, kind: str, thing: Any, event_name: str) -> None:
        """Note a task's states and stop code."""
        if kind == "task" and thing.stop_code is not None:
            self.told.append((thing.last_status, thing.desired_status, thing.stop_code))


def test_an_interrupted_task_is_warned_and_stopped(service: Town) -> None:
    """The event comes while it still runs; then stopCode SpotInterruption and AWS's text."""
    listener = Listener()
    service.ecs.state.observers.append(listener.hear)
    oldest = service.tasks()[0]["taskArn"]
    assert service.ecs.interrupt_spot(1) == [oldest]
    assert listener.told[0] == ("RUNNING", "STOPPED", "SpotInterruption")
    service.clock.advance(121)
    [stopped] = service.tasks(desiredStatus="STOPPED")
    assert stopped["lastStatus"] == "STOPPED"
    assert stopped["stopCode"] == "SpotInterruption"
    assert stopped["stoppedReason"] == "Your Spot Task was interrupted."


def test_no_on_demand_task_takes_the_place(service: Town) -> None:
    """The service says that capacity is unavailable, and has its task back when there is some."""
    service.ecs.interrupt_spot(1, back_after_s=600)
    service.clock.advance(300)
    assert [each["capacityProviderName"] for each in service.tasks()] == ["FARGATE_SPOT"]
    assert (
        "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. "
        "Please try again later or in a different availability zone."
    ) in service.messages()
    service.clock.settle(600)
    assert [each["capacityProviderName"] for each in service.tasks()] == ["FARGATE_SPOT"] * 2


def test_a_standalone_task_is_refused_without_spot_capacity(service: Town) -> None:
    """RunTask fails as a whole, and works again when the capacity is back."""
    service.ecs.interrupt_spot(0, back_after_s=60)
    ask = {"cluster": "shop", "taskDefinition": "web", "networkConfiguration": VPC}
    with pytest.raises(EcsError, match="Capacity is unavailable at this time"):
        service.call("RunTask", **ask, capacityProviderStrategy=SPOT)
    service.clock.advance(60)
    assert len(service.call("RunTask", **ask, capacityProviderStrategy=SPOT)["tasks"]) == 1


def test_on_demand_tasks_are_not_interrupted(service: Town) -> None:
    """Only tasks of FARGATE_SPOT are."""
    ask = {"cluster": "shop", "taskDefinition": "web", "networkConfiguration": VPC}
    service.call("RunTask", **ask, launchType="FARGATE")
    service.clock.settle(300)
    assert len(service.ecs.interrupt_spot(10)) == 2
