"""Rules for containers: number, names, images, memory, CPU, health checks, limits, restarts."""

from __future__ import annotations

import re

from ecs_lab.engine.rules.draft import Document, Draft, is_essential
from ecs_lab.engine.rules.messages import refuse
from ecs_lab.engine.rules.task import NAME

IMAGE = re.compile(r"[A-Za-z0-9_.:/#@-]+")
LEAST_MEMORY_MIB = 4
HEALTH_CHECK_RANGES = {
    "interval": (5, 300),
    "timeout": (2, 60),
    "retries": (1, 10),
    "startPeriod": (0, 300),
}
ULIMITS = (
    *("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice"),
    *("nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"),
)


def count(draft: Draft) -> None:
    """A task has 1 to 10 containers.

    Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
    """
    if not draft.containers:
        refuse("containers-none")
    if len(draft.containers) > 10:
        refuse("containers-many")


def names(draft: Draft) -> None:
    """A container's name has up to 255 letters, digits, _ and -, and no other container has it.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    for name in draft.names:
        if not name:
            refuse("container-name-blank")
        if not NAME.fullmatch(name):
            refuse("container-name-characters")
        if len(name) > 255:
            refuse("container-name-length")
    if len(set(draft.names)) < len(draft.names):
        refuse("container-names-unique")


def images(draft: Draft) -> None:
    """Every container has an image: up to 255 characters before the digest, if there is one.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    for container in draft.containers:
        image = container.get("image") or ""
        if not image:
            refuse("image-blank")
        if not IMAGE.fullmatch(image):
            refuse("image-characters")
        if len(image.partition("@")[0]) > 255:
            refuse("image-length")


def some_essential(draft: Draft) -> None:
    """At least one container is essential.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    if not any(is_essential(each) for each in draft.containers):
        refuse("essential-none")


def memory_given(draft: Draft) -> None:
    """Without memory for the task, each container gives memory, memoryReservation, or both.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    for container in draft.containers:
        if not (
            draft.get("memory") or container.get("memory") or container.get("memoryReservation")
        ):
            refuse("memory-missing", container=container["name"])


def memory_amounts(draft: Draft) -> None:
    """A container has at least 4 MiB, and its hard limit is not below its soft limit.

    The hard limit is memory, the soft one memoryReservation. Docker 20.10 and later needs 6 MiB:
    with 4 or 5 the definition registers, but then the container cannot be created.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    for container in draft.containers:
        hard, soft = container.get("memory"), container.get("memoryReservation")
        for setting, amount_mib in (("memory", hard), ("memoryReservation", soft)):
            if amount_mib is not None and amount_mib < LEAST_MEMORY_MIB:
                refuse("memory-minimum", container=container["name"], setting=setting)
        if hard and soft and hard < soft:
            refuse("memory-under-reservation", container=container["name"])


def memory_within_task(draft: Draft) -> None:
    """No container has more memory than the task, nor do they reserve more together.

    A container reserves its memoryReservation, or its memory when it has no reservation.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    task_mib = draft.memory_mib
    if task_mib is None:
        return
    for container in draft.containers:
        if (container.get("memory") or 0) > task_mib:
            refuse("memory-over-task", container=container["name"])
    if sum(_reserved_mib(each) for each in draft.containers) > task_mib:
        soft = any(each.get("memoryReservation") for each in draft.containers)
        refuse("reservations-over-task" if soft else "memories-over-task")


def _reserved_mib(container: Document) -> int:
    return container.get("memoryReservation") or container.get("memory") or 0


def cpu_within_task(draft: Draft) -> None:
    """The containers' CPU units are not negative and, together, not more than the task's.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    for container in draft.containers:
        if (container.get("cpu") or 0) < 0:
            refuse("cpu-negative", container=container["name"])
    total = sum(each.get("cpu") or 0 for each in draft.containers)
    if draft.cpu_units is not None and total > draft.cpu_units:
        refuse("cpu-over-task")


def health_checks(draft: Draft) -> None:
    """A health check is a CMD or CMD-SHELL command, with numbers in their ranges.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    """
    for container in draft.containers:
        check = container.get("healthCheck")
        if check is None:
            continue
        command = check.get("command") or []
        if len(command) < 2 or command[0] not in ("CMD", "CMD-SHELL"):
            refuse("health-check-command", container=container["name"])
        for setting, (least, most) in HEALTH_CHECK_RANGES.items():
            value = check.get(setting)
            if value is not None and value > most:
                refuse(
                    "health-check-most", setting=setting, limit=most, container=container["name"]
                )
            if value is not None and value < least:
                refuse(
                    "health-check-least", setting=setting, limit=least, container=container["name"]
                )


def ulimits(draft: Draft) -> None:
    """A ulimit has one of Docker's names and a soft limit not above its hard one (-1: none).

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html
    """
    for container in draft.containers:
        for limit in container.get("ulimits") or []:
            if limit["name"] not in ULIMITS:
                refuse("ulimit-name", name=limit["name"])
            soft, hard = limit["softLimit"], limit["hardLimit"]
            if hard != -1 and (soft > hard or soft == -1):
                refuse("ulimit-order", name=limit["name"], container=container["name"])


def restart_policies(draft: Draft) -> None:
    """A container restarts once in 60 to 1,800 seconds at most; it can ignore 50 exit codes.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html
    """
    for container in draft.containers:
        policy = container.get("restartPolicy") or {}
        period_s = policy.get("restartAttemptPeriod")
        if period_s is not None and not 60 <= period_s <= 1800:
            refuse("restart-period", container=container["name"])
        if len(policy.get("ignoredExitCodes") or []) > 50:
            refuse("restart-codes", container=container["name"])
