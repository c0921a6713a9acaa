"""Attributes of container instances: put, delete, list.

Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html#attributes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ecs_lab.engine.api import container_instances
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.errors import (
    AttributeLimitExceededException,
    InvalidParameterException,
    TargetNotFoundException,
)
from ecs_lab.engine.model import Cluster, ContainerInstance
from ecs_lab.engine.state import State, page

MOST_A_CALL = 10
MOST_CUSTOM = 10
TARGET_TYPE = "container-instance"
NAME = re.compile(r"[A-Za-z0-9_./\\-]{1,128}")
VALUE = re.compile(r"(?! )[A-Za-z0-9_.@/\\: -]{1,128}(?<! )")
"""What names and values may be.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html
"""
OWN_OF_AWS = ("ecs.", "com.amazonaws.")
"""How the names of built-in attributes begin: nobody but ECS and its agent writes those."""


@operation("PutAttributes")
def put_attributes(state: State, request: Request) -> Answer:
    """Give container instances custom attributes; one of the same name gets the new value.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html
    """
    cluster = state.cluster(request.get("cluster"))
    asked = _checked(state, cluster, request["attributes"])
    for instance, attribute in asked:
        value = attribute.get("value")
        if value is not None and not VALUE.fullmatch(value):
            raise InvalidParameterException(
                f"Invalid attribute value {value!r}: 1 to 128 letters, numbers, blanks inside and "
                "- _ . @ / \\ : are allowed."
            )
        _check_room(instance, [each["name"] for of, each in asked if of is instance])
    for instance, attribute in asked:
        instance.attributes[attribute["name"]] = attribute.get("value")
    container_instances.capacity_changed(state, cluster)
    return {"attributes": [_shape(instance, attribute["name"]) for instance, attribute in asked]}


@operation("DeleteAttributes")
def delete_attributes(state: State, request: Request) -> Answer:
    """Take custom attributes away; those that an instance does not have are passed over.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteAttributes.html
    """
    cluster = state.cluster(request.get("cluster"))
    asked = _checked(state, cluster, request["attributes"])
    if any("value" in attribute for _, attribute in asked):
        raise InvalidParameterException(
            "Specify name and target of an attribute to delete, but not its value."
        )
    deleted = []
    for instance, attribute in asked:
        if attribute["name"] in instance.attributes:
            deleted.append(_shape(instance, attribute["name"]))
            del instance.attributes[attribute["name"]]
    container_instances.capacity_changed(state, cluster)
    return {"attributes": deleted}


@operation("ListAttributes")
def list_attributes(state: State, request: Request) -> Answer:
    """List the attributes of a cluster's container instances, built-in ones too, by name and value
    where these are asked for.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAttributes.html
    """
    cluster = state.cluster(request.get("cluster"))
    _check_target_type(request["targetType"])
    wanted, value = request.get("attributeName"), request.get("attributeValue")
    if value is not None and wanted is None:
        raise InvalidParameterException("Specify attributeName to filter by attributeValue.")
    found = [
        _shape(instance, name)
        for instance in cluster.container_instances.values()
        for name in sorted(instance.attributes)
        if wanted in (None, name) and value in (None, instance.attributes[name])
    ]
    return page(request, "attributes", found)


def _checked(
    state: State, cluster: Cluster, attributes: list[dict[str, Any]]
) -> list[tuple[ContainerInstance, Mapping[str, Any]]]:
    """Each attribute with its container instance, once all of them are found to be valid."""
    if not 1 <= len(attributes) <= MOST_A_CALL:
        raise InvalidParameterException(f"You must specify 1 to {MOST_A_CALL} attributes.")
    for attribute in attributes:
        name = attribute["name"]
        if not NAME.fullmatch(name):
            raise InvalidParameterException(
                f"Invalid attribute name {name!r}: 1 to 128 letters, numbers and - _ . / \\ are "
                "allowed."
            )
        if name.startswith(OWN_OF_AWS):
            raise InvalidParameterException(
                f"The attribute {name} is a built-in one: only custom attributes can be changed, "
                "whose names do not begin with ecs. or com.amazonaws."
            )
    return [(_target(state, cluster, each), each) for each in attributes]


def _target(state: State, cluster: Cluster, attribute: Mapping[str, Any]) -> ContainerInstance:
    """The container instance that an attribute names, by its ARN or by its id and type."""
    target = attribute.get("targetId")
    if not target:
        raise InvalidParameterException("targetId can not be blank: name a container instance.")
    if attribute.get("targetType") is not None:
        _check_target_type(attribute["targetType"])
    elif not target.startswith("arn:"):
        raise InvalidParameterException(
            f"targetType is required with a short targetId: use {TARGET_TYPE}."
        )
    instance = container_instances.find(cluster, target, state)
    if instance is None:
        raise TargetNotFoundException("The specified target was not found.")
    return instance


def _check_target_type(target_type: str) -> None:
    if target_type != TARGET_TYPE:
        raise InvalidParameterException(f"Invalid targetType {target_type!r}: {TARGET_TYPE}.")


def _check_room(instance: ContainerInstance, names: list[str]) -> None:
    custom = {each for each in instance.attributes if not each.startswith(OWN_OF_AWS)}
    if len(custom | set(names)) > MOST_CUSTOM:
        raise AttributeLimitExceededException(
            f"You can apply up to {MOST_CUSTOM} custom attributes for each resource."
        )


def _shape(instance: ContainerInstance, name: str) -> dict[str, str]:
    """An Attribute as these operations answer it: the target by its ARN."""
    value = instance.attributes[name]
    return {"name": name, "targetId": instance.arn} | ({} if value is None else {"value": value})
