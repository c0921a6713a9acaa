"""What CreateService and UpdateService check, with AWS's answers.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecs_lab.engine import displacement, external
from ecs_lab.engine.api.registry import Request
from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.model import Service

REPLICA_BOUNDS = {"maximumPercent": 200, "minimumHealthyPercent": 100}
DAEMON_BOUNDS = {"maximumPercent": 100, "minimumHealthyPercent": 0}
"""The defaults of the two scheduling strategies (the console writes 50 for a DAEMON's minimum).

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""
THRESHOLD_TYPES = ("BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT")


NOT_ON_EXTERNAL = {
    "loadBalancers": "Service load balancing",
    "serviceRegistries": "Service discovery",
    "serviceConnectConfiguration": "Service Connect",
}


LONGEST_GRACE_S = 2_147_483_647


def check_external(request: Request, launch_type: str) -> None:
    """Nothing of a VPC reaches external instances: no load balancer and no service discovery.

    AWS gives no text for these errors. Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html and
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html
    """
    if launch_type != "EXTERNAL":
        return
    connect = request.get("serviceConnectConfiguration") or {}
    for key, name in NOT_ON_EXTERNAL.items():
        if request.get(key) and (key != "serviceConnectConfiguration" or connect.get("enabled")):
            raise InvalidParameterException(
                f"{name} is not supported for the EXTERNAL launch type: leave {key} out."
            )


def check_scheduling(request: Request, launch_type: str) -> str:
    """REPLICA, or DAEMON, which has no desired count, no strategy and no Fargate."""
    scheduling = request.get("schedulingStrategy") or "REPLICA"
    if scheduling not in ("REPLICA", "DAEMON"):
        raise InvalidParameterException(
            f"Invalid schedulingStrategy {scheduling!r}: REPLICA or DAEMON."
        )
    if scheduling == "DAEMON":
        _check_daemon(request, launch_type)
    elif request.get("desiredCount") is None and external.controller_of(request) != "EXTERNAL":
        raise InvalidParameterException(
            "desiredCount is required when schedulingStrategy is REPLICA."
        )
    return str(scheduling)


def _check_daemon(request: Request, launch_type: str) -> None:
    if launch_type == "FARGATE":
        raise InvalidParameterException(
            "The daemon scheduling strategy is not supported for Fargate launch type services."
        )
    if request.get("desiredCount") is not None:
        raise InvalidParameterException(
            "The daemon scheduling strategy does not support a desired count for services. "
            "Remove the desired count value and try again"
        )
    if request.get("placementStrategy"):
        raise InvalidParameterException(
            "The daemon scheduling strategy does not support placement strategies. Remove the "
            "placement strategy and try again"
        )


def check_daemon_update(service: Service, request: Request) -> None:
    """A DAEMON service has neither a desired count nor strategies: neither can be updated."""
    if service.request.get("schedulingStrategy") == "DAEMON":
        _check_daemon(request, service.launch_type)


def check_name_is_free(existing: Service | None) -> None:
    """The name of a service can be taken again once the service is INACTIVE.

    The texts are as seen in the field.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    if existing is None or existing.status == "INACTIVE":
        return
    if existing.status == "DRAINING":
        raise InvalidParameterException("Unable to Start a service that is still Draining.")
    raise InvalidParameterException("Creation of service was not idempotent.")


def check_propagation(request: Request) -> None:
    """Tags come from the task definition, the service or nowhere.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    source = request.get("propagateTags")
    if source not in (None, "TASK_DEFINITION", "SERVICE", "NONE"):
        raise InvalidParameterException(
            f"Invalid propagateTags {source!r}: TASK_DEFINITION, SERVICE or NONE."
        )


def check_grace_period(request: Request) -> None:
    """healthCheckGracePeriodSeconds is 0 to 2,147,483,647; AWS gives no text for another.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    if not 0 <= (request.get("healthCheckGracePeriodSeconds") or 0) <= LONGEST_GRACE_S:
        raise InvalidParameterException(
            f"healthCheckGracePeriodSeconds must be between 0 and {LONGEST_GRACE_S}."
        )


def rebalancing(request: Request, launch_type: str, doing: str = "created") -> str:
    """Whether the service's zones are kept balanced: where nothing is asked for, if its kind can.

    Raises InvalidParameterException where it is asked for, or was on, and the service cannot.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
    """
    asked = request.get("availabilityZoneRebalancing")
    if asked not in (None, "ENABLED", "DISABLED"):
        raise InvalidParameterException(
            f"Invalid availabilityZoneRebalancing {asked!r}: ENABLED or DISABLED."
        )
    if external.controller_of(request) != "ECS":
        return asked or "DISABLED"
    obstacle = displacement.unbalanceable(request, launch_type)
    if asked == "ENABLED" and obstacle is not None:
        raise InvalidParameterException(
            f"The service couldn't be {doing} because Availability Zone Rebalancing does not "
            f"support {obstacle}."
        )
    return str(asked or ("ENABLED" if obstacle is None else "DISABLED"))


def check_count(count: int) -> int:
    """A desired count of 0 to 5,000.

    Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
    """
    if not 0 <= count <= 5000:
        raise InvalidParameterException("desiredCount must be between 0 and 5000.")
    return count


def deployment_configuration(request: Request, before: Mapping[str, Any]) -> dict[str, Any]:
    """The deployment configuration: what is asked for over what was there before.

    With maximumPercent 100 and minimumHealthyPercent 100 no deployment could ever move, and AWS
    takes it all the same.
    """
    asked = request.get("deploymentConfiguration") or {}
    least, most = asked.get("minimumHealthyPercent"), asked.get("maximumPercent")
    if least is not None and not 0 <= least <= 100:
        raise InvalidParameterException("minimumHealthyPercent must be between 0 and 100.")
    if most is not None and not 100 <= most <= 200:
        raise InvalidParameterException("maximumPercent must be between 100 and 200.")
    _check_breaker(asked.get("deploymentCircuitBreaker") or {})
    _check_alarms(asked.get("alarms") or {})
    return {**before, **{key: value for key, value in asked.items() if value is not None}}


def _check_breaker(breaker: Mapping[str, Any]) -> None:
    """The threshold is a share of 1 to 100 percent, or a count.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """
    asked = breaker.get("thresholdConfiguration")
    if asked is None:
        return
    kind, value = asked.get("type"), asked.get("value", 0)
    if kind not in THRESHOLD_TYPES:
        raise InvalidParameterException(
            f"Invalid threshold type {kind!r}: one of {', '.join(THRESHOLD_TYPES)}."
        )
    if value < 1 or (kind != "COUNT" and value > 100):
        raise InvalidParameterException(
            f"Invalid threshold value {value}: 1 to 100 for a percentage, 1 or more for COUNT."
        )


def _check_alarms(alarms: Mapping[str, Any]) -> None:
    if alarms.get("enable") and not alarms.get("alarmNames"):
        raise InvalidParameterException(
            "Deployment alarms that are enabled need at least one alarm name."
        )
