"""The tags of a resource, for policies with aws:ResourceTag conditions.

Looked up only where a policy asks for them, and for what an ECS course tags: things of ECS, EC2,
IAM and Secrets Manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access import identities
from ecs_lab.engine.errors import EcsError
from ecs_lab.iam.document import Policy
from ecs_lab.iam.evaluation import Policies

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

_KEY = "resourcetag/"


def context(world: World, arn: str, policies: Policies) -> dict[str, str]:
    """aws:ResourceTag/key, and the service's own such as ecs:ResourceTag/key, where asked for."""
    if not any(_KEY in key for key in _keys(policies)):
        return {}
    service = arn.split(":")[2] if arn.count(":") > 1 else ""
    return {
        f"{prefix}:{_KEY}{key.lower()}": value
        for key, value in _tags(world, service, arn)
        for prefix in ("aws", service)
    }


def _keys(policies: Policies) -> Iterator[str]:
    """The condition keys that policies ask for."""
    every: list[Policy | None] = [*policies.identity, policies.boundary, policies.resource]
    every += policies.session or ()
    for policy in every:
        for statement in policy.statements if policy is not None else ():
            yield from (test.key for test in statement.conditions)


def _tags(world: World, service: str, arn: str) -> Iterable[tuple[str, str]]:
    name = arn.rpartition("/")[2]
    if service == "ecs":
        region = arn.split(":")[3]
        try:
            found = world.ecs_in(region).call("ListTagsForResource", resourceArn=arn)["tags"]
        except EcsError:
            return []
        return [(each["key"], each.get("value", "")) for each in found]
    if service == "ec2":
        found = world.ec2.describe_tags(filters={"resource-id": [name]})
        return [(each["key"], each["value"]) for each in found]
    if service == "iam":
        return _pairs(getattr(identities.role(world.iam, arn), "tags", None))
    return []


def _pairs(tags: Any) -> list[tuple[str, str]]:
    return [(each["Key"], each["Value"]) for each in tags or []]
