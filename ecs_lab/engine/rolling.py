"""Rolling updates: new tasks in and old ones out, a few at a time, within the deployment's bounds.

At least `lower_bound` tasks stay healthy, as far as it is in the scheduler's hands, and never more
than `upper_bound` are starting or running.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from __future__ import annotations

import math

from ecs_lab.engine import launch
from ecs_lab.engine.model import Deployment, Service
from ecs_lab.engine.service_events import complain, say
from ecs_lab.engine.service_tasks import healthy, order, scale_in_order, stop, to_run
from ecs_lab.engine.state import State


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


def look(state: State, service: Service) -> None:
    """Compare what runs with what is desired, and act."""
    _start_missing(state, service)
    _stop_surplus(state, service)
    _stop_outdated(state, service)
    _conclude(state, service)


def _start_missing(state: State, service: Service) -> None:
    """Start tasks of the primary deployment, as many as are missing and as the upper bound
    allows.
    """
    running = len(to_run(service.tasks.values()))
    primary = len(to_run(service.primary.tasks.values()))
    missing = min(service.desired_count - primary, upper_bound(service) - running)
    if missing <= 0:
        return
    started, refusals = launch.start(state, order(service, service.primary), missing)
    if started:
        service.steady = False
        names = " ".join(f"(task {each.id})" for each in started)
        say(state, service, f"(service {service.name}) has started {len(started)} tasks: {names}.")
    if len(started) < missing:
        complain(state, service, refusals)


def _stop_surplus(state: State, service: Service) -> None:
    """Scale in: stop tasks of the primary deployment beyond the desired count, from the fullest
    zone first.
    """
    running = to_run(service.primary.tasks.values())
    surplus = len(running) - service.desired_count
    if surplus > 0:
        stop(state, service, scale_in_order(running)[:surplus])


def _stop_outdated(state: State, service: Service) -> None:
    """Stop tasks of older deployments, as many as the lower bound can spare; those not yet healthy
    go first.
    """
    outdated = [task for each in service.deployments[1:] for task in to_run(each.tasks.values())]
    if not outdated:
        return
    not_healthy = [each for each in outdated if not healthy(state, each)]
    sound = [each for each in outdated if healthy(state, each)]
    all_healthy = sum(
        1 for each in service.tasks.values() if not each.stopping and healthy(state, each)
    )
    spare = max(0, all_healthy - lower_bound(service))
    stop(state, service, not_healthy + scale_in_order(sound)[:spare])


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
    say(
        state,
        service,
        f"(service {service.name}) has reached a steady state.",
        "SERVICE_STEADY_STATE",
    )


def _complete(state: State, deployment: Deployment) -> None:
    if deployment.rollout_state != "IN_PROGRESS":
        return
    deployment.rollout_state = "COMPLETED"
    deployment.rollout_reason = f"ECS deployment {deployment.id} completed."
    deployment.updated_at_s = state.clock.now
    state.tell("deployment", deployment, "SERVICE_DEPLOYMENT_COMPLETED")
    service = deployment.service
    say(
        state,
        service,
        f"(service {service.name}) (deployment {deployment.id}) deployment completed.",
    )
