"""What RunTask, StartTask, CreateService and UpdateService have in common to check, with AWS's
answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ecs_lab.engine.api.registry import Request
from ecs_lab.engine.errors import (
    ClientException,
    InvalidParameterException,
    NotSimulatedError,
    PlatformUnknownException,
    ServiceNotFoundException,
)
from ecs_lab.engine.model import Cluster, Document, Service, TaskDefinition
from ecs_lab.engine.state import State

LINUX_PLATFORMS = ("1.3.0", "1.4.0")
LATEST_LINUX = "1.4.0"
"""What LATEST means on Linux.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html
"""


def launch_type(request: Request, cluster: Cluster) -> str:
    """The launch type of a request: the one it names, else that of its capacity providers, else
    EC2.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    named = request.get("launchType")
    strategy = request.get("capacityProviderStrategy")
    if named and strategy:
        raise InvalidParameterException(
            "Specifying both a launch type and capacity provider strategy is not supported. "
            "Remove one and try again."
        )
    if named == "EXTERNAL":
        raise NotSimulatedError(
            "The lab has no external instances (ECS Anywhere) yet: use launchType EC2 or FARGATE."
        )
    if named:
        return str(named)
    strategy = strategy or cluster.default_strategy
    if any(each["capacityProvider"] != "FARGATE" for each in strategy):
        raise NotSimulatedError(
            "The lab runs no capacity provider but FARGATE yet: use that, or launchType EC2."
        )
    return "FARGATE" if strategy else "EC2"


def platform_version(request: Request, launch: str) -> str | None:
    """The platform version of a Fargate task; LATEST is 1.4.0 on Linux. Other launch types have
    none.
    """
    asked = request.get("platformVersion")
    if launch != "FARGATE":
        if asked:
            raise InvalidParameterException(
                "The platform version must be null when specifying an EC2 launch type."
            )
        return None
    if asked in (None, "LATEST"):
        return LATEST_LINUX
    if asked not in LINUX_PLATFORMS:
        raise PlatformUnknownException("The specified platform version does not exist.")
    return str(asked)


def check_launch(state: State, definition: TaskDefinition, launch: str, request: Request) -> None:
    """Whether this task definition may run with this launch type in this network."""
    if not definition.supports(launch):
        raise InvalidParameterException(f"Task definition does not support launch_type {launch}.")
    network = request.get("networkConfiguration")
    if definition.network_mode == "awsvpc":
        check_network(state, network, launch)
    elif network:
        raise InvalidParameterException(
            "Network Configuration is not valid for the given networkMode of this task definition."
        )


def check_network(state: State, network: Document | None, launch: str) -> None:
    """An awsvpc task wants existing subnets (16 at most) and security groups (5 at most).

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
    """
    vpc = (network or {}).get("awsvpcConfiguration")
    if not vpc:
        raise InvalidParameterException(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    subnets, groups = vpc.get("subnets") or [], vpc.get("securityGroups") or []
    if not subnets:
        raise InvalidParameterException("subnets can not be empty.")
    if len(subnets) > 16 or len(groups) > 5:
        raise InvalidParameterException(
            "awsvpcConfiguration can have up to 16 subnets and up to 5 securityGroups."
        )
    public = vpc.get("assignPublicIp")
    if public not in (None, "ENABLED", "DISABLED"):
        raise InvalidParameterException(f"Invalid assignPublicIp {public!r}: ENABLED or DISABLED.")
    if public == "ENABLED" and launch != "FARGATE":
        raise InvalidParameterException("Assign public IP is not supported for this launch type.")
    for subnet in subnets:
        if state.surroundings.zone_of_subnet(subnet) is None:
            raise InvalidParameterException(
                f"Error retrieving subnet information for [{', '.join(subnets)}]: "
                f"The subnet ID '{subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
            )
    missing = state.surroundings.missing_security_group(groups)
    if missing is not None:
        raise InvalidParameterException(
            f"Error retrieving security group information for [{', '.join(groups)}]: "
            f"The security group '{missing}' does not exist (ErrorCode: InvalidGroup.NotFound)"
        )


def check_placement(
    constraints: Sequence[Mapping[str, Any]], strategies: Sequence[Mapping[str, Any]], launch: str
) -> None:
    """At most 10 constraints and 5 strategies, of AWS's kinds, and none on Fargate.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    if launch == "FARGATE" and (constraints or strategies):
        kind = "constraints" if constraints else "strategies"
        raise InvalidParameterException(
            f"Placement {kind} are not supported with FARGATE launch type."
        )
    if len(constraints) > 10 or len(strategies) > 5:
        raise InvalidParameterException(
            "You can specify a maximum of 10 placement constraints and 5 placement strategy rules."
        )
    for each in constraints:
        if each.get("type") == "memberOf":
            raise NotSimulatedError(
                "The lab does not evaluate memberOf expressions yet: use distinctInstance."
            )
        if each.get("type") != "distinctInstance":
            raise InvalidParameterException(
                "Invalid placement constraint type: distinctInstance or memberOf."
            )
    for each in strategies:
        _check_strategy(each.get("type"), each.get("field"))


def _check_strategy(kind: str | None, name: str | None) -> None:
    """`random` has no field, `binpack` takes cpu or memory, `spread` takes instanceId, host or an
    attribute.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementStrategy.html
    """
    if kind == "random" and not name:
        return
    if kind == "binpack" and (name or "").lower() in ("cpu", "memory"):
        return
    if (
        kind == "spread"
        and name
        and (name in ("instanceId", "host") or name.startswith("attribute:"))
    ):
        return
    raise InvalidParameterException(
        f"Invalid placement strategy type {kind!r} with field {name!r}: random without a field, "
        "binpack with cpu or memory, spread with instanceId, host or attribute:NAME."
    )


def check_overrides(definition: TaskDefinition, overrides: Document) -> None:
    """Overrides name containers of the task definition, 8,192 characters at most in all.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    names = {each["name"] for each in definition.containers}
    for each in overrides.get("containerOverrides", []):
        if each.get("name") not in names:
            raise InvalidParameterException(
                f"Override for container named {each.get('name')} is not a container in "
                "the TaskDefinition."
            )
    if len(str(overrides)) > 8192:
        raise InvalidParameterException("Overrides can have up to 8192 characters in all.")


def known_service(state: State, cluster: Cluster, name: str) -> Service:
    """The service, or ServiceNotFoundException."""
    service = state.find_service(cluster, name)
    if service is None:
        raise ServiceNotFoundException
    return service


def check_names(names: Sequence[str], most: int, what: str) -> None:
    """Between one and `most` names have to be given."""
    if not 1 <= len(names) <= most:
        raise ClientException(f"{what} cannot be empty, and {most} at most.")
