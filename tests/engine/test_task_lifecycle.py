"""What becomes of a task, from RunTask to STOPPED."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecs_lab.engine.surroundings import Anywhere, CannotStartError, ContainerRun, Ends

if TYPE_CHECKING:
    from town import Town

    from ecs_lab.engine.model import Container, Task
    from ecs_lab.engine.surroundings import NetworkInterface

VPC = {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"]}}


class Short(Anywhere):
    """Surroundings whose containers named `job` run 20 s and end with 3, and `setup` 5 s with 0."""

    def run_container(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """What the container will do."""
        plans = {"job": ContainerRun(20.0, 3), "setup": ContainerRun(5.0, 0)}
        return plans.get(container.name, ContainerRun())


class NoImage(Anywhere):
    """Surroundings in which no image can be pulled."""

    def pull_image(self, task: Task, container: Container, digest: str | None) -> str:
        """Refuse."""
        raise CannotStartError("CannotPullContainerError: not found")


class FullSubnet(Anywhere):
    """Surroundings without a free address."""

    def attach_network_interface(self, task: Task, subnet_id: str) -> NetworkInterface:
        """Refuse."""
        raise CannotStartError("no address left")


def test_fargate_task_passes_every_state_in_order_and_can_be_stopped(town: Town) -> None:
    """The whole history of a Fargate task that is stopped by its user."""
    town.define_fargate()
    answer = town.call(
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=VPC,
    )
    town.clock.settle(600)
    town.call("StopTask", cluster="shop", task=answer["tasks"][0]["taskArn"], reason="enough")
    town.clock.settle(600)
    assert town.history("task") == [
        (0.0, "PROVISIONING"),
        (8.0, "PROVISIONING -> PENDING"),
        (15.0, "PENDING -> ACTIVATING"),
        (27.0, "ACTIVATING -> RUNNING"),
        (27.0, "RUNNING -> DEACTIVATING"),
        (28.0, "DEACTIVATING -> STOPPING"),
        (30.0, "STOPPING -> DEPROVISIONING"),
        (36.0, "DEPROVISIONING -> STOPPED"),
    ]
    task = town.tasks(desiredStatus="STOPPED")[0]
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
    assert task["containers"][0]["exitCode"] == 143
    order = ["createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt", "stoppedAt"]
    times = [task[name] for name in order]
    assert times == sorted(times)
    assert task["attachments"][0]["status"] == "DELETED"
    assert town.ecs.state.surroundings.interfaces == {}  # type: ignore[attr-defined] # Anywhere's


def test_bridge_task_on_ec2_needs_no_network_interface(town: Town) -> None:
    """A bridge task skips PROVISIONING and DEPROVISIONING, and binds its port on the instance."""
    town.instance()
    town.define(container={"portMappings": [{"containerPort": 80, "hostPort": 0}]})
    arn = town.call("RunTask", cluster="shop", taskDefinition="web")["tasks"][0]["taskArn"]
    town.clock.settle(600)
    binding = town.tasks()[0]["containers"][0]["networkBindings"][0]
    assert (binding["containerPort"], binding["hostPort"]) == (80, 32768)
    town.call("StopTask", cluster="shop", task=arn)
    town.clock.settle(600)
    assert [what for _, what in town.history("task")] == [
        "PENDING",
        "PENDING -> ACTIVATING",
        "ACTIVATING -> RUNNING",
        "RUNNING -> DEACTIVATING",
        "DEACTIVATING -> STOPPING",
        "STOPPING -> STOPPED",
    ]


def test_stopping_gives_back_all_that_the_task_held(town: Town) -> None:
    """CPU, memory and ports of the instance are as before the task."""
    arn = town.instance()
    before = town.call("DescribeContainerInstances", cluster="shop", containerInstances=[arn])
    town.define(container={"portMappings": [{"containerPort": 80, "hostPort": 8080}]})
    town.call("RunTask", cluster="shop", taskDefinition="web")
    town.clock.settle(600)
    during = town.call("DescribeContainerInstances", cluster="shop", containerInstances=[arn])
    cpu, memory, ports = during["containerInstances"][0]["remainingResources"][:3]
    assert (cpu["integerValue"], memory["integerValue"]) == (1024 - 128, 1024 - 256)
    assert "8080" in ports["stringSetValue"]
    town.call("StopTask", cluster="shop", task=town.tasks()[0]["taskArn"])
    town.clock.settle(600)
    after = town.call("DescribeContainerInstances", cluster="shop", containerInstances=[arn])
    assert after == before


def test_task_ends_with_its_essential_container(town: Town) -> None:
    """An essential container that ends takes the task with it, and its exit code is told."""
    town.ecs.state.surroundings = Short()
    town.instance()
    town.define(container={"name": "job"})
    town.call("RunTask", cluster="shop", taskDefinition="web")
    town.clock.settle(600)
    task = town.tasks(desiredStatus="STOPPED")[0]
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 3


def test_task_goes_on_without_a_container_that_is_not_essential(town: Town) -> None:
    """A sidecar that ends leaves the task RUNNING."""
    town.ecs.state.surroundings = Short()
    town.instance()
    sidecar = {"name": "job", "image": "busybox", "memory": 64, "essential": False}
    main = {"name": "web", "image": "nginx", "memory": 64}
    town.call("RegisterTaskDefinition", family="web", containerDefinitions=[main, sidecar])
    town.call("RunTask", cluster="shop", taskDefinition="web")
    town.clock.settle(600)
    task = town.tasks()[0]
    assert task["lastStatus"] == "RUNNING"
    assert {c["name"]: c["lastStatus"] for c in task["containers"]} == {
        "web": "RUNNING",
        "job": "STOPPED",
    }


def test_container_waits_for_the_success_of_the_one_it_depends_on(town: Town) -> None:
    """With dependsOn SUCCESS the task is RUNNING only after the first container ended with 0."""
    town.ecs.state.surroundings = Short()
    town.instance()
    setup = {"name": "setup", "image": "busybox", "memory": 64, "essential": False}
    depends = [{"containerName": "setup", "condition": "SUCCESS"}]
    main = {"name": "web", "image": "nginx", "memory": 64, "dependsOn": depends}
    town.call("RegisterTaskDefinition", family="web", containerDefinitions=[main, setup])
    town.call("RunTask", cluster="shop", taskDefinition="web")
    town.clock.advance(11)
    assert town.tasks()[0]["lastStatus"] == "ACTIVATING"
    town.clock.advance(2)
    assert town.tasks()[0]["lastStatus"] == "RUNNING"


@pytest.mark.parametrize("surroundings", [NoImage(), FullSubnet()])
def test_task_that_cannot_start_says_why(town: Town, surroundings: Anywhere) -> None:
    """A failed pull or a full subnet ends in STOPPED with TaskFailedToStart and the reason."""
    town.ecs.state.surroundings = surroundings
    town.define_fargate()
    town.call(
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=VPC,
    )
    town.clock.settle(600)
    task = town.tasks(desiredStatus="STOPPED")[0]
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"] in ("CannotPullContainerError: not found", "no address left")
    assert "startedAt" not in task


def test_stopped_task_is_remembered_for_an_hour(town: Town) -> None:
    """DescribeTasks shows a stopped task for an hour, then it is MISSING."""
    town.instance()
    town.define()
    arn = town.call("RunTask", cluster="shop", taskDefinition="web")["tasks"][0]["taskArn"]
    town.call("StopTask", cluster="shop", task=arn)
    town.clock.settle(600)
    town.clock.advance(3590)
    assert town.call("DescribeTasks", cluster="shop", tasks=[arn])["failures"] == []
    town.clock.advance(20)
    missing = town.call("DescribeTasks", cluster="shop", tasks=[arn])["failures"]
    assert missing == [{"arn": arn, "reason": "MISSING"}]


def test_second_stop_keeps_the_first_reason(town: Town) -> None:
    """A task that is stopping already is not stopped again for another reason."""
    town.instance()
    town.define()
    arn = town.call("RunTask", cluster="shop", taskDefinition="web")["tasks"][0]["taskArn"]
    town.call("StopTask", cluster="shop", task=arn, reason="first")
    town.call("StopTask", cluster="shop", task=arn, reason="second")
    town.clock.settle(600)
    assert town.tasks(desiredStatus="STOPPED")[0]["stoppedReason"] == "first"
