"""Capacity providers: what the API accepts, and how tasks are shared out over them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from town import VPC, Town

from ecs_lab.engine.auto_scaling_groups import Group
from ecs_lab.engine.capacity_scaling import Room
from ecs_lab.engine.errors import EcsError

SPOT = {"capacityProvider": "FARGATE_SPOT", "weight": 3}
ON_DEMAND = {"capacityProvider": "FARGATE", "base": 2, "weight": 1}


def group(town: Town, name: str = "blue", **changes: Any) -> str:
    """Put an Auto Scaling group into the town; gives its ARN."""
    values: dict[str, Any] = {"min_size": 0, "max_size": 10, "desired": 0, "instance_ids": ()}
    values |= {"room": Room(1024, 1024, 0, 2), **changes}
    made = Group(name=name, arn=f"arn:aws:autoscaling:us-east-1:1:group/{name}", **values)
    groups: Any = town.ecs.state.surroundings.groups
    groups.put(made)
    return made.arn


def provider(town: Town, name: str = "machines", **changes: Any) -> None:
    """Create a capacity provider on a group of its own, with managed scaling."""
    settings = {
        "autoScalingGroupArn": group(town, f"{name}-group"),
        "managedScaling": {"status": "ENABLED"},
        **changes,
    }
    town.call("CreateCapacityProvider", name=name, autoScalingGroupProvider=settings)


def put(town: Town, names: list[str], default: list[dict[str, Any]] | None = None) -> None:
    """Set the capacity providers of the cluster."""
    town.call(
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=names,
        defaultCapacityProviderStrategy=default or [],
    )


def refused(town: Town, operation: str, **request: Any) -> str:
    """The code and message of a refused call."""
    with pytest.raises(EcsError) as caught:
        town.call(operation, **request)
    return str(caught.value)


def run(town: Town, count: int = 1, **request: Any) -> list[dict[str, Any]]:
    """Run tasks; gives them."""
    request = {"taskDefinition": "web", "networkConfiguration": VPC, **request}
    tasks: list[dict[str, Any]] = town.call("RunTask", cluster="shop", count=count, **request)[
        "tasks"
    ]
    return tasks


def split(tasks: list[dict[str, Any]]) -> dict[str, int]:
    """How many tasks each provider has."""
    return dict(Counter(each["capacityProviderName"] for each in tasks))


def test_fargate_providers_are_there_from_the_start(town: Town) -> None:
    """FARGATE and FARGATE_SPOT need not be created, and cannot be deleted."""
    found = town.call("DescribeCapacityProviders")["capacityProviders"]
    assert [(each["name"], each["type"]) for each in found] == [
        ("FARGATE", "FARGATE"),
        ("FARGATE_SPOT", "FARGATE_SPOT"),
    ]
    assert "reserved" in refused(town, "DeleteCapacityProvider", capacityProvider="FARGATE")


def test_a_provider_has_aws_defaults(town: Town) -> None:
    """Managed scaling is off unless asked for, with a target of 100 and a warm-up of 300 s."""
    made = town.call(
        "CreateCapacityProvider",
        name="machines",
        autoScalingGroupProvider={"autoScalingGroupArn": group(town)},
    )["capacityProvider"]
    assert made["autoScalingGroupProvider"] == {
        "autoScalingGroupArn": "arn:aws:autoscaling:us-east-1:1:group/blue",
        "managedScaling": {
            "status": "DISABLED",
            "targetCapacity": 100,
            "minimumScalingStepSize": 1,
            "maximumScalingStepSize": 10000,
            "instanceWarmupPeriod": 300,
        },
        "managedTerminationProtection": "DISABLED",
        "managedDraining": "ENABLED",
    }


@pytest.mark.parametrize("name", ["", "aws-one", "ecs1", "FargateX", "a b", "x" * 256])
def test_names_of_providers_are_limited(town: Town, name: str) -> None:
    """255 letters, numbers, hyphens and underscores; no prefix aws, ecs or fargate."""
    told = refused(
        town,
        "CreateCapacityProvider",
        name=name,
        autoScalingGroupProvider={"autoScalingGroupArn": group(town)},
    )
    assert "The specified capacity provider name is invalid." in told


@pytest.mark.parametrize(
    "scaling",
    [
        {"targetCapacity": 0},
        {"targetCapacity": 101},
        {"minimumScalingStepSize": 0},
        {"maximumScalingStepSize": 10001},
        {"instanceWarmupPeriod": 10001},
    ],
)
def test_managed_scaling_has_ranges(town: Town, scaling: dict[str, int]) -> None:
    """Target 1 to 100, steps 1 to 10,000, warm-up 0 to 10,000 seconds."""
    told = refused(
        town,
        "CreateCapacityProvider",
        name="machines",
        autoScalingGroupProvider={"autoScalingGroupArn": group(town), "managedScaling": scaling},
    )
    assert next(iter(scaling)) in told


def test_termination_protection_wants_scaling_and_a_protected_group(town: Town) -> None:
    """Managed termination protection needs managed scaling and instance protection."""
    asked: dict[str, Any] = {
        "autoScalingGroupArn": group(town),
        "managedTerminationProtection": "ENABLED",
    }
    create = "CreateCapacityProvider"
    assert "managed scaling" in refused(town, create, name="a", autoScalingGroupProvider=asked)
    asked["managedScaling"] = {"status": "ENABLED"}
    assert "instance protection" in refused(town, create, name="a", autoScalingGroupProvider=asked)
    group(town, protects_new_instances=True)
    town.call(create, name="a", autoScalingGroupProvider=asked)


def test_a_group_has_one_provider_and_a_provider_one_name(town: Town) -> None:
    """Neither can be used twice."""
    provider(town)
    arn = group(town, "machines-group")
    asked = {"autoScalingGroupArn": arn}
    create = "CreateCapacityProvider"
    assert "already exists" in refused(
        town, create, name="machines", autoScalingGroupProvider=asked
    )
    assert "already being used" in refused(town, create, name="b", autoScalingGroupProvider=asked)
    asked = {"autoScalingGroupArn": "nowhere"}
    assert "ARN is invalid" in refused(town, create, name="b", autoScalingGroupProvider=asked)


def test_a_provider_in_use_cannot_be_deleted(town: Town) -> None:
    """DELETE_FAILED and why while a cluster has it; INACTIVE afterwards."""
    provider(town)
    put(town, ["machines"])
    town.call("DeleteCapacityProvider", capacityProvider="machines")
    town.clock.advance(60)
    ask = {"capacityProviders": ["machines"]}
    found = town.call("DescribeCapacityProviders", **ask)["capacityProviders"][0]
    assert (found["status"], found["updateStatus"]) == ("ACTIVE", "DELETE_FAILED")
    assert "associated with cluster: shop" in found["updateStatusReason"]
    put(town, [])
    town.call("DeleteCapacityProvider", capacityProvider="machines")
    town.clock.advance(60)
    found = town.call("DescribeCapacityProviders", **ask)["capacityProviders"][0]
    assert (found["status"], found["updateStatus"]) == ("INACTIVE", "DELETE_COMPLETE")


def test_a_provider_with_tasks_stays_with_its_cluster(town: Town) -> None:
    """Taking it away is refused with ResourceInUseException."""
    put(town, ["FARGATE", "FARGATE_SPOT"])
    town.define_fargate()
    run(town, capacityProviderStrategy=[SPOT])
    told = refused(
        town,
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[],
    )
    assert told == (
        "ResourceInUseException: The specified capacity provider is in use and cannot be removed."
    )


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ([{"capacityProvider": "FARGATE"}], "weight value greater than zero"),
        ([ON_DEMAND, {**SPOT, "base": 1}], "base"),
        ([ON_DEMAND, {"capacityProvider": "machines", "weight": 1}], "mix"),
        ([{"capacityProvider": "unknown", "weight": 1}], "not associated with the cluster"),
        ([{"capacityProvider": "FARGATE", "weight": 1001}], "0 to 1000"),
    ],
)
def test_strategies_follow_the_rules(town: Town, strategy: list[Any], words: str) -> None:
    """One base, some weight, one kind of providers, all of them the cluster's."""
    provider(town)
    put(town, ["FARGATE", "FARGATE_SPOT", "machines"])
    town.define_fargate()
    request = {"cluster": "shop", "taskDefinition": "web", "networkConfiguration": VPC}
    assert words in refused(town, "RunTask", **request, capacityProviderStrategy=strategy)


