"""Services: create, update, delete, describe, list."""

from __future__ import annotations

import re

from ecs_lab.engine import (
    deployments,
    external,
    load_balancing,
    placement,
    scheduler,
    service_connect,
    service_registries,
    throttle,
    traffic_shift,
)
from ecs_lab.engine.api import exec as ecs_exec
from ecs_lab.engine.api import request_rules, service_rules, volume_rules
from ecs_lab.engine.api.idempotency import idempotent
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.errors import (
    InvalidParameterException,
    ServiceNotActiveException,
)
from ecs_lab.engine.model import Cluster, Service, TaskDefinition
from ecs_lab.engine.shapes import service_shape
from ecs_lab.engine.state import State, find_each, page

NEW_REVISION = frozenset(
    {
        "taskDefinition",
        "networkConfiguration",
        "platformVersion",
        "loadBalancers",
        "capacityProviderStrategy",
        "volumeConfigurations",
        "serviceRegistries",
        "serviceConnectConfiguration",
    }
)
"""What of UpdateService makes a new revision of the service."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


@operation("CreateService")
@idempotent(36)
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
    external.check_create(request)
    volume_rules.check_service(request)
    service_rules.check_name_is_free(cluster.services.get(name))
    request = request_rules.with_strategy(state, request, cluster)
    launch_type = request_rules.launch_type(state, request, cluster)
    daemon = service_rules.check_scheduling(request, launch_type) == "DAEMON"
    bounds = service_rules.DAEMON_BOUNDS if daemon else service_rules.REPLICA_BOUNDS
    configuration = service_rules.deployment_configuration(request, bounds)
    traffic_shift.check(configuration, request)
    request = {**request, "deploymentConfiguration": configuration}
    request["availabilityZoneRebalancing"] = service_rules.rebalancing(request, launch_type)
    service_rules.check_propagation(request)
    service_rules.check_grace_period(request)
    alone = external.controller_of(request) == "EXTERNAL"
    request = service_connect.with_default(request, cluster)
    definition = None if alone else _checked_definition(state, request, launch_type)
    ecs_exec.check_task_role(definition, request, "service", "created")
    service = Service(
        name=name,
        arn=state.arn("service", f"{cluster.name}/{name}"),
        cluster=cluster,
        created_at_s=state.clock.now,
        desired_count=service_rules.check_count(request.get("desiredCount") or 0),
        launch_type=launch_type,
        request=request,
        tags=checked_tags(request.get("tags")),
    )
    platform = request_rules.platform_version(request, launch_type)
    if external.in_task_sets(service):
        external.begin(state, service, definition, platform)
    elif definition is not None:
        network = request.get("networkConfiguration")
        deployments.begin(state, service, definition, network, platform)
    cluster.services[name] = service
    state.note("service", service.arn, name, "ACTIVE")
    scheduler.look_soon(state, service)
    return {"service": service_shape(service, ["TAGS"])}


def _checked_definition(
    state: State, request: Request, launch_type: str, of: Service | None = None
) -> TaskDefinition:
    if not request.get("taskDefinition"):
        raise InvalidParameterException("TaskDefinition can not be blank.")
    definition = state.usable_task_definition(request["taskDefinition"])
    request_rules.check_launch(state, definition, launch_type, request)
    constraints = placement.constraints_of(request, definition)
    request_rules.check_placement(constraints, request.get("placementStrategy") or [], launch_type)
    service_rules.check_external(request, launch_type)
    volume_rules.check_platform(definition, request_rules.platform_version(request, launch_type))
    volume_rules.configured_volume(request, definition, launch_type)
    load_balancing.check(state, request.get("loadBalancers") or [], definition)
    service_registries.check(state, request, definition)
    service_connect.check(state, request, definition, of)
    return definition


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
    desired = service.desired_count
    if request.get("desiredCount") is not None:
        desired = service_rules.check_count(request["desiredCount"])
    external.check_update(service, request)
    service_rules.check_daemon_update(service, request)
    changed = {key: value for key, value in request.items() if value is not None}
    merged = _updated(service, changed)
    if not external.in_task_sets(service):
        named = request.get("taskDefinition")
        merged["taskDefinition"] = named or service.primary.definition.arn
        definition = state.find_task_definition(merged["taskDefinition"])
        ecs_exec.check_task_role(definition, merged, "service", "updated")
    anew = request.get("forceNewDeployment") or NEW_REVISION & changed.keys()
    if anew and not external.in_task_sets(service):
        network = request.get("networkConfiguration") or service.primary.network
        merged["networkConfiguration"] = network
        launch_type = service.launch_type
        if "capacityProviderStrategy" in changed:
            merged = request_rules.with_new_strategy(state, merged, cluster, launch_type)
            launch_type = request_rules.launch_type(state, merged, cluster)
        merged = service_connect.with_default(merged, cluster)
        definition = _checked_definition(state, merged, launch_type, service)
        platform = request_rules.platform_version(merged, launch_type)
        service.request, service.launch_type = merged, launch_type
        deployments.begin(state, service, definition, network, platform)
    service.request = merged
    service.desired_count = desired
    service.steady = False
    service.complaint = ""
    throttle.end(service)
    scheduler.look_soon(state, service)
    return {"service": service_shape(service, ["TAGS"])}


def _updated(service: Service, changed: Request) -> Request:
    """What the service is asked to be now, checked as far as its task definition has no say."""
    before = service.request["deploymentConfiguration"]
    configuration = service_rules.deployment_configuration(changed, before)
    merged = {**service.request, **changed, "deploymentConfiguration": configuration}
    traffic_shift.check(configuration, merged)
    volume_rules.check_service(merged)
    constraints, strategies = changed.get("placementConstraints"), changed.get("placementStrategy")
    request_rules.check_placement(constraints or [], strategies or [], service.launch_type)
    service_rules.check_propagation(merged)
    service_rules.check_grace_period(merged)
    service_rules.rebalancing(merged, service.launch_type, "updated")
    return merged


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
    why = "Service deployment was stopped because the service is being deleted."
    deployments.stop_unfinished(state, service, why)
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
    prefix = state.arn("service", f"{cluster.name}/")
    found, failures = find_each(names, lambda name: state.find_service(cluster, name), prefix)
    shown = [service_shape(each, include) for each in found]
    return {"services": shown, "failures": failures}


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
