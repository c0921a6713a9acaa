"""Cluster auto scaling: tasks that wait, groups that grow, and instances that are let go."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from town import CAPABILITIES, START_S, Town

from ecs_lab.engine.auto_scaling_groups import Group
from ecs_lab.engine.capacity_scaling import Room
from ecs_lab.engine.errors import EcsError

ARN = "arn:aws:autoscaling:us-east-1:1:group/blue"
STRATEGY = [{"capacityProvider": "machines", "weight": 1}]
SERVICE: dict[str, Any] = {"launchType": None, "capacityProviderStrategy": STRATEGY}


class Fleet:
    """A town with a capacity provider `machines`, whose group's instances come when asked to."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.groups: Any = town.ecs.state.surroundings.groups
        self.arns: dict[str, str] = {}

    def begin(self, group: dict[str, Any] | None = None, **settings: Any) -> None:
        """Make the group and the provider, and give it to the cluster."""
        values: dict[str, Any] = {"min_size": 0, "max_size": 10, "desired": 0, "instance_ids": ()}
        values |= {"room": Room(1024, 1024, 0, 2), **(group or {})}
        self.groups.put(Group(name="blue", arn=ARN, **values))
        asked = {"autoScalingGroupArn": ARN, "managedScaling": {"status": "ENABLED"}, **settings}
        self.town.call("CreateCapacityProvider", name="machines", autoScalingGroupProvider=asked)
        self.town.call(
            "PutClusterCapacityProviders",
            cluster="shop",
            capacityProviders=["machines"],
            defaultCapacityProviderStrategy=[],
        )

    @property
    def desired(self) -> int:
        """The group's desired capacity."""
        return int(self.groups.groups[ARN].desired)

    def boot(self) -> None:
        """Let every instance that the group has launched register."""
        group = self.groups.groups[ARN]
        while len(group.instance_ids) < group.desired:
            ec2_id = f"i-{len(self.arns):02d}"
            group = replace(group, instance_ids=(*group.instance_ids, ec2_id))
            self.groups.put(group)
            self.arns[ec2_id] = self._register(ec2_id)

    def _register(self, ec2_id: str) -> str:
        made = self.town.call(
            "RegisterContainerInstance",
            cluster="shop",
            instanceIdentityDocument=json.dumps({"instanceId": ec2_id, "networkInterfaces": 3}),
            totalResources=[
                {"name": "CPU", "integerValue": 1024},
                {"name": "MEMORY", "integerValue": 1024},
            ],
            attributes=[
                {"name": "ecs.availability-zone", "value": "us-east-1a"},
                *({"name": name} for name in CAPABILITIES),
            ],
        )["containerInstance"]
        return str(made["containerInstanceArn"])

    def bury(self) -> None:
        """Let ECS learn of the instances that the group has terminated."""
        for ec2_id in set(self.arns) - set(self.groups.groups[ARN].instance_ids):
            self.town.ecs.instance_lost(self.arns.pop(ec2_id), "terminated")

    def minutes(self, count: int) -> list[int]:
        """Let minutes pass; gives the desired capacity after each, without repetitions."""
        seen = [self.desired]
        for _ in range(count):
            self.town.clock.advance(60)
            self.boot()
            self.bury()
            if seen[-1] != self.desired:
                seen.append(self.desired)
        return seen

    @property
    def reservations(self) -> list[float]:
        """The values of CapacityProviderReservation so far."""
        surroundings: Any = self.town.ecs.state.surroundings
        return [value for _, _, _, value in surroundings.metrics]


@pytest.fixture
def fleet(town: Town) -> Fleet:
    """A town that can have a capacity provider."""
    town.define(container={"cpu": 512, "memory": 256})
    return Fleet(town)


def run(fleet: Fleet, count: int) -> dict[str, Any]:
    """Run tasks with the provider; gives the answer."""
    answer: dict[str, Any] = fleet.town.call(
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        count=count,
        capacityProviderStrategy=STRATEGY,
    )
    return answer


