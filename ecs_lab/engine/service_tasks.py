"""A service's tasks: what new ones look like, which count as healthy, which go first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ecs_lab.engine import launch, lifecycle, load_balancing, placement, scale_in
from ecs_lab.engine.model import Cluster, Deployment, Service, Tags, Task
from ecs_lab.engine.service_events import say_stopped
from ecs_lab.engine.state import State
from ecs_lab.engine.task_health import say_why, unhealthy


def to_run(tasks: Iterable[Task]) -> list[Task]:
    """The tasks that are starting or running and have not been told to stop."""
    return [each for each in tasks if not each.stopping]


def healthy(state: State, task: Task) -> bool:
    """Whether a task counts for the lower bound.

    With a container health check it counts when HEALTHY, with a load balancer when its target is
    healthy, with both when both are; with neither, 40 s after it reached RUNNING.
    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    if task.last_status != "RUNNING" or task.started_at_s is None:
        return False
    if not load_balancing.targets_healthy(state, task):
        return False
    if any("healthCheck" in each.definition for each in task.containers):
        return task.health_status == "HEALTHY"
    if task.targets:
        return True
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
        constraints=placement.constraints_of(request, deployment.definition),
        strategies=request.get("placementStrategy") or placement.SERVICE_DEFAULT,
        started_by=deployment.id,
        platform_version=deployment.platform_version,
        execute_command=request.get("enableExecuteCommand", False),
        tags=_propagated_tags(service, deployment),
        service=service,
        deployment=deployment,
        strategy=deployment.revision.request.get("capacityProviderStrategy") or (),
        volume=next(iter(deployment.revision.request.get("volumeConfigurations") or ()), None),
    )


def _propagated_tags(service: Service, deployment: Deployment) -> Tags:
    """The tags that a new task gets: none unless propagateTags names their source, and those that
    ECS manages where enableECSManagedTags asks for them.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    managed: Tags = []
    if service.request.get("enableECSManagedTags"):
        managed = [*managed_tags(service.cluster), _tag("serviceName", service.name)]
    source = service.request.get("propagateTags", "NONE")
    if source == "SERVICE":
        return [*service.tags, *managed]
    return [*deployment.definition.tags, *managed] if source == "TASK_DEFINITION" else managed


def managed_tags(cluster: Cluster) -> Tags:
    """The tags that ECS itself puts on a task for cost allocation.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
    """
    return [_tag("clusterName", cluster.name)]


def _tag(name: str, value: str) -> dict[str, str]:
    return {"key": f"aws:ecs:{name}", "value": value}


def scale_in_order(tasks: Sequence[Task], service: Service, count: int | None = None) -> list[Task]:
    """The first `count` tasks to be stopped, as the service's placement strategies have it."""
    strategies = service.request.get("placementStrategy") or placement.SERVICE_DEFAULT
    return scale_in.scale_in_order(tasks, strategies, count)


def stop(state: State, service: Service, tasks: Sequence[Task]) -> int:
    """Stop tasks of the service because the scheduler wants it so; returns how many.

    Source of the reason of those that balance the zones:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/track-service-rebalancing.html
    """
    if not tasks:
        return 0
    service.steady = False
    reasons = {each.id: unhealthy(state, each) for each in tasks}
    for task in tasks:
        if reasons[task.id]:
            say_why(state, task)
    say_stopped(state, service, tasks)
    for task in tasks:
        assert task.deployment is not None
        what = "Availability-zone rebalancing" if task.id in service.moving else "Scaling activity"
        reason = reasons[task.id] or f"{what} initiated by (deployment {task.deployment.id})"
        lifecycle.stop(state, task, "ServiceSchedulerInitiated", reason)
    return len(tasks)
