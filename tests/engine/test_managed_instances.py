"""ECS Managed Instances: providers of a cluster, and the instances that come and go with tasks."""

from __future__ import annotations

from typing import Any

import pytest
from town import CAPABILITIES, Town

from ecs_lab.engine.errors import EcsError

DAY_S = 24 * 3600.0
STRATEGY = [{"capacityProvider": "managed", "weight": 1}]
ONE_SUBNET = {"awsvpcConfiguration": {"subnets": ["subnet-a"], "securityGroups": ["sg-1"]}}
ALL_SUBNETS = {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b", "subnet-c"]}}


def settings(**template: Any) -> dict[str, Any]:
    """A managedInstancesProvider over three subnets."""
    network = {"subnets": ["subnet-a", "subnet-b", "subnet-c"], "securityGroups": ["sg-1"]}
    return {
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
            "networkConfiguration": network,
            **template,
        },
    }


class Fleet:
    """A town whose instances ECS launches; `boot` registers those that were launched."""

    def __init__(self, **request: Any) -> None:
        self.town = Town()
        surroundings: Any = self.town.ecs.state.surroundings
        self.machines = surroundings.machines
        self.machines.announced = frozenset(CAPABILITIES)
        self.registered: set[str] = set()
        request = {"managedInstancesProvider": settings(), **request}
        self.town.call("CreateCapacityProvider", name="managed", cluster="shop", **request)
        self.pass_s(20)
        self.define()

    def define(self, cpu: str = "1024", memory: str = "2048", **changes: Any) -> None:
        """Register `web`: awsvpc, for Managed Instances; two fit on an m5.large."""
        values = {"requiresCompatibilities": ["MANAGED_INSTANCES"], "networkMode": "awsvpc"}
        self.town.define(container={"cpu": 0}, cpu=cpu, memory=memory, **{**values, **changes})

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.town.clock.advance(seconds)

    def run(self, count: int = 1, **request: Any) -> list[dict[str, Any]]:
        """Run tasks on the provider."""
        request = {"networkConfiguration": ONE_SUBNET, "taskDefinition": "web", **request}
        answer = self.town.call(
            "RunTask", cluster="shop", capacityProviderStrategy=STRATEGY, count=count, **request
        )
        tasks: list[dict[str, Any]] = answer["tasks"]
        return tasks

    def service(self, desired: int, **request: Any) -> None:
        """Create the service `web` on the provider."""
        request = {"networkConfiguration": ALL_SUBNETS, "taskDefinition": "web", **request}
        self.town.call(
            "CreateService",
            cluster="shop",
            serviceName="web",
            desiredCount=desired,
            capacityProviderStrategy=STRATEGY,
            **request,
        )

    def boot(self) -> None:
        """Let ECS plan, register what was launched, end what was terminated, let tasks start."""
        self.pass_s(10)
        for instance_id, launch in list(self.machines.launched.items()):
            if instance_id not in self.registered and instance_id not in self.machines.terminated:
                self.registered.add(instance_id)
                self._register(instance_id, launch)
        self._end()
        self.pass_s(60)
        self._end()

    def _register(self, instance_id: str, launch: Any) -> None:
        kind = launch.machine_type
        self.town.call(
            "RegisterContainerInstance",
            cluster="shop",
            instanceIdentityDocument=f'{{"instanceId": "{instance_id}", '
            f'"instanceType": "{kind.name}", "networkInterfaces": {kind.network_interfaces}}}',
            totalResources=[
                {"name": "CPU", "integerValue": kind.vcpus * 1024},
                {"name": "MEMORY", "integerValue": kind.linux_memory_mib},
            ],
            attributes=[
                {"name": "ecs.availability-zone", "value": f"us-east-1{launch.subnet_id[-1]}"},
                {"name": "ecs.instance-type", "value": kind.name},
                *({"name": name} for name in CAPABILITIES),
            ],
        )

    def _end(self) -> None:
        for instance in self.instances():
            if instance["ec2InstanceId"] in self.machines.terminated:
                self.town.ecs.instance_lost(instance["containerInstanceArn"], "terminated")

    def instances(self) -> list[dict[str, Any]]:
        """The container instances."""
        arns = self.town.call("ListContainerInstances", cluster="shop")["containerInstanceArns"]
        if not arns:
            return []
        answer = self.town.call(
            "DescribeContainerInstances", cluster="shop", containerInstances=arns
        )
        found: list[dict[str, Any]] = answer["containerInstances"]
        return found

    def launches(self) -> list[tuple[str, str]]:
        """The type and the subnet of each launch so far."""
        return [(e.machine_type.name, e.subnet_id) for e in self.machines.launched.values()]

    def provider(self) -> dict[str, Any]:
        """The provider as DescribeCapacityProviders shows it."""
        answer = self.town.call("DescribeCapacityProviders", capacityProviders=["managed"])
        found: dict[str, Any] = answer["capacityProviders"][0]
        return found


