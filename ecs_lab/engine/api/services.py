"""Services: create, update, delete, describe, list."""

from __future__ import annotations

import re
from typing import Any

from ecs_lab.engine import scheduler
from ecs_lab.engine.api import request_rules
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.errors import (
    InvalidParameterException,
    NotSimulatedError,
    ServiceNotActiveException,
)
from ecs_lab.engine.model import Cluster, Deployment, Service, TaskDefinition
from ecs_lab.engine.shapes import service_shape
from ecs_lab.engine.state import State, page

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
BOUNDS = {"maximumPercent": 200, "minimumHealthyPercent": 100}
"""The defaults of a REPLICA service.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""


@operation("CreateService")
def create_service(state: State, request: Request) -> Answer:
    """Create a service, whose scheduler then brings its tasks to the desired count and keeps them
    there.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    name = request["serviceName"]
    if not NAME.fullmatch(name):
        raise InvalidParameterException(
            "Service name must be 1 to 255 letters, numbers, hyphens and underscores."
        )
    cluster = state.cluster(request.get("cluster"))
    _refuse_what_is_not_simulated(request)
    existing = cluster.services.get(name)
    if existing is not None and existing.status != "INACTIVE":
        raise InvalidParameterException("Creation of service was not idempotent.")
    launch_type = request_rules.launch_type(request, cluster)
    definition = _checked_definition(state, request, launch_type)
    service = Service(
        name=name,
        arn=state.arn("service", f"{cluster.name}/{name}"),
        cluster=cluster,
        created_at_s=state.clock.now,
        desired_count=_checked_count(request.get("desiredCount")),
        launch_type=launch_type,
        request={**request, "deploymentConfiguration": _bounds(request, BOUNDS)},
        tags=checked_tags(request.get("tags")),
    )
    platform = request_rules.platform_version(request, launch_type)
    _deploy(state, service, definition, request.get("networkConfiguration"), platform)
    cluster.services[name] = service
    state.note("service", service.arn, name, "ACTIVE")
    scheduler.look_soon(state, service)
    return {"service": service_shape(service, ["TAGS"])}


def _refuse_what_is_not_simulated(request: Request) -> None:
    kind = (request.get("deploymentController") or {}).get("type", "ECS")
    if request.get("schedulingStrategy", "REPLICA") != "REPLICA" or kind != "ECS":
        raise NotSimulatedError(
            "The lab runs REPLICA services with the ECS deployment controller so far, no others."
        )
    if request.get("loadBalancers") or request.get("serviceRegistries"):
        raise NotSimulatedError(
            "The lab does not attach load balancers or service registries to a service yet: "
            "leave them out."
        )


def _checked_definition(state: State, request: Request, launch_type: str) -> TaskDefinition:
    if not request.get("taskDefinition"):
        raise InvalidParameterException("TaskDefinition can not be blank.")
    definition = state.usable_task_definition(request["taskDefinition"])
    request_rules.check_launch(state, definition, launch_type, request)
    constraints = request.get("placementConstraints") or []
    request_rules.check_placement(constraints, request.get("placementStrategy") or [], launch_type)
    return definition


def _checked_count(count: int | None) -> int:
    if count is None:
        raise InvalidParameterException(
            "desiredCount is required when schedulingStrategy is REPLICA."
        )
    if not 0 <= count <= 5000:
        raise InvalidParameterException("desiredCount must be between 0 and 5000.")
    return count


def _bounds(request: Request, before: dict[str, Any]) -> dict[str, Any]:
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
    return {**before, **{key: value for key, value in asked.items() if value is not None}}


