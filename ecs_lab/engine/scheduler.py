"""The service scheduler: keeps each service at its desired count, and brings new deployments in
within the bounds.

It looks at a service shortly after something about it changed, compares what runs with what is
desired, and starts and stops tasks. In a rolling update it never lets fewer than `lower_bound`
tasks be healthy by its own doing, and never has more than `upper_bound` tasks starting or running.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ecs_lab.engine import launch, lifecycle, placement
from ecs_lab.engine.model import Deployment, Service, ServiceEvent, Tags, Task
from ecs_lab.engine.placement import CLOSEST, Refusal
from ecs_lab.engine.state import State

COMPLAINT_INTERVAL_S = 300.0
"""How long the same complaint is not repeated in the event list (typical; AWS documents no
figure)."""


def lower_bound(service: Service) -> int:
    """The healthy tasks that a deployment must leave: desired x minimumHealthyPercent, rounded
    up.
    """
    percent: int = service.request["deploymentConfiguration"]["minimumHealthyPercent"]
    return math.ceil(service.desired_count * percent / 100)


def upper_bound(service: Service) -> int:
    """The tasks that may be starting or running at once: desired x maximumPercent, rounded down."""
    percent: int = service.request["deploymentConfiguration"]["maximumPercent"]
    return math.floor(service.desired_count * percent / 100)


def look_soon(state: State, service: Service, delay_s: float | None = None) -> None:
    """Have the scheduler look at the service after its reaction time; several reasons make one
    look.
    """
    if service.next_look is not None and not service.next_look.background:
        return
    state.clock.cancel(service.next_look)
    delay_s = state.durations["scheduler.reaction"] if delay_s is None else delay_s
    service.next_look = state.clock.schedule(delay_s, look, state, service)


def task_changed(state: State, task: Task) -> None:
    """A task of a service has changed its state: the scheduler will want to know."""
    service, deployment = task.service, task.deployment
    if service is None or deployment is None:
        return
    if task.last_status == "STOPPED":
        service.tasks.pop(task.id, None)
        deployment.tasks.pop(task.id, None)
    if task.last_status in ("RUNNING", "DEACTIVATING", "STOPPED") or task.stopping:
        if task.last_status == "RUNNING":
            state.clock.schedule(state.durations["task.healthy"], _grown_healthy, state, task)
        if task.stop_code in ("TaskFailedToStart", "EssentialContainerExited"):
            deployment.failed_tasks += task.last_status == "STOPPED"
        look_soon(state, service)


def _grown_healthy(state: State, task: Task) -> None:
    if task.service is not None and not task.stopping:
        look_soon(state, task.service)


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


def look(state: State, service: Service) -> None:
    """Compare what runs with what is desired, and act."""
    service.next_look = None
    if service.status == "DRAINING":
        _drain(state, service)
    elif service.status == "ACTIVE":
        _start_missing(state, service)
        _stop_surplus(state, service)
        _stop_outdated(state, service)
        _conclude(state, service)


def _to_run(tasks: Sequence[Task]) -> list[Task]:
    return [each for each in tasks if not each.stopping]


def _start_missing(state: State, service: Service) -> None:
    """Start tasks of the primary deployment, as many as are missing and as the upper bound
    allows.
    """
    running = len(_to_run(list(service.tasks.values())))
    primary = len(_to_run(list(service.primary.tasks.values())))
    missing = min(service.desired_count - primary, upper_bound(service) - running)
    if missing <= 0:
        return
    started, refusals = launch.start(state, _order(service), missing)
    if started:
        service.steady = False
        names = " ".join(f"(task {each.id})" for each in started)
        say(state, service, f"(service {service.name}) has started {len(started)} tasks: {names}.")
    if len(started) < missing:
        _complain(state, service, refusals)


def _order(service: Service) -> launch.Order:
    """What the primary deployment's tasks look like."""
    deployment, request = service.primary, service.request
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
        tags=_propagated_tags(service),
        service=service,
        deployment=deployment,
    )