@pytest.fixture
def fleet() -> Fleet:
    """A cluster with an ACTIVE provider of Managed Instances."""
    return Fleet()


def refused(town: Town, operation: str, **request: Any) -> str:
    """The code and message of a refused call."""
    with pytest.raises(EcsError) as caught:
        town.call(operation, **request)
    return str(caught.value)


# The provider


def test_a_provider_belongs_to_its_cluster_and_becomes_active(town: Town) -> None:
    """PROVISIONING at first; the cluster has it without PutClusterCapacityProviders."""
    create = "CreateCapacityProvider"
    told = refused(town, create, name="managed", managedInstancesProvider=settings())
    assert "belongs to a cluster" in told
    made = town.call(
        create, name="managed", cluster="shop", managedInstancesProvider=settings(), tags=[]
    )["capacityProvider"]
    assert (made["status"], made["updateStatus"]) == ("PROVISIONING", "CREATE_IN_PROGRESS")
    assert (made["type"], made["cluster"]) == ("MANAGED_INSTANCES", "shop")
    template = made["managedInstancesProvider"]["instanceLaunchTemplate"]
    assert template["storageConfiguration"] == {"storageSizeGiB": 80}
    assert (template["monitoring"], template["capacityOptionType"]) == ("BASIC", "ON_DEMAND")
    told = refused(
        town,
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=["managed"],
        defaultCapacityProviderStrategy=STRATEGY,
    )
    assert "'managed' is not in an ACTIVE state" in told
    town.clock.advance(20)
    cluster = town.call("DescribeClusters", clusters=["shop"])["clusters"][0]
    assert cluster["capacityProviders"] == ["managed"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"networkConfiguration": {"subnets": []}}, "at least one subnet"),
        ({"storageConfiguration": {"storageSizeGiB": 29}}, "between 30 and 16384"),
        ({"monitoring": "LOUD"}, "monitoring must be one of"),
        ({"capacityOptionType": "RESERVED"}, "NotSimulatedException"),
        ({"instanceRequirements": {"vCpuCount": {"min": 4, "max": 2}}}, "range of vCpuCount"),
        (
            {
                "instanceRequirements": {
                    "vCpuCount": {"min": 1},
                    "memoryMiB": {"min": 1},
                    "allowedInstanceTypes": ["m5.*"],
                    "excludedInstanceTypes": ["m5.large"],
                }
            },
            "not both",
        ),
    ],
)
def test_a_launch_template_has_rules(town: Town, changes: dict[str, Any], told: str) -> None:
    """What cannot be is refused, and no provider is made."""
    asked = settings(**changes)
    create = "CreateCapacityProvider"
    request = {"name": "managed", "cluster": "shop"}
    assert told in refused(town, create, **request, managedInstancesProvider=asked)
    answer = town.call("DescribeCapacityProviders")
    assert len(answer["capacityProviders"]) == 2


@pytest.mark.parametrize("wait_s", [-2, 3601])
def test_scale_in_after_is_an_hour_at_most(town: Town, wait_s: int) -> None:
    """-1 turns it off, 0 to 3,600 seconds are waited."""
    asked = {**settings(), "infrastructureOptimization": {"scaleInAfter": wait_s}}
    request = {"name": "managed", "cluster": "shop", "managedInstancesProvider": asked}
    assert "scaleInAfter" in refused(town, "CreateCapacityProvider", **request)


