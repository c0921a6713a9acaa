"""Tags on every kind of resource that ECS lets be tagged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.auto_scaling_groups import Group
from ecs_lab.engine.capacity_scaling import Room
from ecs_lab.engine.errors import ClientException, EcsError, InvalidParameterException

if TYPE_CHECKING:
    from town import Town

VPC = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
AWS = "arn:aws:ecs:us-east-1:123456789012:"


def resources(town: Town) -> list[str]:
    """The ARN of one resource of each kind."""
    instance = town.instance()
    town.define()
    service = town.service("web", 1)["serviceArn"]
    town.clock.settle(600)
    definition = town.define_fargate("sets")
    town.call(
        "CreateService",
        cluster="shop",
        serviceName="sets",
        desiredCount=1,
        deploymentController={"type": "EXTERNAL"},
    )
    task_set = town.call(
        "CreateTaskSet",
        cluster="shop",
        service="sets",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=VPC,
    )["taskSet"]["taskSetArn"]
    task = town.tasks(serviceName="web")[0]["taskArn"]
    return [AWS + "cluster/shop", AWS + "task-definition/web:1", service, task, instance, task_set]


def test_every_kind_is_tagged_and_untagged(town: Town) -> None:
    """Tags are added, overwritten by key, listed and taken away."""
    for arn in resources(town):
        for value in ("one", "two"):
            tags = [{"key": "team", "value": value}, {"key": "kept", "value": "yes"}]
            town.call("TagResource", resourceArn=arn, tags=tags)
        town.call("UntagResource", resourceArn=arn, tagKeys=["kept", "never there"])
        listed = town.call("ListTagsForResource", resourceArn=arn)["tags"]
        assert listed == [{"key": "team", "value": "two"}], arn


def test_a_capacity_provider_is_tagged(town: Town) -> None:
    """A capacity provider is named without a cluster."""
    arn = "arn:aws:autoscaling:us-east-1:123456789012:g"
    group = Group("workers", arn, 0, 1, 0, (), Room(1024, 1024, 0, 2))
    groups: Any = town.ecs.state.surroundings.groups
    groups.put(group)
    made = town.call(
        "CreateCapacityProvider",
        name="group",
        autoScalingGroupProvider={"autoScalingGroupArn": group.arn},
    )["capacityProvider"]
    arn = made["capacityProviderArn"]
    town.call("TagResource", resourceArn=arn, tags=[{"key": "team", "value": "shop"}])
    assert town.call("ListTagsForResource", resourceArn=arn)["tags"] == [
        {"key": "team", "value": "shop"}
    ]


@pytest.mark.parametrize(
    ("arn", "refusal"),
    [
        (AWS + "service/web", InvalidParameterException),
        (AWS + "task-set/shop/web/nothing", ClientException),
        (AWS + "capacity-provider/nothing", ClientException),
        (AWS + "service-deployment/shop/web", ClientException),
        ("arn:aws:s3:::bucket", InvalidParameterException),
    ],
)
def test_what_is_not_there_is_refused(town: Town, arn: str, refusal: type[EcsError]) -> None:
    """A short service ARN, another service's ARN and unknown resources."""
    with pytest.raises(refusal):
        town.call("TagResource", resourceArn=arn, tags=[{"key": "team", "value": "shop"}])
