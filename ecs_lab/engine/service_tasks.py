"""A service's tasks: what new ones look like, which count as healthy, which go first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ecs_lab.engine import launch, lifecycle, placement
from ecs_lab.engine.model import Deployment, Service, Tags, Task
from ecs_lab.engine.service_events import say
from ecs_lab.engine.state import State


def to_run(tasks: Iterable[Task]) -> list[Task]:
    """The tasks that are starting or running and have not been told to stop."""
    return [each for each in tasks if not each.stopping]


def healthy(state: State, task: Task) -> bool:
    """Whether a task counts for the lower bound.

    With a container health check it counts when HEALTHY; without one, 40 s after it reached
    RUNNING.
    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    if task.last_status != "RUNNING" or task.started_at_s is None:
        return False
    if any("healthCheck" in each.definition for each in task.containers):
        return task.health_status == "HEALTHY"
    return state.clock.now >= task.started_at_s + state.durations["task.healthy"]


def order(service: Service, deployment: Deployment) -> launch.Order:
    """What a deployment's tasks look like."""
    request = service.request
    return launch.Order(
        cluster=service.cluster,
        definition=deployment.definition,
        launch_type=deployment.launch_type,
        group=f"service:{service.name}",
        network=deployment.network,
        constraints=request.get("placementConstraints", []),
        strategies=request.get("placementStrategy") or placement.SERVICE_DEFAULT,
        started_by=deployment.id,
        platform_version=deployment.platform_version,
        execute_command=request.get("enableExecuteCommand", False),
        tags=_propagated_tags(service, deployment),
        service=service,
        deployment=deployment,
    )


def _propagated_tags(service: Service, deployment: Deployment) -> Tags:
    """The tags that a new task gets: none unless propagateTags names their source.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    source = service.request.get("propagateTags", "NONE")
    if source == "SERVICE":
        return list(service.tags)
    return list(deployment.definition.tags) if source == "TASK_DEFINITION" else []


def scale_in_order(tasks: Sequence[Task]) -> list[Task]:
    """The tasks in the order in which they are stopped: always one from the zone that has the most
    left.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
    """
    by_zone: dict[str, list[Task]] = {}
    for task in tasks:
        by_zone.setdefault(task.zone or "", []).append(task)
    order: list[Task] = []
    while len(order) < len(tasks):
        fullest = max(by_zone.values(), key=len)
        order.append(fullest.pop())
    return order


def stop(state: State, service: Service, tasks: Sequence[Task]) -> None:
    """Stop tasks of the service because the scheduler wants it so."""
    if not tasks:
        return
    service.steady = False
    names = " ".join(f"(task {each.id})" for each in tasks)
    say(
        state, service, f"(service {service.name}) has stopped {len(tasks)} running tasks: {names}."
    )
    for task in tasks:
        assert task.deployment is not None
        reason = f"Scaling activity initiated by (deployment {task.deployment.id})"
        lifecycle.stop(state, task, "ServiceSchedulerInitiated", reason)