def test_a_strategy_has_one_kind_of_provider(fleet: Fleet) -> None:
    """Managed Instances, Auto Scaling groups and Fargate are not mixed in one strategy."""
    fleet.town.call(
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[],
    )
    told = refused(
        fleet.town,
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        networkConfiguration=ONE_SUBNET,
        capacityProviderStrategy=[*STRATEGY, {"capacityProvider": "FARGATE", "weight": 1}],
    )
    assert "a mix of capacity providers using Fargate and Managed Instances" in told


def test_a_provider_stays_with_its_cluster(fleet: Fleet) -> None:
    """Another cluster cannot have it, and its own keeps it; AWS's tutorial names it by default."""
    fleet.town.call("CreateCluster", clusterName="other")
    put = "PutClusterCapacityProviders"
    request = {"capacityProviders": ["managed"], "defaultCapacityProviderStrategy": STRATEGY}
    told = refused(fleet.town, put, cluster="other", **request)
    assert "Cannot associate Managed Instances capacity provider to clusters" in told
    fleet.town.call(put, cluster="shop", **request)
    fleet.town.call(
        put, cluster="shop", capacityProviders=[], defaultCapacityProviderStrategy=STRATEGY
    )
    fleet.town.call(
        "RunTask", cluster="shop", taskDefinition="web", networkConfiguration=ONE_SUBNET
    )
    assert [each["launchType"] for each in fleet.town.tasks()] == ["MANAGED_INSTANCES"]


def test_an_update_holds_for_new_instances(fleet: Fleet) -> None:
    """What is not named stays as it was."""
    asked = settings(instanceRequirements={"vCpuCount": {"min": 4}, "memoryMiB": {"min": 1}})
    fleet.town.call(
        "UpdateCapacityProvider", name="managed", cluster="shop", managedInstancesProvider=asked
    )
    template = fleet.provider()["managedInstancesProvider"]["instanceLaunchTemplate"]
    assert template["storageConfiguration"] == {"storageSizeGiB": 80}
    fleet.run()
    fleet.boot()
    assert fleet.launches() == [("m5.xlarge", "subnet-a")]


def test_a_deleted_provider_takes_its_instances_along(fleet: Fleet) -> None:
    """Not while a task uses it; then DEPROVISIONING, INACTIVE, and the cluster can go too."""
    (task,) = fleet.run()
    fleet.boot()
    fleet.town.call("DeleteCapacityProvider", capacityProvider="managed")
    fleet.pass_s(20)
    assert fleet.provider()["updateStatus"] == "DELETE_FAILED"
    told = refused(fleet.town, "DeleteCluster", cluster="shop")
    assert told.startswith("ClusterContainsCapacityProviderException")
    fleet.town.call("StopTask", cluster="shop", task=task["taskArn"])
    fleet.pass_s(60)
    answer = fleet.town.call("DeleteCapacityProvider", capacityProvider="managed", cluster="shop")
    assert answer["capacityProvider"]["status"] == "DEPROVISIONING"
    fleet.pass_s(20)
    fleet.boot()
    assert fleet.provider()["status"] == "INACTIVE"
    assert fleet.instances() == []
    fleet.town.call("DeleteCluster", cluster="shop")


# Tasks and their instances


def test_tasks_wait_for_the_smallest_instance_that_fits_and_share_it(fleet: Fleet) -> None:
    """Two tasks of one vCPU are packed on an m5.large, a third gets another."""
    tasks = fleet.run(count=3)
    assert {each["launchType"] for each in tasks} == {"MANAGED_INSTANCES"}
    assert {each["lastStatus"] for each in tasks} == {"PROVISIONING"}
    fleet.pass_s(10)
    assert fleet.launches() == [("m5.large", "subnet-a")] * 2
    fleet.boot()
    found = fleet.town.tasks()
    assert [each["lastStatus"] for each in found] == ["RUNNING"] * 3
    assert {each["capacityProviderName"] for each in found} == {"managed"}
    assert sorted(each["runningTasksCount"] for each in fleet.instances()) == [1, 2]
    assert {each["capacityProviderName"] for each in fleet.instances()} == {"managed"}


