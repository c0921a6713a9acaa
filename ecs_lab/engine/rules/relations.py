"""Rules for what containers say of each other: start order, links, shared volumes."""

from __future__ import annotations

from ecs_lab.engine.rules.draft import Draft, has_cycle, is_essential
from ecs_lab.engine.rules.messages import refuse

CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")


def dependencies(draft: Draft) -> None:
    """A container waits for another of the task: to start, complete, succeed or be healthy.

    Nobody can wait for an essential container to end (the task ends with it), nor for the health of
    one without a health check.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
    """
    by_name = dict(zip(draft.names, draft.containers, strict=True))
    for container in draft.containers:
        for dependency in container.get("dependsOn") or []:
            target, condition = by_name.get(dependency["containerName"]), dependency["condition"]
            if target is None:
                refuse("dependency-unknown", container=dependency["containerName"])
            if condition not in CONDITIONS:
                refuse("dependency-condition", condition=condition, container=container["name"])
            if condition in ("COMPLETE", "SUCCESS") and is_essential(target):
                refuse("dependency-essential")
            if condition == "HEALTHY" and not target.get("healthCheck"):
                refuse("dependency-health-check")


def no_dependency_cycle(draft: Draft) -> None:
    """No container waits, directly or through others, for itself.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
    """
    waits_for = {
        each["name"]: [other["containerName"] for other in each.get("dependsOn") or []]
        for each in draft.containers
    }
    if has_cycle(waits_for):
        refuse("dependency-cycle")


def links(draft: Draft) -> None:
    """Links (`name` or `name:alias`) join containers of the task, in bridge mode, in no circle.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    linked = {
        each["name"]: [link.partition(":")[0] for link in each.get("links") or []]
        for each in draft.containers
    }
    if any(linked.values()) and draft.network_mode != "bridge":
        refuse("links-network-mode", mode=draft.network_mode)
    for targets in linked.values():
        for target in targets:
            if target not in draft.names:
                refuse("link-unknown", container=target)
    if has_cycle(linked):
        refuse("link-cycle")


def volumes_from(draft: Draft) -> None:
    """Volumes are taken from another container of the task.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_VolumeFrom.html
    """
    for container in draft.containers:
        for source in container.get("volumesFrom") or []:
            if source.get("sourceContainer") not in draft.names:
                refuse("volumes-from-unknown", container=source.get("sourceContainer"))