def test_a_launch_type_and_a_strategy_exclude_each_other(town: Town) -> None:
    """A request with both is refused."""
    put(town, ["FARGATE"])
    town.define_fargate()
    request = {"cluster": "shop", "taskDefinition": "web", "networkConfiguration": VPC}
    told = refused(
        town, "RunTask", **request, launchType="FARGATE", capacityProviderStrategy=[ON_DEMAND]
    )
    assert "both a launch type and capacity provider strategy" in told


def test_base_comes_first_and_weights_share_out_the_rest(town: Town) -> None:
    """Base 2 and weights 1 to 3: of ten tasks four are on demand, six Spot."""
    put(town, ["FARGATE", "FARGATE_SPOT"])
    town.define_fargate()
    tasks = run(town, 10, capacityProviderStrategy=[ON_DEMAND, SPOT])
    assert split(tasks) == {"FARGATE": 4, "FARGATE_SPOT": 6}
    assert {each["launchType"] for each in tasks} == {"FARGATE"}


def test_a_weight_of_zero_gets_no_task_beyond_its_base(town: Town) -> None:
    """A provider of weight 0 has its base only."""
    put(town, ["FARGATE", "FARGATE_SPOT"])
    town.define_fargate()
    strategy = [{"capacityProvider": "FARGATE", "base": 1}, SPOT]
    assert split(run(town, 5, capacityProviderStrategy=strategy)) == {
        "FARGATE": 1,
        "FARGATE_SPOT": 4,
    }