def test_the_history_of_the_first_instance(fleet: Fleet) -> None:
    """Launched soon after the task, registered, emptied, deregistered when idle, gone."""
    (task,) = fleet.run()
    fleet.boot()
    fleet.town.call("StopTask", cluster="shop", task=task["taskArn"])
    fleet.pass_s(400)
    fleet.boot()
    lines = [h for h in fleet.town.ecs.state.history if h.kind == "instance"]
    begin_s = lines[0].at_s
    assert [(h.at_s - begin_s, h.what) for h in lines] == [
        (0.0, "launched m5.large in us-east-1a for managed"),
        (8.0, "registered"),
        (374.0, "ACTIVE -> DEREGISTERING"),
        (478.0, "DEREGISTERING -> INACTIVE"),
    ]


def test_a_task_finds_the_room_that_is_there(fleet: Fleet) -> None:
    """The second task joins the first, with no instance more."""
    fleet.run()
    fleet.boot()
    fleet.run()
    fleet.pass_s(60)
    assert len(fleet.launches()) == 1
    assert fleet.instances()[0]["runningTasksCount"] == 2


def test_a_service_is_spread_over_zones_before_it_is_packed(fleet: Fleet) -> None:
    """With three subnets, three small tasks have three instances; with one subnet, one."""
    fleet.define(cpu="256", memory="512")
    fleet.service(3)
    fleet.pass_s(10)
    assert sorted(subnet for _, subnet in fleet.launches()) == ["subnet-a", "subnet-b", "subnet-c"]
    fleet.boot()
    fleet.pass_s(120)
    assert fleet.town.described()["runningCount"] == 3
    assert {each["availabilityZone"] for each in fleet.town.tasks()} == {
        "us-east-1a",
        "us-east-1b",
        "us-east-1c",
    }
    packed = Fleet()
    packed.define(cpu="256", memory="512")
    packed.service(3, networkConfiguration=ONE_SUBNET)
    packed.boot()
    assert packed.launches() == [("m5.large", "subnet-a")]


def test_requirements_and_architecture_choose_the_type() -> None:
    """The launch template's requirements hold, and so does the task's CPU architecture."""
    types = {"allowedInstanceTypes": ["m7g.*"], "vCpuCount": {"min": 1}, "memoryMiB": {"min": 1}}
    arm = Fleet(managedInstancesProvider=settings(instanceRequirements=types))
    arm.define(runtimePlatform={"cpuArchitecture": "ARM64"})
    arm.run()
    arm.define(runtimePlatform={"cpuArchitecture": "X86_64"})
    arm.run()
    arm.boot()
    assert arm.launches() == [("m7g.large", "subnet-a")]


def test_constraints_hold_for_instances_to_come(fleet: Fleet) -> None:
    """memberOf chooses type and zone, distinctInstance one instance for each; no strategies."""
    expression = "attribute:ecs.instance-type == m5.xlarge"
    fleet.run(placementConstraints=[{"type": "memberOf", "expression": expression}])
    fleet.run(count=2, group="apart", placementConstraints=[{"type": "distinctInstance"}])
    fleet.boot()
    assert [kind for kind, _ in fleet.launches()] == ["m5.xlarge", "m5.large"]
    busy = [each["runningTasksCount"] for each in fleet.instances()]
    assert busy == [2, 1]
    told = refused(
        fleet.town,
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        networkConfiguration=ONE_SUBNET,
        capacityProviderStrategy=STRATEGY,
        placementStrategy=[{"type": "random"}],
    )
    assert "Placement strategies are not supported" in told


def test_a_task_that_fits_no_type_fails_in_the_end(fleet: Fleet) -> None:
    """Nothing is launched for it, and it does not wait for ever."""
    fleet.define(cpu="8192", memory="65536")
    (task,) = fleet.run()
    fleet.pass_s(20 * 60)
    assert fleet.launches() == []
    answer = fleet.town.call("DescribeTasks", cluster="shop", tasks=[task["taskArn"]])
    assert answer["tasks"][0]["stopCode"] == "TaskFailedToStart"