def test_tasks_wait_in_provisioning_and_the_group_grows_from_zero_by_two(fleet: Fleet) -> None:
    """RunTask succeeds with no instance there; two are launched, then as many as are needed."""
    fleet.begin()
    tasks = run(fleet, 6)["tasks"]
    assert {each["lastStatus"] for each in tasks} == {"PROVISIONING"}
    assert fleet.minutes(3) == [0, 2, 3]
    assert fleet.reservations == [200.0, 150.0, 100.0]
    found = fleet.town.tasks()
    assert {each["lastStatus"] for each in found} == {"RUNNING"}
    assert {each["capacityProviderName"] for each in found} == {"machines"}
    history = [what for _, what in fleet.town.history("task")]
    assert history.count("PROVISIONING -> PENDING") == 6


def test_tasks_beyond_the_room_there_is_wait_without_a_failure(fleet: Fleet) -> None:
    """Two tasks have an instance, the third waits: RunTask tells of no failure."""
    fleet.begin({"desired": 1})
    fleet.boot()
    answer = run(fleet, 3)
    assert [each["lastStatus"] for each in answer["tasks"]] == [
        "PENDING",
        "PENDING",
        "PROVISIONING",
    ]
    assert answer["failures"] == []
    fleet.town.call("StopTask", cluster="shop", task=answer["tasks"][0]["taskArn"])
    fleet.town.clock.advance(30)
    assert [each["lastStatus"] for each in fleet.town.tasks()] == ["RUNNING", "RUNNING"]


def test_settle_waits_for_capacity_that_may_come(fleet: Fleet) -> None:
    """Time moves on while a group can still grow, and stands still where it cannot."""
    fleet.begin({"max_size": 0})
    run(fleet, 1)
    assert fleet.town.clock.settle(3600) <= 61
    assert fleet.town.tasks()[0]["lastStatus"] == "PROVISIONING"


def test_without_managed_scaling_a_task_without_room_fails(fleet: Fleet) -> None:
    """Nothing waits: the service says that its provider has no instances."""
    fleet.begin(managedScaling={"status": "DISABLED"})
    with pytest.raises(EcsError, match="No Container Instances were found in your capacity prov"):
        run(fleet, 1)
    fleet.town.service(desired=1, **SERVICE)
    fleet.town.clock.advance(5)
    [told] = fleet.town.messages()
    assert told.endswith("Reason: No Container Instances were found in your capacity provider.")


def test_a_task_that_waits_in_vain_fails(fleet: Fleet) -> None:
    """TaskFailedToStart, with what was missing."""
    fleet.begin({"max_size": 0})
    run(fleet, 1)
    fleet.town.clock.advance(1000)
    stopped = fleet.town.tasks(desiredStatus="STOPPED")[0]
    assert (stopped["stopCode"], stopped["stoppedReason"]) == (
        "TaskFailedToStart",
        "EMPTY CAPACITY PROVIDER",
    )


def test_five_hundred_tasks_of_a_cluster_can_wait(fleet: Fleet) -> None:
    """The next RunTask is refused, and a service says why it cannot place its tasks."""
    fleet.begin({"max_size": 0})
    for _ in range(50):
        run(fleet, 10)
    with pytest.raises(EcsError, match="500 tasks in the PROVISIONING state"):
        run(fleet, 1)
    fleet.town.service(desired=1, **SERVICE)
    fleet.town.clock.advance(5)
    assert "tasks provisioning capacity limit was exceeded" in fleet.town.messages()[0]


def test_steps_of_scaling_out_have_a_least_and_a_most(fleet: Fleet) -> None:
    """Never fewer than the minimum step, never more than the maximum step, never beyond the
    group's maximum size.
    """
    steps = {"minimumScalingStepSize": 3, "maximumScalingStepSize": 4}
    fleet.begin(managedScaling={"status": "ENABLED", **steps})
    run(fleet, 8)
    run(fleet, 10)
    assert fleet.minutes(4) == [0, 3, 7, 10]


