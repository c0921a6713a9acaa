"""What RunTask and StartTask lay over a task definition, for the tasks of one call.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html and
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html
"""

from __future__ import annotations

from dataclasses import replace

from ecs_lab.engine import fargate_sizes
from ecs_lab.engine.api.task_definitions import needs_of
from ecs_lab.engine.errors import ClientException, InvalidParameterException
from ecs_lab.engine.model import Document, TaskDefinition
from ecs_lab.engine.rules.draft import Draft

MOST_CHARACTERS = 8192
OF_TASKS = ("cpu", "memory", "ephemeralStorage")
OF_CONTAINERS = ("cpu", "memory", "memoryReservation")
"""The overrides that say how much a task takes."""


def overridden(definition: TaskDefinition, overrides: Document, launch_type: str) -> TaskDefinition:
    """The task definition with the sizes that the overrides ask for, once they are found valid.

    The other overrides are laid over each container when it starts.
    """
    _check(definition, overrides)
    by_name = {each["name"]: each for each in overrides.get("containerOverrides") or []}
    containers = [
        {**each, **_picked(by_name.get(each["name"], {}), OF_CONTAINERS)}
        for each in definition.containers
    ]
    own = _picked(overrides, OF_TASKS)
    if not own and containers == definition.containers:
        return definition
    document = {**definition.document, **own, "containerDefinitions": containers}
    document |= _sizes(Draft(document), own, launch_type)
    return replace(definition, document=document, needs=needs_of(document))


def _picked(override: Document, keys: tuple[str, ...]) -> Document:
    return {key: override[key] for key in keys if override.get(key) is not None}


def _check(definition: TaskDefinition, overrides: Document) -> None:
    """Overrides name containers of the task definition, 8,192 characters at most in all.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    names = {each["name"] for each in definition.containers}
    for each in overrides.get("containerOverrides") or []:
        if each.get("name") not in names:
            raise InvalidParameterException(
                f"Override for container named {each.get('name')} is not a container in "
                "the TaskDefinition."
            )
    if len(str(overrides)) > MOST_CHARACTERS:
        raise InvalidParameterException("Overrides can have up to 8192 characters in all.")


def _sizes(draft: Draft, own: Document, launch_type: str) -> Document:
    """The task's cpu and memory in units and MiB; on Fargate they have to go together.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
    """
    sizes = {"cpu": draft.cpu_units, "memory": draft.memory_mib}
    for name in own.keys() & sizes.keys():
        if not sizes[name]:
            raise ClientException(f"Invalid '{name}' setting for task.")
    cpu_units, memory_mib = draft.cpu_units or 0, draft.memory_mib or 0
    fits = fargate_sizes.is_valid(cpu_units, memory_mib, draft.os_family)
    if launch_type == "FARGATE" and not fits:
        raise ClientException("No Fargate configuration exists for given values.")
    return {name: str(size) for name, size in sizes.items() if size}
