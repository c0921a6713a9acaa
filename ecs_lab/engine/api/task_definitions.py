"""Task definitions: register a revision, describe, list, deregister, delete."""

from __future__ import annotations

from typing import Any

from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.api.tags import checked_tags
from ecs_lab.engine.errors import ClientException, InvalidParameterException
from ecs_lab.engine.host_ports import in_range
from ecs_lab.engine.model import Needs, TaskDefinition
from ecs_lab.engine.shapes import task_definition_shape
from ecs_lab.engine.state import State, page
from ecs_lab.engine.task_definition_rules import validate, with_defaults


@operation("RegisterTaskDefinition")
def register_task_definition(state: State, request: Request) -> Answer:
    """Register the next revision of a family; revisions count up for ever, also past deregistered
    ones.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    validate(request)
    tags = checked_tags(request.get("tags"))
    document = with_defaults({key: value for key, value in request.items() if key != "tags"})
    family = request["family"]
    revisions = state.families.setdefault(family, {})
    revision = max(revisions, default=0) + 1
    definition = TaskDefinition(
        family=family,
        revision=revision,
        arn=state.arn("task-definition", f"{family}:{revision}"),
        document=document,
        needs=needs_of(document),
        registered_at_s=state.clock.now,
        registered_by=f"arn:aws:iam::{state.account_id}:root",
        tags=tags,
    )
    revisions[revision] = definition
    return {"taskDefinition": task_definition_shape(definition), "tags": tags}


def needs_of(document: dict[str, Any]) -> Needs:
    """What one task takes from a container instance.

    The task's own cpu and memory count where they are given; otherwise the containers' cpu, and
    for each container its memoryReservation, or its memory where there is no reservation.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    containers = document["containerDefinitions"]
    bridge_or_host = document.get("networkMode", "bridge") in ("bridge", "host")
    mappings = (
        [each for c in containers for each in c.get("portMappings", [])] if bridge_or_host else []
    )
    fixed = [
        (each.get("protocol", "tcp"), each["hostPort"]) for each in mappings if each.get("hostPort")
    ]
    dynamic = [each.get("protocol", "tcp") for each in mappings if each.get("hostPort") == 0]
    for each in mappings:
        if each.get("containerPortRange"):
            dynamic += [each.get("protocol", "tcp")] * len(in_range(each["containerPortRange"]))
    return Needs(
        cpu_units=int(document.get("cpu") or sum(each.get("cpu", 0) for each in containers)),
        memory_mib=int(
            document.get("memory")
            or sum(each.get("memoryReservation") or each.get("memory") or 0 for each in containers)
        ),
        gpus=sum(
            int(each["value"])
            for c in containers
            for each in c.get("resourceRequirements", [])
            if each["type"] == "GPU"
        ),
        tcp_ports=frozenset(port for protocol, port in fixed if protocol == "tcp"),
        udp_ports=frozenset(port for protocol, port in fixed if protocol == "udp"),
        network_interfaces=int(document.get("networkMode") == "awsvpc"),
        attributes=frozenset(each["name"] for each in document.get("requiresAttributes", [])),
        dynamic_tcp=dynamic.count("tcp"),
        dynamic_udp=dynamic.count("udp"),
    )


@operation("DescribeTaskDefinition")
def describe_task_definition(state: State, request: Request) -> Answer:
    """Describe a revision by family, family:revision or ARN, INACTIVE ones too."""
    definition = state.find_task_definition(request["taskDefinition"])
    if definition is None:
        raise ClientException("Unable to describe task definition.")
    tags = definition.tags if "TAGS" in (request.get("include") or []) else []
    return {"taskDefinition": task_definition_shape(definition), "tags": tags}


@operation("ListTaskDefinitions")
def list_task_definitions(state: State, request: Request) -> Answer:
    """List ARNs of revisions, ACTIVE ones unless another status is asked for, by family and then
    revision.
    """
    status = request.get("status") or "ACTIVE"
    family = request.get("familyPrefix")
    arns = [
        each.arn
        for name in sorted(state.families)
        for each in state.families[name].values()
        if each.status == status and family in (None, name)
    ]
    if request.get("sort") == "DESC":
        arns.reverse()
    return page(request, "taskDefinitionArns", arns)


@operation("ListTaskDefinitionFamilies")
def list_task_definition_families(state: State, request: Request) -> Answer:
    """List families, those with an ACTIVE revision unless another status is asked for."""
    status = request.get("status") or "ACTIVE"
    prefix = request.get("familyPrefix") or ""
    families = [
        name
        for name in sorted(state.families)
        if name.startswith(prefix) and _family_is(state.families[name], status)
    ]
    return page(request, "families", families)


def _family_is(revisions: dict[int, TaskDefinition], status: str) -> bool:
    active = any(each.status == "ACTIVE" for each in revisions.values())
    return status == "ALL" or active == (status == "ACTIVE")


@operation("DeregisterTaskDefinition")
def deregister_task_definition(state: State, request: Request) -> Answer:
    """Make a revision INACTIVE: running tasks and services go on, new ones cannot use it.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
    """
    name = request["taskDefinition"]
    if ":" not in name:
        raise ClientException("Task definition must contain a revision, such as family:1.")
    definition = state.find_task_definition(name)
    if definition is None:
        raise ClientException("Unable to describe task definition.")
    if definition.status != "ACTIVE":
        raise ClientException(
            "The specified task definition is inactive. Specify an active task definition."
        )
    definition.status = "INACTIVE"
    definition.deregistered_at_s = state.clock.now
    return {"taskDefinition": task_definition_shape(definition)}


@operation("DeleteTaskDefinitions")
def delete_task_definitions(state: State, request: Request) -> Answer:
    """Delete INACTIVE revisions: they are DELETE_IN_PROGRESS while tasks or services still use
    them, then gone.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html
    """
    names = request["taskDefinitions"]
    if not 1 <= len(names) <= 10:
        raise InvalidParameterException("You must specify 1 to 10 task definitions to delete.")
    deleted, failures = [], []
    for name in names:
        definition = state.find_task_definition(name) if ":" in name else None
        if definition is None or definition.status == "ACTIVE":
            reason = (
                "The specified task definition does not exist. Specify a valid account, family, "
                "revision and try again."
                if definition is None
                else "The specified task definition is still in ACTIVE status. Please deregister "
                "the target and try again."
            )
            failures.append({"arn": definition.arn if definition else name, "reason": reason})
            continue
        definition.status = "DELETE_IN_PROGRESS"
        deleted.append(task_definition_shape(definition))
        state.clock.schedule(0, _delete_unused, state, definition)
    return {"taskDefinitions": deleted, "failures": failures}


def _delete_unused(state: State, definition: TaskDefinition) -> None:
    """Drop the revision once nothing uses it; its number is not given again."""
    if _in_use(state, definition):
        state.clock.schedule(60, _delete_unused, state, definition, background=True)
        return
    definition.status = "DELETED"


def _in_use(state: State, definition: TaskDefinition) -> bool:
    for cluster in state.clusters.values():
        tasks = (each for each in cluster.tasks.values() if each.last_status != "STOPPED")
        if any(each.definition.arn == definition.arn for each in tasks):
            return True
        deployments = (
            d for each in cluster.services.values() if each.tasks for d in each.deployments
        )
        if any(each.definition is definition for each in deployments):
            return True
    return False