def _deploy(
    state: State,
    service: Service,
    definition: TaskDefinition,
    network: dict[str, Any] | None,
    platform: str | None,
) -> None:
    """Make a new PRIMARY deployment; the one that was PRIMARY becomes ACTIVE until its tasks are
    gone.
    """
    now = state.clock.now
    deployment_id = state.ids.deployment()
    deployment = Deployment(
        id=deployment_id,
        service=service,
        definition=definition,
        launch_type=service.launch_type,
        network=network,
        platform_version=platform,
        created_at_s=now,
        updated_at_s=now,
        rollout_reason=f"ECS deployment {deployment_id} in progress.",
    )
    for each in service.deployments:
        each.status = "ACTIVE"
    service.deployments.insert(0, deployment)
    service.steady = False
    state.note(
        "deployment",
        deployment_id,
        service.name,
        f"PRIMARY {definition.family}:{definition.revision}",
    )


@operation("UpdateService")
def update_service(state: State, request: Request) -> Answer:
    """Change a service; a new task definition, network, platform version or forceNewDeployment
    starts a deployment.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    cluster = state.cluster(request.get("cluster"))
    service = request_rules.known_service(state, cluster, request["service"])
    if service.status != "ACTIVE":
        raise ServiceNotActiveException
    _refuse_what_is_not_simulated(request)
    desired = service.desired_count
    if request.get("desiredCount") is not None:
        desired = _checked_count(request["desiredCount"])
    bounds = _bounds(request, service.request["deploymentConfiguration"])
    changed = {key: value for key, value in request.items() if value is not None}
    merged = {**service.request, **changed, "deploymentConfiguration": bounds}
    merged["taskDefinition"] = request.get("taskDefinition") or service.primary.definition.arn
    anew = bool({"taskDefinition", "networkConfiguration", "platformVersion"} & changed.keys())
    if anew or request.get("forceNewDeployment"):
        merged["networkConfiguration"] = (
            request.get("networkConfiguration") or service.primary.network
        )
        definition = _checked_definition(state, merged, service.launch_type)
        platform = request_rules.platform_version(merged, service.launch_type)
        _deploy(state, service, definition, merged["networkConfiguration"], platform)
    service.request = merged
    service.desired_count = desired
    service.steady = False
    service.complaint = ""
    scheduler.look_soon(state, service)
    return {"service": service_shape(service, ["TAGS"])}


@operation("DeleteService")
def delete_service(state: State, request: Request) -> Answer:
    """Delete a service that is scaled to 0, or any by force: DRAINING while tasks stop, then
    INACTIVE.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    cluster = state.cluster(request.get("cluster"))
    service = request_rules.known_service(state, cluster, request["service"])
    if service.status != "ACTIVE":
        raise ServiceNotActiveException
    if service.desired_count > 0 and not request.get("force"):
        raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.")
    service.desired_count = 0
    service.status = "DRAINING"
    state.note("service", service.arn, service.name, "ACTIVE -> DRAINING")
    scheduler.look_soon(state, service)
    return {"service": service_shape(service, ["TAGS"])}


@operation("DescribeServices")
def describe_services(state: State, request: Request) -> Answer:
    """Describe up to 10 services, INACTIVE ones too; what is not there comes back as MISSING.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
    """
    cluster = state.cluster(request.get("cluster"))
    names = request["services"]
    if not names:
        raise InvalidParameterException("Services cannot be empty.")
    if len(names) > 10:
        raise InvalidParameterException("You can describe up to 10 services in one call.")
    include = request.get("include") or []
    found, failures = [], []
    for name in names:
        service = state.find_service(cluster, name)
        if service is None:
            arn = (
                name if name.startswith("arn:") else state.arn("service", f"{cluster.name}/{name}")
            )
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(service_shape(service, include))
    return {"services": found, "failures": failures}


@operation("ListServices")
def list_services(state: State, request: Request) -> Answer:
    """List ARNs of the services that are not INACTIVE, 10 a page unless maxResults says more."""
    cluster: Cluster = state.cluster(request.get("cluster"))
    launch, strategy = request.get("launchType"), request.get("schedulingStrategy")
    arns = [
        each.arn
        for each in cluster.services.values()
        if each.status != "INACTIVE"
        and launch in (None, each.launch_type)
        and strategy in (None, each.request.get("schedulingStrategy", "REPLICA"))
    ]
    return page(request, "serviceArns", arns, default=10)
