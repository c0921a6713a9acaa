"""What a service writes in its event list, in AWS's words.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

from __future__ import annotations

from collections.abc import Sequence

from ecs_lab.engine import roles
from ecs_lab.engine.capacity_scaling import MOST_WAITING
from ecs_lab.engine.model import Document, Service, ServiceEvent, Task
from ecs_lab.engine.placement import CLOSEST, Refusal
from ecs_lab.engine.state import State

COMPLAINT_INTERVAL_S = 300.0
"""How long the same complaint is not repeated (typical; AWS documents no figure)."""


def say(state: State, service: Service, message: str, event_name: str = "") -> None:
    """Write a line in the service's event list; `event_name` is its name on EventBridge, if any."""
    service.events.append(ServiceEvent(state.ids.uuid(), state.clock.now, message))
    state.note("service", service.arn, service.name, message)
    if event_name:
        state.tell("service", service, event_name)


def say_started(state: State, service: Service, tasks: Sequence[Task], who: str = "") -> None:
    """Say which tasks have been started; those that balance the zones are told zone by zone.

    `who` is the task set, where it was one that started them.
    """
    if not service.rebalancing:
        told = f"(service {service.name}{who}) has started {len(tasks)} tasks: {_named(tasks)}."
        say(state, service, told)
        return
    for zone, there in _by_zone(tasks):
        told = f"has started {len(there)} tasks in {zone} to AZ Rebalance: {_named(there)}."
        say(state, service, f"(service {service.name}) {told}", "TASKS_STARTED")


def say_stopped(state: State, service: Service, tasks: Sequence[Task]) -> None:
    """Say which tasks are being stopped; those that balance the zones are told zone by zone."""
    moving = [each for each in tasks if each.id in service.moving]
    others = [each for each in tasks if each.id not in service.moving]
    if others:
        told = f"has stopped {len(others)} running tasks: {_named(others)}."
        say(state, service, f"(service {service.name}) {told}")
    for zone, there in _by_zone(moving):
        told = f"{len(there)} running tasks in {zone} due to AZ rebalancing: {_named(there)}."
        say(state, service, f"(service {service.name}) has stopped {told}", "TASKS_STOPPED")


def _named(tasks: Sequence[Task]) -> str:
    return " ".join(f"(task {each.id})" for each in tasks)


def _by_zone(tasks: Sequence[Task]) -> list[tuple[str, list[Task]]]:
    """The tasks of each zone, zones in their order."""
    zones = sorted({each.zone or "" for each in tasks})
    return [(zone, [each for each in tasks if each.zone == zone]) for zone in zones]


def complain(state: State, service: Service, refusals: Sequence[Refusal]) -> None:
    """Say why tasks could not be launched; the same is not said again for some minutes."""
    service.steady = False
    text, event_name = _why_not_placed(service, refusals), "SERVICE_TASK_PLACEMENT_FAILURE"
    role = roles.refusal_of_service(state, service)
    if role is not None:
        text = f"(service {service.name}) failed to launch a task with (error {role})."
        event_name = "SERVICE_TASK_CONFIGURATION_FAILURE"
    now = state.clock.now
    if text != service.complaint or now >= service.complained_at_s + COMPLAINT_INTERVAL_S:
        service.complaint, service.complained_at_s = text, now
        say(state, service, text, event_name)


def _why_not_placed(service: Service, refusals: Sequence[Refusal]) -> str:
    """AWS's event text for tasks that found no container instance.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
    """
    text = (
        f"(service {service.name}) was unable to place a task because no container instance met "
        "all of its requirements."
    )
    if not refusals and (service.launch_type == "FARGATE" or _strategy(service)):
        return _no_capacity(service)
    if not refusals:
        return f"{text} Reason: No Container Instances were found in your cluster."
    closest = next((each for each in refusals if each.reason in CLOSEST), None)
    if closest is None:
        return text
    ending = CLOSEST[closest.reason]
    return f"{text} The closest matching container-instance {closest.instance.id} {ending}"


def _strategy(service: Service) -> Sequence[Document]:
    return service.request.get("capacityProviderStrategy") or ()


def _no_capacity(service: Service) -> str:
    """AWS's event text for tasks whose capacity provider has nothing for them."""
    if service.launch_type == "FARGATE":
        return (
            f"(service {service.name}) was unable to place a task. Reason: Capacity is unavailable "
            "at this time. Please try again later or in a different availability zone."
        )
    if len(service.cluster.waiting) >= MOST_WAITING:
        return (
            f"(service {service.name}) was unable to place tasks in your cluster because the tasks "
            "provisioning capacity limit was exceeded."
        )
    return (
        f"(service {service.name}) was unable to reach steady state. Reason: No Container "
        "Instances were found in your capacity provider."
    )


def complain_of_bounds(state: State, service: Service) -> None:
    """Say that the deployment configuration leaves no room to stop or to start a task."""
    text = (
        f"(service {service.name}) was unable to stop or start tasks during a deployment because "
        "of the service deployment configuration. Update the minimumHealthyPercent or "
        "maximumPercent value and try again."
    )
    _say_once(state, service, text)


def complain_of_protection(state: State, service: Service) -> None:
    """Say that tasks which are to be stopped are protected."""
    text = (
        f"(service {service.name}) was unable to reach steady state because task set "
        f"({service.primary.id}) was unable to scale in. Reason: The number of protected tasks "
        "are more than the desired count of tasks"
    )
    _say_once(state, service, text)


def _say_once(state: State, service: Service, text: str) -> None:
    service.steady = False
    if text != service.complaint:
        service.complaint, service.complained_at_s = text, state.clock.now
        say(state, service, text)
