"""External instances: servers outside AWS that the ECS Anywhere script registers with a cluster.

The script activates the server with Systems Manager, which gives it an id that begins with `mi-`
and the credentials of the activation's role, and starts the ECS agent with ECS_EXTERNAL. moto knows
no activations, so the lab does the whole by one command, `Lab.register_external_instance`.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere-registration.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.agent_config import AGENT_DATA, AgentConfig, agent_config
from ecs_lab.engine.errors import EcsError

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

ARCHITECTURES = ("x86_64", "arm64")
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html"""
TRUSTED = "ssm.amazonaws.com"
"""Who assumes the servers' role.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/iam-role-ecsanywhere.html
"""


def register(world: World, details: dict[str, Any]) -> str:
    """Register a server of `cpu_units` and `memory_mib`; gives the container instance's ARN.

    Its name becomes its tag `Name`, as ECS_CONTAINER_INSTANCE_TAGS would set it. Raises LookupError
    for a role, cluster or size that cannot be.
    """
    _check_role(world, str(details["role"]))
    _check_size(details)
    cluster = str(details["cluster"])
    settings = {"ECS_CLUSTER": cluster, "ECS_EXTERNAL": "true"}
    config = agent_config(settings)
    identity = {"instanceId": f"mi-{world.ecs.state.ids.hex(17)}"}
    try:
        answer = world.ecs.call(
            "RegisterContainerInstance",
            cluster=cluster,
            instanceIdentityDocument=json.dumps(identity),
            totalResources=_resources(details, config),
            attributes=_attributes(details, config),
            versionInfo=dict(AGENT_DATA["version"]),
            tags=[{"key": "Name", "value": str(details["name"])}],
        )
    except EcsError as error:
        raise LookupError(error.message) from None
    return str(answer["containerInstance"]["containerInstanceArn"])


def _check_role(world: World, name: str) -> None:
    """The role of the activation exists, and Systems Manager may assume it."""
    found = next((role for role in world.iam.roles.values() if role.name == name), None)
    if found is None:
        raise LookupError(
            f"There is no IAM role {name!r} for external instances: create it with a trust policy "
            f"for {TRUSTED}, and attach AmazonSSMManagedInstanceCore and "
            "AmazonEC2ContainerServiceforEC2Role."
        )
    refusal = world.access.cannot_assume(found.arn, TRUSTED)
    if refusal is not None:
        raise LookupError(f"{TRUSTED} cannot assume the role {name!r}: {refusal}")


def _check_size(details: dict[str, Any]) -> None:
    if details["architecture"] not in ARCHITECTURES:
        given = details["architecture"]
        raise LookupError(f"The architecture is {given!r}: x86_64 or arm64.")
    for key in ("cpu_units", "memory_mib"):
        if not isinstance(details[key], int) or details[key] < 1:
            raise LookupError(f"{key} is {details[key]!r}: give a whole number of 1 or more.")


def _resources(details: dict[str, Any], config: AgentConfig) -> list[dict[str, Any]]:
    ports = [str(each) for each in config.reserved_ports]
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": details["cpu_units"]},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": details["memory_mib"]},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ports},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]


def _attributes(details: dict[str, Any], config: AgentConfig) -> list[dict[str, str]]:
    """What the agent announces: no zone, VPC, subnet or instance type, for the server has none."""
    valued = {
        "ecs.cpu-architecture": str(details["architecture"]),
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
    }
    found = [{"name": name, "value": value} for name, value in valued.items()]
    found += [{"name": name} for name in config.capabilities]
    return sorted(found, key=lambda attribute: attribute["name"])
