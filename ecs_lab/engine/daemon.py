"""Daemon services: one task on each container instance that is ACTIVE and meets the constraints.

A new revision replaces the tasks instance by instance: first out, then in, with at most the share
of minimumHealthyPercent (0 by default) missing at a time. Not on Fargate.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

from __future__ import annotations

import math
from dataclasses import replace

from ecs_lab.engine import deployments, launch, placement, roles
from ecs_lab.engine.launch import Order
from ecs_lab.engine.model import ContainerInstance, Service, Task
from ecs_lab.engine.placement import Neighbours, Refusal
from ecs_lab.engine.service_events import complain, say, say_started
from ecs_lab.engine.service_tasks import healthy, order, stop, to_run
from ecs_lab.engine.state import State


def look(state: State, service: Service) -> None:
    """Compare the instances that are to have a task with those that have one, and act."""
    template = order(service, service.primary)
    instances = _eligible(state, service, template)
    service.desired_count = len(instances)
    tasks = to_run(service.tasks.values())
    wanted = {each.id for each in instances}
    stop(state, service, [each for each in tasks if _instance_id(each) not in wanted])
    tasks = to_run(service.tasks.values())
    _stop_outdated(state, service, tasks)
    taken = {_instance_id(each) for each in to_run(service.tasks.values())}
    _start(state, service, template, [each for each in instances if each.id not in taken])
    _conclude(state, service)


def _instance_id(task: Task) -> str:
    assert task.container_instance is not None
    return task.container_instance.id


def _eligible(state: State, service: Service, template: Order) -> list[ContainerInstance]:
    """The instances that are to have a task, whether or not they have room for it."""
    nobody = Neighbours.of([], [])
    zones = frozenset(
        zone for each in template.subnets if (zone := state.surroundings.zone_of_subnet(each))
    )
    names = {each["capacityProvider"] for each in template.strategy}
    return [
        each
        for each in template.instances
        if (not names or each.capacity_provider in names)
        and template.definition.needs.attributes <= each.attributes.keys()
        and placement.conflict(each, template.constraints, nobody, zones) is None
    ]


def _stop_outdated(state: State, service: Service, tasks: list[Task]) -> None:
    percent = service.request["deploymentConfiguration"]["minimumHealthyPercent"]
    least = math.ceil(service.desired_count * percent / 100)
    spare = max(0, sum(healthy(state, each) for each in tasks) - least)
    old = [each for each in tasks if each.deployment is not service.primary]
    unready = [each for each in old if not healthy(state, each)]
    sound = [each for each in old if healthy(state, each)]
    stop(state, service, unready + sound[:spare])


def _start(
    state: State, service: Service, template: Order, instances: list[ContainerInstance]
) -> None:
    """Start a task on each instance that has none, where it fits and the last one is gone."""
    if instances and roles.refusal(state, template.definition, {}) is not None:
        complain(state, service, [])
        return
    started: list[Task] = []
    refusals: list[Refusal] = []
    subnets = {state.surroundings.zone_of_subnet(each): each for each in template.subnets}
    leaving = {_instance_id(each) for each in service.tasks.values() if each.stopping}
    for instance in instances:
        if instance.id in leaving:
            continue
        reason = placement.shortage(instance, template.definition.needs)
        if reason is not None:
            refusals.append(Refusal(instance, reason))
            continue
        subnet = subnets.get(instance.zone)
        own = replace(template, provider=instance.capacity_provider if template.strategy else None)
        started.append(launch.birth(state, own, instance, subnet, instance.zone))
    if started:
        service.steady = False
        say_started(state, service, started)
    if refusals:
        complain(state, service, refusals)


def _conclude(state: State, service: Service) -> None:
    service.deployments[1:] = [each for each in service.deployments[1:] if each.tasks]
    tasks = list(service.primary.tasks.values())
    reached = len(tasks) == len(service.tasks) == service.desired_count
    if service.steady or len(service.deployments) > 1 or not reached:
        return
    if all(healthy(state, each) for each in tasks):
        service.steady = True
        service.complaint = ""
        deployments.complete(state, service.primary)
        text = f"(service {service.name}) has reached a steady state."
        say(state, service, text, "SERVICE_STEADY_STATE")