def test_a_target_below_a_hundred_keeps_spare_instances(fleet: Fleet) -> None:
    """With target 50 half of the instances stay empty."""
    fleet.begin(managedScaling={"status": "ENABLED", "targetCapacity": 50})
    run(fleet, 4)
    assert fleet.minutes(5) == [0, 2, 4]
    assert fleet.reservations[-1] == 50.0


def test_instances_without_tasks_go_after_fifteen_minutes(fleet: Fleet) -> None:
    """One minute's reservation below the target changes nothing; fifteen do, and each step leaves
    more than half.
    """
    fleet.begin()
    tasks = run(fleet, 8)["tasks"]
    assert fleet.minutes(2) == [0, 2, 4]
    for each in tasks:
        fleet.town.call("StopTask", cluster="shop", task=each["taskArn"])
    assert fleet.minutes(14) == [4]
    assert fleet.minutes(5) == [4, 3, 2, 1, 0]
    assert fleet.reservations[-1] == 100.0


def test_termination_protection_spares_instances_with_tasks(fleet: Fleet) -> None:
    """The one instance that has a task stays, although it is the oldest."""
    fleet.begin({"protects_new_instances": True}, managedTerminationProtection="ENABLED")
    tasks = run(fleet, 4)["tasks"]
    fleet.minutes(2)
    busy = fleet.town.tasks()[0]["containerInstanceArn"]
    for each in fleet.town.tasks():
        if each["containerInstanceArn"] != busy:
            fleet.town.call("StopTask", cluster="shop", task=each["taskArn"])
    assert len(tasks) == 4
    fleet.minutes(20)
    assert list(fleet.arns.values()) == [busy]
    assert fleet.groups.protected[ARN] == list(fleet.arns)


def test_managed_draining_moves_tasks_before_an_instance_goes(fleet: Fleet) -> None:
    """Without protection the oldest goes, task or not: DRAINING first, ended when its task runs
    elsewhere.
    """
    fleet.begin()
    fleet.town.service(desired=1, **SERVICE)
    assert fleet.minutes(2) == [0, 2]
    oldest, other = fleet.arns.values()
    assert fleet.town.tasks()[0]["containerInstanceArn"] == oldest
    assert fleet.minutes(20) == [2, 1]
    [left] = fleet.town.tasks()
    assert (left["lastStatus"], left["containerInstanceArn"]) == ("RUNNING", other)
    assert [what for _, what in fleet.town.history("instance")][-2:] == [
        "ACTIVE -> DRAINING",
        "DRAINING -> INACTIVE",
    ]


def test_instances_of_daemon_tasks_alone_count_as_empty(fleet: Fleet) -> None:
    """A DAEMON's task keeps no instance alive."""
    fleet.begin()
    fleet.town.define("daemon", container={"cpu": 64, "memory": 64})
    tasks = run(fleet, 1)["tasks"]
    fleet.minutes(2)
    fleet.town.call(
        "CreateService",
        cluster="shop",
        serviceName="daemon",
        taskDefinition="daemon",
        schedulingStrategy="DAEMON",
        launchType="EC2",
    )
    fleet.minutes(2)
    fleet.town.call("StopTask", cluster="shop", task=tasks[0]["taskArn"])
    fleet.minutes(20)
    assert fleet.desired == 0


def test_a_waiting_task_can_be_stopped(fleet: Fleet) -> None:
    """It ends, and needs no instance any more."""
    fleet.begin()
    [task] = run(fleet, 1)["tasks"]
    fleet.town.call("StopTask", cluster="shop", task=task["taskArn"])
    assert fleet.minutes(2) == [0]
    assert fleet.town.clock.now > START_S
    assert fleet.town.tasks(desiredStatus="STOPPED")[0]["lastStatus"] == "STOPPED"
