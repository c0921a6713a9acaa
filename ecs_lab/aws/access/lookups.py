"""Full ARNs of what a call names in another way: what the account has decides.

AWS does not say for every operation which ARN it looks at when only a name is given; the lab looks
at that of the thing itself, so that one policy holds for all ways to name it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access import identities

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

_LEAST_COLONS = 5


def complete(world: World, arn: str) -> str:
    """The ARN of the thing that an ARN made of a request's words means."""
    parts = arn.split(":", _LEAST_COLONS)
    finder = _FINDERS.get(parts[2]) if len(parts) > _LEAST_COLONS else None
    return finder(world, arn, parts) if finder else arn


def special(world: World, how: str, value: str, region: str) -> list[str]:
    """The ARNs of a value that has to be looked up in a way of its own: see `_WAYS`."""
    return _WAYS[how](world, value, region)


def _backend(world: World, package: str, region: str) -> Any:
    """A backend of moto's; None while nobody has used the service."""
    module = sys.modules.get(f"moto.{package}.models")
    backends = getattr(module, f"{package}_backends", None)
    return None if backends is None else backends[world.ecs.state.account_id][region]


def _ecs(world: World, arn: str, parts: list[str]) -> str:
    """A family without revision means its newest ACTIVE one."""
    kind, _, name = parts[-1].partition("/")
    if kind != "task-definition" or ":" in name:
        return arn
    definition = world.ecs_in(parts[3]).state.find_task_definition(name)
    return definition.arn if definition is not None else f"{arn}:*"


def _iam(world: World, arn: str, parts: list[str]) -> str:
    """Roles and users have a path in their ARNs that their names do not have."""
    kind, _, name = parts[-1].partition("/")
    if kind not in {"role", "user"} or "/" in name:
        return arn
    find = identities.role if kind == "role" else identities.user
    found = find(world.iam, name)
    return arn if found is None else str(found.arn)


def _secret(world: World, arn: str, parts: list[str]) -> str:
    """A secret's ARN ends in six characters that its name does not have."""
    backend = _backend(world, "secretsmanager", parts[3])
    name = parts[-1].removeprefix("secret:")
    for each in backend.secrets.values() if backend is not None else ():
        if each.name == name or each.arn.startswith(arn + "-"):
            return str(each.arn)
    return arn


def _parameter(world: World, arn: str, parts: list[str]) -> str:
    """The slash that a parameter's name begins with is that of the ARN."""
    return arn.replace(":parameter//", ":parameter/")


def _s3(world: World, arn: str, parts: list[str]) -> str:
    """The source of a copy may begin with a slash and name a version."""
    return arn.replace("s3:::/", "s3:::").partition("?versionId=")[0]


def _load_balancer(world: World, arn: str, parts: list[str]) -> str:
    """Kinds of load balancers have shorter names in ARNs than in requests."""
    for kind, short in (("application", "app"), ("network", "net"), ("gateway", "gwy")):
        arn = arn.replace(f":loadbalancer/{kind}/", f":loadbalancer/{short}/")
    return arn


def _key(world: World, arn: str, parts: list[str]) -> str:
    """An alias stands for its key."""
    backend = _backend(world, "kms", parts[3])
    name = parts[-1].removeprefix("key/")
    if backend is None or not name.startswith("alias/"):
        return arn
    found = next((key for key in backend.keys.values() if name in key.aliases), None)
    return arn if found is None else str(found.arn)


_FINDERS: dict[str, Callable[[World, str, list[str]], str]] = {
    "ecs": _ecs,
    "elasticloadbalancing": _load_balancer,
    "iam": _iam,
    "secretsmanager": _secret,
    "ssm": _parameter,
    "kms": _key,
    "s3": _s3,
}

_EC2_KINDS: Mapping[str, str] = {
    "ami": "image",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "i": "instance",
    "igw": "internet-gateway",
    "lt": "launch-template",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "snap": "snapshot",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}


def _ec2_ids(world: World, value: str, region: str) -> list[str]:
    """An id of EC2 says by its first letters what it is of."""
    kind = _EC2_KINDS.get(value.partition("-")[0], "*")
    return [f"arn:aws:ec2:{region}:{world.ecs.state.account_id}:{kind}/{value}"]


def _profile_roles(world: World, value: str, region: str) -> list[str]:
    """The role in an instance profile that is given by name or ARN."""
    profile = world.iam.instance_profiles.get(value.rpartition("/")[2])
    return [each.arn for each in profile.roles] if profile is not None else []


_WAYS: dict[str, Callable[[World, str, str], list[str]]] = {
    "ids": _ec2_ids,
    "role": _profile_roles,
}