def test_a_refused_launch_fails_its_task(fleet: Fleet) -> None:
    """The reason stands in stoppedReason."""
    fleet.machines.refusal = "ResourceInitializationError: not authorized to perform iam:PassRole"
    (task,) = fleet.run()
    fleet.pass_s(10)
    answer = fleet.town.call("DescribeTasks", cluster="shop", tasks=[task["taskArn"]])
    assert answer["tasks"][0]["stoppedReason"] == fleet.machines.refusal


def test_ec2_tasks_do_not_go_onto_managed_instances(fleet: Fleet) -> None:
    """The launch type EC2 is for instances of one's own."""
    fleet.run()
    fleet.boot()
    fleet.town.define("own")
    told = refused(fleet.town, "RunTask", cluster="shop", taskDefinition="own", launchType="EC2")
    assert "No Container Instances were found in your cluster." in told


# Instances that go


@pytest.mark.parametrize(("wait_s", "gone"), [(60, True), (-1, False)])
def test_idle_instances_go_after_scale_in_after(wait_s: int, gone: bool) -> None:
    """After the seconds that the provider says, and never with -1."""
    optimization = {"infrastructureOptimization": {"scaleInAfter": wait_s}}
    fleet = Fleet(managedInstancesProvider={**settings(), **optimization})
    (task,) = fleet.run()
    fleet.boot()
    fleet.town.call("StopTask", cluster="shop", task=task["taskArn"])
    fleet.pass_s(50)
    assert fleet.machines.terminated == []
    fleet.pass_s(3600)
    assert bool(fleet.machines.terminated) == gone


def test_a_new_task_keeps_an_idle_instance(fleet: Fleet) -> None:
    """The time begins anew when the last task stops."""
    (first,) = fleet.run()
    fleet.boot()
    fleet.town.call("StopTask", cluster="shop", task=first["taskArn"])
    fleet.pass_s(200)
    (second,) = fleet.run()
    fleet.pass_s(200)
    assert fleet.machines.terminated == []
    fleet.town.call("StopTask", cluster="shop", task=second["taskArn"])
    fleet.pass_s(200)
    (third,) = fleet.run()
    fleet.pass_s(60)
    fleet.town.call("StopTask", cluster="shop", task=third["taskArn"])
    fleet.pass_s(200)
    assert fleet.machines.terminated == []
    fleet.pass_s(200)
    assert len(fleet.machines.terminated) == 1


def test_an_instance_is_replaced_from_its_fourteenth_day_on() -> None:
    """The service's task moves to a new instance first; then the old one ends, at once."""
    optimization = {"infrastructureOptimization": {"scaleInAfter": -1}}
    fleet = Fleet(managedInstancesProvider={**settings(), **optimization})
    fleet.service(1, networkConfiguration=ONE_SUBNET)
    fleet.boot()
    fleet.pass_s(14 * DAY_S - 100)
    assert len(fleet.launches()) == 1
    fleet.pass_s(120)
    assert [each["status"] for each in fleet.instances()] == ["DRAINING"]
    assert len(fleet.launches()) == 2
    fleet.boot()
    fleet.pass_s(300)
    fleet.boot()
    assert [each["status"] for each in fleet.instances()] == ["ACTIVE"]
    assert fleet.town.described()["runningCount"] == 1


def test_a_standalone_task_ends_with_its_instance_on_day_21(fleet: Fleet) -> None:
    """It is left alone while the instance drains, and stopped at the deadline."""
    fleet.run()
    fleet.boot()
    fleet.pass_s(20 * DAY_S)
    fleet.boot()
    assert [each["lastStatus"] for each in fleet.town.tasks()] == ["RUNNING"]
    fleet.pass_s(DAY_S)
    fleet.boot()
    assert fleet.town.tasks() == []
    assert fleet.instances() == []


def test_deregistering_ends_the_ec2_instance(fleet: Fleet) -> None:
    """By force, with what runs on it."""
    fleet.run()
    fleet.boot()
    (instance,) = fleet.instances()
    fleet.town.call(
        "DeregisterContainerInstance",
        cluster="shop",
        containerInstance=instance["containerInstanceArn"],
        force=True,
    )
    assert fleet.machines.terminated == [instance["ec2InstanceId"]]
