"""Tasks that are to go although they run: what the scheduler replaces outside of scaling in.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html
and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
"""

from __future__ import annotations

from collections import Counter

from ecs_lab.engine.model import Service, Task
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


def rebalances(service: Service) -> bool:
    """Whether the service keeps its zones balanced.

    Not with maximumPercent 100, a Classic Load Balancer, a first strategy other than spreading
    over zones, or a constraint on the zone.
    """
    request = service.request
    if request.get("availabilityZoneRebalancing", "ENABLED") != "ENABLED":
        return False
    if request.get("schedulingStrategy") == "DAEMON" or _percent(service) <= 100:
        return False
    first = (request.get("placementStrategy") or [{"type": "spread", "field": ZONE}])[0]
    if first.get("type") != "spread" or first.get("field") != ZONE:
        return False
    constraints = request.get("placementConstraints") or []
    if any("availability-zone" in str(each.get("expression", "")) for each in constraints):
        return False
    balancers = request.get("loadBalancers") or []
    return not any("loadBalancerName" in each for each in balancers)


def _percent(service: Service) -> int:
    return int(service.request["deploymentConfiguration"]["maximumPercent"])


def rebalance(state: State, service: Service) -> bool:
    """Mark tasks of the fullest zones to move, if a zone has two fewer; whether any was marked."""
    zones = _usable_zones(state, service)
    if len(zones) < 2 or not rebalances(service):
        return False
    tasks = to_run(service.tasks.values())
    counts = Counter(dict.fromkeys(zones, 0))
    placed = [(each, each.zone) for each in tasks if each.zone is not None and each.zone in counts]
    counts.update(zone for _, zone in placed)
    before = dict(counts)
    if tuple(before.items()) in service.imbalances:  # tried in vain: wait for other capacity
        return False
    for task, zone in placed:
        if counts[zone] >= min(counts.values()) + 2:
            service.moving.add(task.id)
            counts[zone] -= 1
            counts[min(counts, key=lambda each: counts[each])] += 1
    if not service.moving:
        return False
    service.imbalances.add(tuple(before.items()))
    told = ", ".join(f"{count} tasks in {zone}" for zone, count in sorted(before.items()))
    say(state, service, f"(service {service.name}) is not AZ balanced with {told}.")
    return True


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
