"""Tags on clusters, services, task sets, tasks, task definitions, container instances and capacity
providers.
"""

from __future__ import annotations

import re
from typing import Protocol

from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.errors import (
    ClientException,
    ClusterNotFoundException,
    InvalidParameterException,
)
from ecs_lab.engine.model import Tags
from ecs_lab.engine.state import State

MOST_TAGS = 50
TAG_TEXT = re.compile(r"[\w\s_.:/=+\-@]*")


class Tagged(Protocol):
    """Anything that carries tags."""

    tags: Tags


def checked_tags(tags: Tags | None) -> Tags:
    """The tags, if they are ones that AWS takes: at most 50, keys once each, 1-128 and 0-256
    characters.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html
    """
    tags = [{"key": each.get("key", ""), "value": each.get("value", "")} for each in tags or []]
    keys = [each["key"] for each in tags]
    if len(tags) > MOST_TAGS:
        raise InvalidParameterException(
            "The maximum number of tags that can be applied to a resource is 50."
        )
    if len(set(keys)) < len(keys):
        raise InvalidParameterException("Duplicate tag keys found. Each tag key must be unique.")
    for each in tags:
        _check_tag(each["key"], each["value"])
    return tags


def _check_tag(key: str, value: str) -> None:
    if not 1 <= len(key) <= 128 or not TAG_TEXT.fullmatch(key) or key.lower().startswith("aws:"):
        raise InvalidParameterException(
            f"Invalid tag key {key!r}: 1 to 128 letters, numbers, spaces and _.:/=+-@, "
            "not starting with aws:."
        )
    if len(value) > 256 or not TAG_TEXT.fullmatch(value):
        raise InvalidParameterException(
            f"Invalid tag value for {key!r}: at most 256 letters, numbers, spaces and _.:/=+-@."
        )


@operation("TagResource")
def tag_resource(state: State, request: Request) -> Answer:
    """Add tags to a resource; a key that is there gets the new value."""
    resource = _resource(state, request["resourceArn"])
    new = {each["key"]: each["value"] for each in checked_tags(request["tags"])}
    merged = {each["key"]: each["value"] for each in resource.tags} | new
    if len(merged) > MOST_TAGS:
        raise InvalidParameterException(
            "The maximum number of tags that can be applied to a resource is 50."
        )
    resource.tags = [{"key": key, "value": value} for key, value in merged.items()]
    return {}


@operation("UntagResource")
def untag_resource(state: State, request: Request) -> Answer:
    """Take tags off a resource; keys that are not there are ignored."""
    resource = _resource(state, request["resourceArn"])
    resource.tags = [each for each in resource.tags if each["key"] not in request["tagKeys"]]
    return {}


@operation("ListTagsForResource")
def list_tags_for_resource(state: State, request: Request) -> Answer:
    """List a resource's tags."""
    return {"tags": _resource(state, request["resourceArn"]).tags}


def _resource(state: State, arn: str) -> Tagged:
    """The resource with that ARN; AWS's short service ARN (without the cluster) is refused.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
    """
    prefix = state.arn("", "").removesuffix("/")
    kind, _, path = arn.removeprefix(prefix).partition("/")
    parent, _, name = path.partition("/")
    if not arn.startswith(prefix) or not path:
        raise InvalidParameterException(
            f"Invalid resource ARN {arn!r}: name an ECS resource of this Region."
        )
    found = _find(state, kind, parent, name)
    if found is None and kind in ("service", "task", "container-instance") and not name:
        raise InvalidParameterException(
            "Long arn format must be used for tagging operations: the ARN names no cluster."
        )
    if found is None:
        raise ClientException(f"The specified {kind} is not found.")
    return found


def _find(state: State, kind: str, parent: str, name: str) -> Tagged | None:
    if kind == "cluster":
        return state.cluster(parent)
    if kind == "task-definition":
        return state.find_task_definition(parent)
    if kind == "capacity-provider":
        return state.capacity_providers.get(parent)
    cluster = state.find_cluster(parent) if name else None
    if name and cluster is None:
        raise ClusterNotFoundException
    if cluster is None:
        return None
    if kind == "service":
        return cluster.services.get(name)
    if kind == "task-set":
        arn = state.arn("task-set", f"{parent}/{name}")
        sets = (each for service in cluster.services.values() for each in service.task_sets)
        return next((each for each in sets if each.arn == arn), None)
    if kind == "container-instance":
        return cluster.container_instances.get(name)
    return cluster.tasks.get(name) if kind == "task" else None