def _propagated_tags(service: Service) -> Tags:
    """The tags that a new task gets: none unless propagateTags names their source.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    source = service.request.get("propagateTags", "NONE")
    if source == "SERVICE":
        return list(service.tags)
    return list(service.primary.definition.tags) if source == "TASK_DEFINITION" else []


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


def _stop(state: State, service: Service, tasks: Sequence[Task]) -> None:
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


def _stop_surplus(state: State, service: Service) -> None:
    """Scale in: stop tasks of the primary deployment beyond the desired count, from the fullest
    zone first.
    """
    running = _to_run(list(service.primary.tasks.values()))
    surplus = len(running) - service.desired_count
    if surplus > 0:
        _stop(state, service, scale_in_order(running)[:surplus])


def _stop_outdated(state: State, service: Service) -> None:
    """Stop tasks of older deployments, as many as the lower bound can spare; those not yet healthy
    go first.
    """
    outdated = [
        task for each in service.deployments[1:] for task in _to_run(list(each.tasks.values()))
    ]
    if not outdated:
        return
    not_healthy = [each for each in outdated if not healthy(state, each)]
    sound = [each for each in outdated if healthy(state, each)]
    all_healthy = sum(
        1 for each in service.tasks.values() if not each.stopping and healthy(state, each)
    )
    spare = max(0, all_healthy - lower_bound(service))
    _stop(state, service, not_healthy + scale_in_order(sound)[:spare])


def _conclude(state: State, service: Service) -> None:
    """Retire deployments whose tasks are gone, and say so when the service has reached a steady
    state.
    """
    service.deployments[1:] = [each for each in service.deployments[1:] if each.tasks]
    running = [each for each in service.primary.tasks.values() if each.last_status == "RUNNING"]
    reached = len(running) == service.desired_count == len(service.tasks)
    if not reached or len(service.deployments) > 1 or service.steady:
        return
    if not all(healthy(state, each) for each in running):
        return
    service.steady = True
    service.complaint = ""
    _complete(state, service.primary)
    say(state, service, f"(service {service.name}) has reached a steady state.")


def _complete(state: State, deployment: Deployment) -> None:
    if deployment.rollout_state != "IN_PROGRESS":
        return
    deployment.rollout_state = "COMPLETED"
    deployment.rollout_reason = f"ECS deployment {deployment.id} completed."
    deployment.updated_at_s = state.clock.now
    service = deployment.service
    say(
        state,
        service,
        f"(service {service.name}) (deployment {deployment.id}) deployment completed.",
    )


def _drain(state: State, service: Service) -> None:
    """A service that is being deleted: stop all tasks, and become INACTIVE when they are gone."""
    _stop(state, service, _to_run(list(service.tasks.values())))
    if not service.tasks:
        service.status = "INACTIVE"
        state.note("service", service.arn, service.name, "DRAINING -> INACTIVE")


def _complain(state: State, service: Service, refusals: Sequence[Refusal]) -> None:
    """Say in the event list why tasks could not be placed, and try again later."""
    service.steady = False
    text = _why_not_placed(service, refusals)
    now = state.clock.now
    if text != service.complaint or now >= service.complained_at_s + COMPLAINT_INTERVAL_S:
        service.complaint, service.complained_at_s = text, now
        say(state, service, text)
    if service.next_look is None:
        retry_s = state.durations["scheduler.retry"]
        service.next_look = state.clock.schedule(retry_s, look, state, service, background=True)


def _why_not_placed(service: Service, refusals: Sequence[Refusal]) -> str:
    """AWS's event text for tasks that found no container instance.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
    """
    text = (
        f"(service {service.name}) was unable to place a task because no container instance met "
        "all of its requirements."
    )
    if not refusals:
        return f"{text} Reason: No Container Instances were found in your cluster."
    closest = next((each for each in refusals if each.reason in CLOSEST), None)
    if closest is None:
        return text
    ending = CLOSEST[closest.reason]
    return f"{text} The closest matching container-instance {closest.instance.arn} {ending}"


def say(state: State, service: Service, message: str) -> None:
    """Write a line in the service's event list."""
    service.events.append(ServiceEvent(state.ids.uuid(), state.clock.now, message))
    state.note("service", service.arn, service.name, message)
