"""A container instance whose agent is disconnected: what runs on, and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecs_lab.engine.surroundings import Anywhere, ContainerRun

if TYPE_CHECKING:
    from town import Town


def run(town: Town, family: str = "web") -> str:
    """Run one task on EC2; gives its ARN."""
    made = town.call("RunTask", cluster="shop", taskDefinition=family, launchType="EC2")
    return str(made["tasks"][0]["taskArn"])


def statuses(town: Town, arn: str) -> tuple[str, str]:
    """The task's last and desired status."""
    task = town.call("DescribeTasks", cluster="shop", tasks=[arn])["tasks"][0]
    return task["lastStatus"], task["desiredStatus"]


def test_a_running_task_runs_on(town: Town) -> None:
    """The agent comes and goes, and the task knows nothing of it."""
    arn = town.instance()
    town.define()
    task = run(town)
    town.clock.settle(600)
    before = town.history("task")
    town.ecs.agent_disconnected(arn)
    town.clock.advance(3600)
    town.ecs.agent_connected(arn)
    town.clock.settle(600)
    assert town.history("task") == before
    assert statuses(town, task) == ("RUNNING", "RUNNING")


def test_a_task_that_is_stopped_waits_for_the_agent(town: Town) -> None:
    """StopTask sets the desired status; the containers end when the agent is back."""
    arn = town.instance()
    town.define()
    task = run(town)
    town.clock.settle(600)
    town.ecs.agent_disconnected(arn)
    town.call("StopTask", cluster="shop", task=task)
    town.clock.advance(3600)
    last, desired = statuses(town, task)
    assert (last, desired) == ("DEACTIVATING", "STOPPED")
    town.ecs.agent_connected(arn)
    town.clock.settle(600)
    assert statuses(town, task) == ("STOPPED", "STOPPED")


@pytest.mark.parametrize(("after_s", "stays"), [(1, "PENDING"), (4, "ACTIVATING")])
def test_a_task_that_starts_waits_for_the_agent(town: Town, after_s: int, stays: str) -> None:
    """What the agent has not done yet is done when it is back."""
    arn = town.instance()
    town.define()
    task = run(town)
    town.clock.advance(after_s)
    town.ecs.agent_disconnected(arn)
    town.clock.advance(3600)
    assert statuses(town, task) == (stays, "RUNNING")
    town.ecs.agent_connected(arn)
    town.clock.settle(600)
    assert statuses(town, task) == ("RUNNING", "RUNNING")


def test_a_task_that_waits_for_the_agent_can_be_stopped(town: Town) -> None:
    """It never starts: what was to come before the stop is forgotten."""
    arn = town.instance()
    town.define()
    task = run(town)
    town.ecs.agent_disconnected(arn)
    town.clock.advance(60)
    town.call("StopTask", cluster="shop", task=task)
    town.clock.advance(60)
    town.ecs.agent_connected(arn)
    town.clock.settle(600)
    steps = [what for _, what in town.history("task")]
    assert steps == ["PENDING", "PENDING -> STOPPING", "STOPPING -> STOPPED"]


def test_a_container_that_ends_meanwhile_is_told_of_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ECS hears of the exit when the agent is back, and only then replaces the task."""
    monkeypatch.setattr(Anywhere, "run_container", lambda *_: ContainerRun(100.0, 0))
    first = town.instance("a")
    town.define("web")
    town.service(desired=1)
    town.clock.advance(60)
    town.ecs.agent_disconnected(first)
    town.clock.advance(600)
    assert [each["lastStatus"] for each in town.tasks()] == ["RUNNING"]
    town.ecs.agent_connected(first)
    town.clock.advance(5)
    (stopped,) = town.tasks(desiredStatus="STOPPED")
    assert stopped["stopCode"] == "EssentialContainerExited"
    assert stopped["containers"][0]["exitCode"] == 0


def test_health_is_not_told_of_meanwhile(town: Town) -> None:
    """A task keeps the health that the agent told last."""
    arn = town.instance()
    town.define("web", container={"healthCheck": {"command": ["CMD-SHELL", "exit 0"]}})
    task = run(town)
    town.clock.advance(10)
    town.ecs.agent_disconnected(arn)
    town.clock.advance(600)
    shown = town.call("DescribeTasks", cluster="shop", tasks=[task])["tasks"][0]
    assert shown["healthStatus"] == "UNKNOWN"
    town.ecs.agent_connected(arn)
    town.clock.advance(30)
    shown = town.call("DescribeTasks", cluster="shop", tasks=[task])["tasks"][0]
    assert shown["healthStatus"] == "HEALTHY"


def test_a_stopped_instance_takes_what_waited_along(town: Town) -> None:
    """Its tasks end at once, whatever waited for the agent."""
    arn = town.instance()
    town.define()
    task = run(town)
    town.clock.settle(600)
    town.ecs.agent_disconnected(arn)
    town.call("StopTask", cluster="shop", task=task)
    town.clock.advance(60)
    town.ecs.instance_lost(arn, "stopped")
    assert statuses(town, task) == ("STOPPED", "STOPPED")
    town.ecs.agent_connected(arn)
    town.clock.settle(600)
    assert town.history("task")[-1][1].endswith("-> STOPPED")
