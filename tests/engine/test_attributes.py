"""Attributes of container instances: put, delete, list, and their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.errors import (
    AttributeLimitExceededException,
    ClusterNotFoundException,
    EcsError,
    InvalidParameterException,
    TargetNotFoundException,
)

if TYPE_CHECKING:
    from town import Town

    from ecs_lab import Lab


def put(town: Town, *attributes: dict[str, Any]) -> list[dict[str, Any]]:
    """PutAttributes in `shop`; gives the attributes of the answer."""
    answer = town.call("PutAttributes", cluster="shop", attributes=list(attributes))
    return list(answer["attributes"])


def listed(town: Town, **request: Any) -> list[dict[str, Any]]:
    """The custom attributes that ListAttributes gives."""
    answer = town.call("ListAttributes", cluster="shop", targetType="container-instance", **request)
    return [
        each
        for each in answer["attributes"]
        if not each["name"].startswith(("ecs.", "com.amazonaws."))
    ]


def test_attribute_is_put_replaced_listed_and_deleted(town: Town) -> None:
    """An attribute of the same name gets the new value; the answers name the target by its ARN."""
    arn = town.instance()
    short = arn.rpartition("/")[2]
    first = {"name": "stack", "value": "test", "targetId": arn}
    assert put(town, first) == [first]
    by_id = {"name": "stack", "value": "prod", "targetType": "container-instance"}
    now = {"name": "stack", "value": "prod", "targetId": arn}
    assert put(town, {**by_id, "targetId": short}) == [now]
    assert listed(town) == [now]
    gone = {"name": "stack", "targetId": arn}
    answer = town.call("DeleteAttributes", cluster="shop", attributes=[gone])
    assert answer == {"attributes": [now]}
    assert listed(town) == []
    assert town.call("DeleteAttributes", cluster="shop", attributes=[gone]) == {"attributes": []}


def test_list_is_filtered_by_name_and_value_and_comes_in_pages(town: Town) -> None:
    """A name, a name and a value, and the built-in attributes, page by page."""
    arns = [town.instance(zone) for zone in "ab"]
    put(town, *({"name": "stack", "value": each[-1], "targetId": each} for each in arns))
    put(town, {"name": "flag", "targetId": arns[0]})
    assert listed(town, attributeName="flag") == [{"name": "flag", "targetId": arns[0]}]
    by_value = listed(town, attributeName="stack", attributeValue=arns[1][-1])
    assert arns[1] in [each["targetId"] for each in by_value]
    request = {"cluster": "shop", "targetType": "container-instance"}
    zones = {**request, "attributeName": "ecs.availability-zone", "maxResults": 1}
    first = town.call("ListAttributes", **zones)
    second = town.call("ListAttributes", **zones, nextToken=first["nextToken"])
    values = [each["value"] for page in (first, second) for each in page["attributes"]]
    assert values == ["us-east-1a", "us-east-1b"]
    assert "nextToken" not in second


def test_an_instance_has_at_most_ten_custom_attributes(town: Town) -> None:
    """The built-in ones do not count, and those that are replaced count once."""
    arn = town.instance()
    put(town, *({"name": f"n{number}", "targetId": arn} for number in range(9)))
    with pytest.raises(AttributeLimitExceededException, match="up to 10 custom attributes"):
        put(town, {"name": "x", "targetId": arn}, {"name": "y", "targetId": arn})
    assert len(listed(town)) == 9
    put(town, {"name": "n0", "value": "again", "targetId": arn}, {"name": "x", "targetId": arn})
    assert len(listed(town)) == 10


@pytest.mark.parametrize(
    ("attribute", "error", "text"),
    [
        ({"name": "a b"}, InvalidParameterException, "Invalid attribute name 'a b'"),
        ({"name": "n" * 129}, InvalidParameterException, "1 to 128"),
        ({"name": "n", "value": " x"}, InvalidParameterException, "Invalid attribute value"),
        ({"name": "n", "value": ""}, InvalidParameterException, "Invalid attribute value"),
        ({"name": "n", "value": "a*"}, InvalidParameterException, "Invalid attribute value"),
        ({"name": "ecs.ami-id", "value": "x"}, InvalidParameterException, "built-in"),
        ({"name": "n", "targetType": "task"}, InvalidParameterException, "Invalid targetType"),
        ({"name": "n", "targetId": ""}, InvalidParameterException, "targetId can not be blank"),
        ({"name": "n", "targetId": "1234"}, InvalidParameterException, "targetType is required"),
        ({"name": "n", "targetId": "arn:aws:ecs:x"}, TargetNotFoundException, "not found"),
    ],
)
def test_wrong_attributes_are_refused_and_nothing_changes(
    town: Town, attribute: dict[str, Any], error: type[EcsError], text: str
) -> None:
    """One wrong attribute refuses the whole call."""
    arn = town.instance()
    with pytest.raises(error, match=text):
        put(town, {"name": "good", "targetId": arn}, {"targetId": arn, **attribute})
    assert listed(town) == []


def test_names_and_values_may_have_what_aws_lists(town: Town) -> None:
    """Letters, numbers, hyphens, dots, both slashes; in values also @, colons and inner blanks."""
    arn = town.instance()
    attribute = {"name": r"a-Z_0./\x", "value": r"a B-_.@/\:9", "targetId": arn}
    assert put(town, attribute) == [attribute]


def test_built_in_attributes_cannot_be_deleted(town: Town) -> None:
    """DeleteAttributes takes custom attributes only, 10 at most, and without their values."""
    arn = town.instance()
    put(town, {"name": "stack", "value": "prod", "targetId": arn})
    zone = {"name": "ecs.availability-zone", "targetId": arn}
    own = {"name": "stack", "targetId": arn}
    for asked, text in (
        ([own, zone], "built-in"),
        ([{**own, "value": "prod"}], "but not its value"),
        ([own] * 11, "1 to 10 attributes"),
    ):
        with pytest.raises(InvalidParameterException, match=text):
            town.call("DeleteAttributes", cluster="shop", attributes=asked)
    assert len(listed(town)) == 1


def test_list_refuses_a_value_without_a_name(town: Town) -> None:
    """attributeValue needs attributeName, targetType is container-instance, the cluster exists."""
    with pytest.raises(InvalidParameterException, match="Specify attributeName"):
        listed(town, attributeValue="prod")
    with pytest.raises(InvalidParameterException, match="Invalid targetType"):
        town.call("ListAttributes", cluster="shop", targetType="task")
    with pytest.raises(ClusterNotFoundException):
        town.call("ListAttributes", cluster="none", targetType="container-instance")


def test_instance_announces_attributes_and_boto3_finds_it(lab: Lab) -> None:
    """ECS_INSTANCE_ATTRIBUTES come with the registration, and a filter selects by them."""
    ecs, ec2 = lab.client("ecs"), lab.client("ec2")
    ecs.create_cluster(clusterName="shop")
    ecs.put_account_setting_default(name="awsvpcTrunking", value="enabled")
    settings = 'ECS_CLUSTER=shop\\nECS_INSTANCE_ATTRIBUTES={"stack":"prod"}'
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="c5.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.public_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\nprintf '{settings}' > /etc/ecs/ecs.config\n",
    )
    lab.settle()
    expression = "attribute:stack == prod and attribute:ecs.awsvpc-trunk-id exists"
    arns = ecs.list_container_instances(cluster="shop", filter=expression)["containerInstanceArns"]
    assert len(arns) == 1
    request: Any = {"cluster": "shop", "targetType": "container-instance", "attributeName": "stack"}
    assert ecs.list_attributes(**request)["attributes"] == [
        {"name": "stack", "value": "prod", "targetId": arns[0]}
    ]
