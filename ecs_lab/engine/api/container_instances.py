"""Container instances: what the agent registers, describes, drains and deregisters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ecs_lab.engine import lifecycle, managed_instances, network_interfaces, scheduler
from ecs_lab.engine.api import request_rules
from ecs_lab.engine.api.account_settings import effective
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.errors import ClientException, InvalidParameterException
from ecs_lab.engine.model import CapacityProvider, Cluster, ContainerInstance
from ecs_lab.engine.shapes import container_instance_shape
from ecs_lab.engine.state import State, find_each, page

EXTERNAL_ATTRIBUTE = "ecs.capability.external"
"""What tells an external instance from others.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
"""


@operation("RegisterContainerInstance")
def register_container_instance(state: State, request: Request) -> Answer:
    """Register an instance with a cluster: a call that only the container agent makes.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterContainerInstance.html
    """
    cluster = state.find_cluster(request.get("cluster"))
    if cluster is None:
        raise ClientException("Cluster not found.")
    identity = _identity(request.get("instanceIdentityDocument"))
    resources = _resources(request)
    attributes = {each["name"]: each.get("value") for each in request.get("attributes") or []}
    provider, _ = managed_instances.machine_of(state, identity["instanceId"])
    tags = checked_tags(request.get("tags"))
    slots = _task_slots(state, identity, attributes, managed=provider is not None)
    instance_id = state.ids.hex(32)
    instance = ContainerInstance(
        id=instance_id,
        arn=state.arn("container-instance", f"{cluster.name}/{instance_id}"),
        cluster=cluster,
        ec2_instance_id=identity["instanceId"],
        registered_at_s=state.clock.now,
        cpu_units=_number(resources, "CPU"),
        memory_mib=_number(resources, "MEMORY"),
        gpus=len(resources.get("GPU", {}).get("stringSetValue", [])),
        reserved_tcp=_ports(resources, "PORTS"),
        reserved_udp=_ports(resources, "PORTS_UDP"),
        interface_slots=slots,
        attributes=attributes,
        version_info=request.get("versionInfo") or {},
        launch_type=_launch_type(provider, attributes),
        capacity_provider=provider.name if provider is not None else None,
        tags=[*tags, *managed_instances.propagated_tags(provider)],
    )
    cluster.container_instances[instance_id] = instance
    state.note("instance", instance.arn, instance.ec2_instance_id, "registered")
    state.tell("container instance", instance)
    capacity_changed(state, cluster)
    return {"containerInstance": container_instance_shape(instance, ["TAGS"])}


def _launch_type(provider: CapacityProvider | None, attributes: Mapping[str, str | None]) -> str:
    if provider is not None:
        return "MANAGED_INSTANCES"
    return "EXTERNAL" if EXTERNAL_ATTRIBUTE in attributes else "EC2"


def _identity(document: str | None) -> dict[str, Any]:
    try:
        identity = json.loads(document or "")
    except ValueError:
        identity = None
    if not isinstance(identity, dict) or not isinstance(identity.get("instanceId"), str):
        raise ClientException(
            "The instance identity document is not valid: only the container agent on an instance "
            "can register it."
        )
    return identity


def _task_slots(
    state: State, identity: dict[str, Any], attributes: dict[str, str | None], *, managed: bool
) -> int:
    """The awsvpc tasks that the instance takes; where trunking is on it gets a trunk interface.

    The setting that counts is that of the instance's role, and the one at this time. Managed
    Instances always have trunks
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-networking.html).
    """
    slots = network_interfaces.task_slots(int(identity.get("networkInterfaces", 2)))
    with_trunk = network_interfaces.limits_with_trunk().get(identity.get("instanceType", ""))
    role = identity.get("roleArn")
    wanted = managed or effective(state, "awsvpcTrunking", role) == "enabled"
    if with_trunk is None or not wanted:
        return slots
    attributes[network_interfaces.TRUNK_ATTRIBUTE] = f"eni-{state.ids.hex(17)}"
    return with_trunk


def _resources(request: Request) -> dict[str, dict[str, Any]]:
    """The resources by name; ports and GPUs are sets of texts, ports those of numbers."""
    resources = request.get("totalResources") or []
    ports = [p for each in resources if "PORTS" in each.get("name", "") for p in _set(each)]
    if not all("name" in each for each in resources) or not all(p.isdecimal() for p in ports):
        raise InvalidParameterException(
            "Invalid totalResources: each has a name, and a port is a number."
        )
    return {each["name"]: each for each in resources}


def _set(resource: dict[str, Any]) -> list[str]:
    return list(resource.get("stringSetValue") or [])


def _number(resources: dict[str, dict[str, Any]], name: str) -> int:
    return int(resources.get(name, {}).get("integerValue", 0))


def _ports(resources: dict[str, dict[str, Any]], name: str) -> frozenset[int]:
    return frozenset(int(each) for each in resources.get(name, {}).get("stringSetValue", []))


def capacity_changed(state: State, cluster: Cluster) -> None:
    """Let the services of a cluster look again for places."""
    for service in cluster.services.values():
        if service.launch_type != "FARGATE":
            service.imbalances.clear()
            scheduler.look_soon(state, service)


def find(cluster: Cluster, id_or_arn: str, state: State) -> ContainerInstance | None:
    """The container instance of that id or ARN, or None."""
    prefix = state.arn("container-instance", f"{cluster.name}/")
    return cluster.container_instances.get(id_or_arn.removeprefix(prefix))


def find_described(cluster: Cluster, id_or_arn: str, state: State) -> ContainerInstance | None:
    """The container instance of that id or ARN, also one that has left within the last hour."""
    prefix = state.arn("container-instance", f"{cluster.name}/")
    there = find(cluster, id_or_arn, state)
    return there or cluster.departed.get(id_or_arn.removeprefix(prefix))


@operation("DescribeContainerInstances")
def describe_container_instances(state: State, request: Request) -> Answer:
    """Describe up to 100 container instances, INACTIVE ones for an hour; what is not there comes
    back as MISSING.

    Source of the hour: ECS_instances.html of the developer guide of 2023; today's does not say.
    https://github.com/awsdocs/amazon-ecs-developer-guide/blob/master/doc_source/ECS_instances.md
    """
    cluster = state.cluster(request.get("cluster"))
    names = request["containerInstances"]
    if not 1 <= len(names) <= 100:
        raise InvalidParameterException("Container instances cannot be empty, and 100 at most.")
    include = request.get("include") or []
    prefix = state.arn("container-instance", f"{cluster.name}/")
    found, failures = find_each(names, lambda name: find_described(cluster, name, state), prefix)
    shown = [container_instance_shape(each, include) for each in found]
    return {"containerInstances": shown, "failures": failures}


@operation("ListContainerInstances")
def list_container_instances(state: State, request: Request) -> Answer:
    """List ARNs of container instances: those with a status and those that a filter in the cluster
    query language selects, where these are asked for.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html
    """
    cluster = state.cluster(request.get("cluster"))
    status, text = request.get("status"), request.get("filter")
    selected = request_rules.check_expression(text) if text else None
    arns = [
        each.arn
        for each in cluster.container_instances.values()
        if status in (None, each.status) and (selected is None or selected.matches(each))
    ]
    return page(request, "containerInstanceArns", arns)


@operation("UpdateContainerInstancesState")
def update_container_instances_state(state: State, request: Request) -> Answer:
    """Put container instances into DRAINING, or back to ACTIVE.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html
    """
    cluster = state.cluster(request.get("cluster"))
    status = request["status"]
    if status not in ("ACTIVE", "DRAINING"):
        raise InvalidParameterException(f"Invalid status {status!r}: ACTIVE or DRAINING.")
    names = request["containerInstances"]
    if not 1 <= len(names) <= 10:
        raise InvalidParameterException("You must specify 1 to 10 container instances.")
    found, failures = [], []
    for name in names:
        instance = find(cluster, name, state)
        if instance is None:
            failures.append({"arn": name, "reason": "MISSING"})
            continue
        if instance.status != status:
            state.note(
                "instance", instance.arn, instance.ec2_instance_id, f"{instance.status} -> {status}"
            )
            instance.status = status
            state.tell("container instance", instance)
        found.append(container_instance_shape(instance, []))
    for service in cluster.services.values():
        scheduler.look_soon(state, service)
    return {"containerInstances": found, "failures": failures}


@operation("DeregisterContainerInstance")
def deregister_container_instance(state: State, request: Request) -> Answer:
    """Take an instance out of its cluster; with tasks on it only by force, which leaves those to
    die.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html
    """
    cluster = state.cluster(request.get("cluster"))
    instance = find(cluster, request["containerInstance"], state)
    if instance is None:
        raise InvalidParameterException("The referenced container instance was not found.")
    if instance.tasks and not request.get("force"):
        raise InvalidParameterException("Found running tasks on the instance.")
    remove(state, instance, "Container instance deregistration forced by user")
    return {"containerInstance": container_instance_shape(instance, [])}


def remove(state: State, instance: ContainerInstance, reason: str) -> None:
    """The instance leaves its cluster, and its tasks end with `reason` as their stoppedReason."""
    cluster = instance.cluster
    if cluster.container_instances.pop(instance.id, None) is not None:
        cluster.departed[instance.id] = instance
        remembered_s = state.durations["instance.remembered"]
        state.clock.schedule(remembered_s, _forget, instance, background=True)
    state.note("instance", instance.arn, instance.ec2_instance_id, f"{instance.status} -> INACTIVE")
    instance.status = "INACTIVE"
    instance.agent_connected = False
    state.tell("container instance", instance)
    lose_tasks(state, instance, reason)


def _forget(instance: ContainerInstance) -> None:
    instance.cluster.departed.pop(instance.id, None)


def lose_tasks(state: State, instance: ContainerInstance, reason: str) -> None:
    """Every task on the instance ends at once."""
    for task in list(instance.tasks.values()):
        lifecycle.lose(state, task, reason)
