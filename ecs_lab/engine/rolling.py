"""Replica services: to the desired count and, a few at a time, from old tasks to new ones.

At least `lower_bound` tasks stay healthy, as far as it is in the scheduler's hands, and never more
than `upper_bound` are starting or running. What is replaced that way: tasks of older deployments,
on DRAINING instances, in zones that have too many, and those that failed a health check.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ecs_lab.engine import circuit_breaker, deployments, launch, throttle
from ecs_lab.engine.displacement import displaced, give_up, rebalance
from ecs_lab.engine.model import Service, Task
from ecs_lab.engine.protection import protected
from ecs_lab.engine.service_events import (
    complain,
    complain_of_bounds,
    complain_of_protection,
    say,
    say_started,
)
from ecs_lab.engine.service_tasks import healthy, order, scale_in_order, stop, to_run
from ecs_lab.engine.state import State
from ecs_lab.engine.task_health import unhealthy

ALARM_BAKE_S = 300.0
"""How long a deployment with alarms is watched once its tasks are up, where no bake time is given.

AWS computes it from the alarms and documents no figure: typical.
"""


def lower_bound(service: Service) -> int:
    """The healthy tasks that a deployment must leave: desired x minimumHealthyPercent, up."""
    percent: int = service.request["deploymentConfiguration"]["minimumHealthyPercent"]
    return math.ceil(service.desired_count * percent / 100)


def upper_bound(service: Service) -> int:
    """The tasks that may be starting or running at once: desired x maximumPercent, down."""
    percent: int = service.request["deploymentConfiguration"]["maximumPercent"]
    return math.floor(service.desired_count * percent / 100)


@dataclass(slots=True)
class View:
    """A service's tasks as one look of the scheduler sees them."""

    all: list[Task]
    keep: list[Task]
    leaving: list[Task]
    failing: list[Task]
    healthy: set[str]

    @classmethod
    def of(cls, state: State, service: Service) -> View:
        """Sort the tasks that have not been told to stop."""
        view = cls(to_run(service.tasks.values()), [], [], [], set())
        for task in view.all:
            if displaced(service, task):
                view.leaving.append(task)
            elif unhealthy(state, task) is not None:
                view.failing.append(task)
            else:
                view.keep.append(task)
            if healthy(state, task):
                view.healthy.add(task.id)
        return view


def look(state: State, service: Service) -> None:
    """Compare what runs with what is desired, and act."""
    _hear_of_health(state, service)
    circuit_breaker.check_alarms(state, service.primary)
    if service.moving and service.primary.rollout_state == "IN_PROGRESS":
        give_up(state, service)
    throttle.delay_next_start(state, service)
    view = View.of(state, service)
    missing = service.desired_count - len(view.keep)
    started = _start_missing(state, service, view, missing)
    stopped = _stop_failing(state, service, view)
    stopped += _stop_surplus(state, service, view) + _stop_leaving(state, service, view)
    stuck = missing > 0 and view.leaving and upper_bound(service) <= len(view.all)
    if stuck and not started + stopped and len(view.healthy) == len(view.all):
        complain_of_bounds(state, service)
    _conclude(state, service)


def _hear_of_health(state: State, service: Service) -> None:
    """Tell the circuit breaker of tasks that have become healthy since the last look."""
    for deployment in service.deployments:
        for task in deployment.tasks.values():
            if task.id not in deployment.healthy_tasks and healthy(state, task):
                deployment.healthy_tasks.add(task.id)
                circuit_breaker.task_became_healthy(deployment)


def _start_missing(state: State, service: Service, view: View, missing: int) -> int:
    """Start tasks of the primary deployment, as many as are missing and the upper bound allows."""
    count = min(missing, upper_bound(service) - len(view.all))
    if count <= 0 or service.primary.rollout_state == "FAILED" or throttle.waiting(state, service):
        return 0
    started, refusals = launch.start(state, order(service, service.primary), count)
    if started:
        service.steady = False
        say_started(state, service, started)
    if len(started) < count:
        complain(state, service, refusals)
    return len(started)


def _stop_failing(state: State, service: Service, view: View) -> int:
    """Stop tasks that failed a health check: once their replacements are healthy, or one at a
    time where the upper bound leaves no room for replacements.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """
    if not view.failing:
        return 0
    replaced = sum(each.id in view.healthy for each in view.keep)
    count = max(0, replaced - (service.desired_count - len(view.failing)))
    if not count and upper_bound(service) <= len(view.all):
        count = 1
    return stop(state, service, view.failing[:count])


def _stop_surplus(state: State, service: Service, view: View) -> int:
    """Scale in: stop tasks beyond the desired count, from the fullest zone first."""
    surplus = len(view.keep) - service.desired_count
    if surplus <= 0:
        return 0
    free = [each for each in view.keep if not protected(state, each)]
    if len(free) < surplus:
        complain_of_protection(state, service)
    going = scale_in_order(free, service, surplus)
    view.healthy.difference_update(each.id for each in going)
    return stop(state, service, going)


def _stop_leaving(state: State, service: Service, view: View) -> int:
    """Stop tasks that are to go: those not yet healthy at once, the others as far as the lower
    bound can spare them; where they only move to another zone, that is the desired count.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
    """
    free = [each for each in view.leaving if not protected(state, each)]
    if len(free) < len(view.leaving):
        complain_of_protection(state, service)
    unready = [each for each in free if each.id not in view.healthy]
    sound = [each for each in free if each.id in view.healthy]
    least = service.desired_count if service.moving else lower_bound(service)
    spare = max(0, len(view.healthy) - least)
    return stop(state, service, unready + scale_in_order(sound, service, spare))


def _conclude(state: State, service: Service) -> None:
    """Retire deployments whose tasks are gone, and say so when a steady state is reached."""
    old = service.deployments[1:]
    service.deployments[1:] = [each for each in old if to_run(each.tasks.values())]
    service.moving &= service.tasks.keys()
    running = [each for each in service.primary.tasks.values() if each.last_status == "RUNNING"]
    # Tasks that are stopping, or draining behind a load balancer, do not hold a steady state up.
    reached = len(running) == service.desired_count == len(to_run(service.tasks.values()))
    if not reached or len(service.deployments) > 1:
        return
    if any(displaced(service, each) or not healthy(state, each) for each in running):
        return
    throttle.end(service)
    if not service.steady and _baking(state, service):
        return
    if not service.steady:
        _reached(state, service)
    if rebalance(state, service):
        look(state, service)


def _reached(state: State, service: Service) -> None:
    """A steady state: the deployment is complete."""
    service.steady = True
    service.complaint = ""
    deployments.complete(state, service.primary)
    text = f"(service {service.name}) has reached a steady state."
    say(state, service, text, "SERVICE_STEADY_STATE")


def _baking(state: State, service: Service) -> bool:
    """Whether a deployment with alarms is still being watched after its tasks came up."""
    deployment = service.primary
    configuration = deployment.record.configuration
    watched = (configuration.get("alarms") or {}).get("enable")
    if not watched or deployment.record.ignores_alarms:
        return False
    if deployment.rollout_state != "IN_PROGRESS":
        return False
    if deployment.baked_at_s is None:
        minutes = configuration.get("bakeTimeInMinutes")
        bake_s = ALARM_BAKE_S if minutes is None else minutes * 60.0
        deployment.baked_at_s = state.clock.now + bake_s
    return state.clock.now < deployment.baked_at_s