def test_the_clusters_default_holds_without_strategy_and_launch_type(town: Town) -> None:
    """RunTask and CreateService use it; a launch type sets it aside."""
    put(town, ["FARGATE", "FARGATE_SPOT"], [SPOT])
    town.define_fargate()
    assert split(run(town)) == {"FARGATE_SPOT": 1}
    made = town.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        networkConfiguration=VPC,
    )["service"]
    assert made["capacityProviderStrategy"] == [{**SPOT, "base": 0}]
    assert "launchType" not in made
    assert "capacityProviderName" not in run(town, launchType="FARGATE")[0]


def test_a_service_keeps_its_split_when_it_replaces_tasks(town: Town) -> None:
    """What is stopped comes back with the provider that it had."""
    put(town, ["FARGATE", "FARGATE_SPOT"])
    town.define_fargate()
    town.service(
        desired=6,
        launchType=None,
        networkConfiguration=VPC,
        capacityProviderStrategy=[ON_DEMAND, SPOT],
    )
    town.clock.advance(120)
    tasks = town.tasks(serviceName="web")
    assert split(tasks) == {"FARGATE": 3, "FARGATE_SPOT": 3}
    for each in tasks:
        if each["capacityProviderName"] == "FARGATE":
            town.call("StopTask", cluster="shop", task=each["taskArn"])
    town.clock.advance(180)
    assert split(town.tasks(serviceName="web")) == {"FARGATE": 3, "FARGATE_SPOT": 3}


def test_a_new_strategy_moves_a_service(town: Town) -> None:
    """UpdateService with a strategy deploys anew; an empty one goes back to the launch type."""
    put(town, ["FARGATE", "FARGATE_SPOT"])
    town.define_fargate()
    town.service(desired=2, launchType="FARGATE")
    town.clock.advance(120)
    update = {"cluster": "shop", "service": "web", "forceNewDeployment": True}
    town.call("UpdateService", **update, capacityProviderStrategy=[SPOT])
    town.clock.settle(600)
    assert split(town.tasks(serviceName="web")) == {"FARGATE_SPOT": 2}
    back = town.call("UpdateService", **update, capacityProviderStrategy=[])["service"]
    assert back["launchType"] == "FARGATE"
    town.clock.settle(600)
    assert all("capacityProviderName" not in each for each in town.tasks(serviceName="web"))


def test_a_cluster_has_up_to_twenty_providers(town: Town) -> None:
    """The twenty-first is refused, and so is one that nobody made."""
    for number in range(19):
        provider(town, f"p{number}")
    names = [f"p{number}" for number in range(19)]
    put(town, [*names, "FARGATE"])
    request = {"cluster": "shop", "defaultCapacityProviderStrategy": []}
    many = [*names, "FARGATE", "FARGATE_SPOT"]
    told = refused(town, "PutClusterCapacityProviders", **request, capacityProviders=many)
    assert "maximum number of capacity providers per cluster" in told
    told = refused(town, "PutClusterCapacityProviders", **request, capacityProviders=["ghost"])
    assert "not found" in told
