"""What a lab can let happen that no AWS call makes: load, and capacity that AWS takes back.

Each cause has a name and JSON-able details, so that it reaches a lab in another process too:

- `load`: cluster, service, vcpus, memory_mib, requests_per_minute
- `spot tasks`: count, back_after_s
- `spot instance`: instance_id
- `agent stop`, `agent start`: instance_id
- `external instance`: cluster, name, cpu_units, memory_mib, architecture, role
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from moto.autoscaling.models import autoscaling_backends

from ecs_lab.aws import external_instances
from ecs_lab.aws.load import Load
from ecs_lab.engine.errors import EcsError

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

CAUSES = (
    "load",
    "spot tasks",
    "spot instance",
    "agent stop",
    "agent start",
    "external instance",
)
AMOUNTS = ("vcpus", "memory_mib", "requests_per_minute")
NOTICE_S = 120.0
"""The notice that EC2 gives before it takes a Spot Instance back.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
"""


def cause(world: World, what: str, details: dict[str, Any]) -> list[str]:
    """Let it happen; gives the ids of what it happens to, raises LookupError for what is not
    there.
    """
    if what == "load":
        return _load(world, details)
    if what == "spot tasks":
        count, back_after_s = int(details["count"]), _amount(details, "back_after_s")
        return world.ecs.interrupt_spot(max(0, count), back_after_s)
    if what == "spot instance":
        return _take_instance(world, str(details["instance_id"]))
    if what == "agent stop":
        return world.agents.stop(str(details["instance_id"]))
    if what == "agent start":
        return world.agents.start(str(details["instance_id"]))
    if what == "external instance":
        return [external_instances.register(world, details)]
    raise LookupError(f"The lab cannot cause {what!r}: it can cause {', '.join(CAUSES)}.")


def _amount(details: dict[str, Any], name: str) -> float:
    """A number that is 0 or more; raises ValueError for another."""
    amount = float(details.get(name, 0.0))
    if not 0 <= amount < math.inf:
        raise ValueError(f"{name} is {amount}: give 0 or more")
    return amount


def _load(world: World, details: dict[str, Any]) -> list[str]:
    cluster, service = str(details["cluster"]), str(details["service"])
    load = Load(*(_amount(details, name) for name in AMOUNTS))
    try:
        world.scaling.set_load(cluster, service, load)
    except EcsError as error:
        raise LookupError(error.message) from None
    return [service]


def _take_instance(world: World, instance_id: str) -> list[str]:
    running = [each.id for each in world.ec2_instances() if each.state == "running"]
    if instance_id not in running:
        there = ", ".join(running) or "none"
        raise LookupError(f"There is no running EC2 instance {instance_id!r}; there are: {there}.")
    world.agents.spot_notice(instance_id)
    world.clock.schedule(NOTICE_S, _terminate, world, instance_id)
    return [instance_id]


def _terminate(world: World, instance_id: str) -> None:
    """The two minutes are over: the instance ends, and its Auto Scaling group replaces it."""
    world.ec2.terminate_instances([instance_id])
    groups = autoscaling_backends[world.ecs.state.account_id][world.region]
    groups.notify_terminate_instances([instance_id])
    world.observe_instances()
