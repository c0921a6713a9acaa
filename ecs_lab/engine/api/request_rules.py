"""What RunTask, StartTask, CreateService and UpdateService have in common to check, with AWS's
answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ecs_lab.engine import capacity_strategy
from ecs_lab.engine.api.cluster_providers import checked_strategy
from ecs_lab.engine.api.registry import Request
from ecs_lab.engine.cluster_query import Expression
from ecs_lab.engine.cluster_query_parser import QueryError, parse
from ecs_lab.engine.errors import (
    InvalidParameterException,
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


def with_strategy(state: State, request: Request, cluster: Cluster) -> Request:
    """The request with the capacity provider strategy that holds for it: its own, or the cluster's
    default where it names no launch type either.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    own = request.get("capacityProviderStrategy")
    if request.get("launchType") and own:
        raise InvalidParameterException(
            "Specifying both a launch type and capacity provider strategy is not supported. "
            "Remove one and try again."
        )
    if request.get("launchType") or not (own or cluster.default_strategy):
        return request
    strategy = checked_strategy(state, own or cluster.default_strategy, cluster.capacity_providers)
    if not any(each["weight"] for each in strategy):
        raise InvalidParameterException(NO_WEIGHT.format(which="specified" if own else "default"))
    return {**request, "capacityProviderStrategy": strategy}


def with_new_strategy(state: State, request: Request, cluster: Cluster, launch: str) -> Request:
    """An updated service's request with its new strategy; an empty one goes back to the launch
    type.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    rest = {key: value for key, value in request.items() if key != "launchType"}
    if rest["capacityProviderStrategy"]:
        if launch_of(state, rest["capacityProviderStrategy"]) != "FARGATE":
            rest.pop("platformVersion", None)
        return with_strategy(state, rest, cluster)
    return {**rest, "launchType": request.get("launchType") or launch}


def launch_of(state: State, strategy: Sequence[Document]) -> str:
    """The launch type that a strategy's tasks have."""
    name = str(strategy[0]["capacityProvider"])
    return capacity_strategy.launch_type(state.capacity_providers, name)


NO_WEIGHT = (
    "There are no capacity providers with a weight value greater than zero defined in the {which} "
    "capacity provider strategy. At least one capacity provider must have a weight value greater "
    "than zero specified. Update the cluster's default capacity provider strategy or specify a "
    "valid capacity provider strategy and try again."
)


def launch_type(state: State, request: Request, cluster: Cluster) -> str:
    """The launch type of a request: the one it names, else that of its capacity providers, else
    EC2.
    """
    strategy = with_strategy(state, request, cluster).get("capacityProviderStrategy")
    named = request.get("launchType")
    if named not in (None, *LAUNCH_TYPES):
        raise InvalidParameterException(UNKNOWN_LAUNCH_TYPE.format(named=named))
    if strategy:
        return launch_of(state, strategy)
    return str(named or "EC2")


LAUNCH_TYPES = ("EC2", "FARGATE", "EXTERNAL")
UNKNOWN_LAUNCH_TYPE = (
    "Invalid launchType {named!r}: EC2, FARGATE or EXTERNAL. Tasks on Amazon ECS Managed Instances "
    "are asked for by capacityProviderStrategy."
)
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"""


def platform_version(request: Request, launch: str) -> str | None:
    """The platform version of a Fargate task; LATEST is 1.4.0 on Linux. Other launch types have
    none.
    """
    asked = request.get("platformVersion")
    if launch != "FARGATE":
        if asked:
            raise InvalidParameterException(
                f"The platform version must be null when specifying an {launch} launch type."
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
    """At most 10 constraints and 5 strategies, of AWS's kinds; none on Fargate, and no strategies
    on Managed Instances.

    Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html and
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
    """
    if launch == "FARGATE" and (constraints or strategies):
        kind = "constraints" if constraints else "strategies"
        raise InvalidParameterException(
            f"Placement {kind} are not supported with FARGATE launch type."
        )
    if launch == "MANAGED_INSTANCES" and strategies:
        raise InvalidParameterException(
            "Placement strategies are not supported with Amazon ECS Managed Instances."
        )
    if len(constraints) > 10 or len(strategies) > 5:
        raise InvalidParameterException(
            "You can specify a maximum of 10 placement constraints and 5 placement strategy rules."
        )
    for each in constraints:
        _check_constraint(each.get("type"), each.get("expression"))
    for each in strategies:
        _check_strategy(each.get("type"), each.get("field"))


def _check_constraint(kind: str | None, expression: str | None) -> None:
    """`memberOf` has an expression of the cluster query language, `distinctInstance` has none.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html
    """
    if kind == "distinctInstance":
        if expression is not None:
            raise InvalidParameterException("distinctInstance expression should not be specified.")
    elif kind == "memberOf":
        check_expression(expression or "")
    else:
        raise InvalidParameterException(
            f"Invalid placement constraint type {kind!r}: distinctInstance or memberOf."
        )


def check_expression(expression: str) -> Expression:
    """The expression of the cluster query language, or InvalidParameterException."""
    try:
        return parse(expression)
    except QueryError as error:
        raise InvalidParameterException(str(error)) from None


def task_group(request: Request, definition: TaskDefinition) -> str:
    """The task group of standalone tasks: the one named, else the family's.

    Names that begin with `service:` are for the tasks of services, and those with `family:` for
    tasks that name no group.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-groups.html
    """
    own = f"family:{definition.family}"
    named = request.get("group")
    if not named or named == own:
        return own
    if named.startswith(("service:", "family:")):
        raise InvalidParameterException("Invalid namespace for group.")
    if len(named) > 255:
        raise InvalidParameterException("A task group name can have up to 255 characters.")
    return str(named)


def _check_strategy(kind: str | None, name: str | None) -> None:
    """`random` does not use its field, `binpack` takes cpu or memory, `spread` takes instanceId,
    host or an attribute.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementStrategy.html
    """
    if kind == "random":
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
        f"Invalid placement strategy type {kind!r} with field {name!r}: random, "
        "binpack with cpu or memory, spread with instanceId, host or attribute:NAME."
    )


def check_started_by(started_by: str | None) -> None:
    """What a caller marks tasks with: up to 128 characters.

    The API has letters, numbers and - / _ only; clients such as ecs-deploy send spaces, and AWS
    takes them.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    if started_by is not None and len(started_by) > LONGEST_STARTED_BY:
        raise InvalidParameterException(f"Invalid startedBy {started_by!r}: up to 128 characters.")


LONGEST_STARTED_BY = 128


def known_service(state: State, cluster: Cluster, name: str) -> Service:
    """The service, or ServiceNotFoundException."""
    service = state.find_service(cluster, name)
    if service is None:
        raise ServiceNotFoundException
    return service
