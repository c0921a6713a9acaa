"""Tasks that are to go although they run: what the scheduler replaces outside of scaling in.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html
and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ecs_lab.engine.model import Document, Service, Task
from ecs_lab.engine.placement import shortage
from ecs_lab.engine.service_events import say
from ecs_lab.engine.service_tasks import to_run
from ecs_lab.engine.state import State

ZONE = "attribute:ecs.availability-zone"


def displaced(service: Service, task: Task) -> bool:
    """Whether a task is of an older deployment, on a DRAINING instance, or to move to another
    zone.
    """
    instance = task.container_instance
    draining = instance is not None and instance.status == "DRAINING"
    return draining or task.deployment is not service.primary or task.id in service.moving


def unbalanceable(request: Document, launch_type: str) -> str | None:
    """What keeps a service of this request from having its zones kept balanced, as AWS's answer
    names it, or None.

    The answers for maximumPercent and DAEMON are as seen in the field; the others are formed alike.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
    """
    if request.get("schedulingStrategy") == "DAEMON":
        return "DAEMON services"
    if launch_type == "EXTERNAL":
        return "the EXTERNAL launch type"
    if request["deploymentConfiguration"]["maximumPercent"] <= 100:
        return "maximumPercent <= 100 % as deployment configuration"
    if any("loadBalancerName" in each for each in request.get("loadBalancers") or []):
        return "Classic Load Balancers"
    first = (request.get("placementStrategy") or [{"type": "spread", "field": ZONE}])[0]
    if first.get("type") != "spread" or first.get("field") != ZONE:
        return f"placement strategies that do not begin with spread({ZONE})"
    constraints = request.get("placementConstraints") or []
    if any(ZONE in str(each.get("expression", "")) for each in constraints):
        return f"{ZONE} as a placement constraint"
    return None


def rebalance(state: State, service: Service) -> bool:
    """Mark tasks of the fullest zones to move, if a zone has two fewer; whether any was marked."""
    zones = _usable_zones(state, service)
    if len(zones) < 2 or service.request.get("availabilityZoneRebalancing") != "ENABLED":
        return False
    tasks = to_run(service.tasks.values())
    counts = Counter(dict.fromkeys(zones, 0))
    placed = [(each, each.zone) for each in tasks if each.zone is not None and each.zone in counts]
    counts.update(zone for _, zone in placed)
    before = dict(counts)
    if tuple(before.items()) in service.imbalances:  # tried in vain: wait for other capacity
        give_up(state, service)
        return False
    moving: set[str] = set()
    for task, zone in placed:
        if counts[zone] >= min(counts.values()) + 2:
            moving.add(task.id)
            counts[zone] -= 1
            counts[min(counts, key=lambda each: counts[each])] += 1
    service.moving |= moving
    if not moving:
        _balanced(state, service, before)
        return False
    service.imbalances.add(tuple(before.items()))
    service.rebalancing = True
    who = f"(service {service.name}) is not AZ balanced with {_told(before)}."
    say(state, service, f"{who} AZ Rebalancing in progress.", "SERVICE_REBALANCING_STARTED")
    return True


def _told(counts: Mapping[str, int]) -> str:
    """How many tasks there are in each zone."""
    *others, last = (f"{count} tasks in {zone}" for zone, count in sorted(counts.items()))
    return f"{', '.join(others)}, and {last}"


def _balanced(state: State, service: Service, counts: Mapping[str, int]) -> None:
    """Rebalancing is over, if it was going on."""
    if service.rebalancing:
        service.rebalancing = False
        text = f"(service {service.name}) is AZ balanced with {_told(counts)}."
        say(state, service, text, "SERVICE_REBALANCING_COMPLETED")


def give_up(state: State, service: Service) -> None:
    """Leave the zones as they are: a deployment comes first, or there was no room."""
    service.moving.clear()
    if service.rebalancing:
        service.rebalancing = False
        text = f"(service {service.name}) stopped AZ Rebalancing."
        say(state, service, text, "SERVICE_REBALANCING_STOPPED")


def _usable_zones(state: State, service: Service) -> list[str]:
    """The zones that could take a task: those of the subnets, of the ACTIVE instances, or both."""
    vpc = (service.primary.network or {}).get("awsvpcConfiguration", {})
    subnets = {state.surroundings.zone_of_subnet(each) for each in vpc.get("subnets", [])}
    zones = {zone for zone in subnets if zone}
    if service.launch_type == "FARGATE":
        return sorted(zones)
    there = service.cluster.container_instances.values()
    instances = [each for each in there if each.launch_type == service.launch_type]
    needs = service.primary.definition.needs
    taken = {each.zone for each in service.tasks.values()}
    usable = {
        each.zone
        for each in instances
        if each.status == "ACTIVE" and (each.zone in taken or shortage(each, needs) is None)
    }
    return sorted(usable & zones if zones else usable)
