"""Load balancers: each beside the VPC, with its listeners, the health of its targets, and where it
sends requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ecs_lab.diagram import reading
from ecs_lab.diagram.drawing import Drawing, more
from ecs_lab.diagram.graph import Node
from ecs_lab.diagram.reading import Record

MOST = 4
"""Above this number a picture says how many more there are."""


def draw(drawing: Drawing, region: str) -> None:
    """Draw the load balancers of the snapshot; tasks and instances are drawn already."""
    balancers = drawing.snapshot.get("loadBalancers") or []
    for balancer in balancers:
        drawing.known[_key(balancer)] = _status(drawing, balancer)
    for balancer in balancers[:MOST]:
        key = drawing.add(_card(drawing, balancer, region))
        drawing.connect(key, _ends(drawing, balancer), "sends requests to")
    if len(balancers) > MOST:
        drawing.add(more(len(balancers) - MOST, "load balancers", region))


def _key(balancer: Record) -> str:
    return f"load-balancer:{balancer['Type']}/{balancer['LoadBalancerName']}"


def _card(drawing: Drawing, balancer: Record, region: str) -> Node:
    status = _status(drawing, balancer)
    listeners = balancer.get("Listeners") or []
    heard = [f"listener {each['Protocol']} {each['Port']}" for each in listeners]
    kind = f"{balancer['Type']}, {balancer['Scheme']}"
    return Node(
        _key(balancer),
        "load-balancer",
        balancer["LoadBalancerName"],
        region,
        status=status,
        tone="good" if _all_healthy(drawing, balancer) else "busy",
        detail=(kind, ", ".join(heard) or "no listener"),
        note=balancer["DNSName"],
    )


def _status(drawing: Drawing, balancer: Record) -> str:
    if balancer["Type"] == "classic":
        return _number(len(balancer.get("Instances") or []))
    targets = list(_targets(drawing, balancer))
    healthy = sum(each["TargetHealth"]["State"] == "healthy" for each in targets)
    return f"{healthy} of {_number(len(targets))} healthy" if targets else _number(0)


def _number(targets: int) -> str:
    return f"{targets or 'no'} target{'' if targets == 1 else 's'}"


def _all_healthy(drawing: Drawing, balancer: Record) -> bool:
    states = {each["TargetHealth"]["State"] for each in _targets(drawing, balancer)}
    return states == {"healthy"} or bool(balancer.get("Instances"))


def _targets(drawing: Drawing, balancer: Record) -> Iterator[dict[str, Any]]:
    """The targets of all groups that get requests from the load balancer's listeners."""
    idle = balancer.get("IdleTargetGroupArns") or []
    for group in drawing.snapshot.get("targetGroups") or []:
        named = balancer.get("LoadBalancerArn") in group["LoadBalancerArns"]
        if named and group["TargetGroupArn"] not in idle:
            yield from group["Targets"]


def _ends(drawing: Drawing, balancer: Record) -> Iterator[str]:
    """What is drawn of the targets: a task by its address, an instance by its id."""
    by_address = {
        reading.eni_detail(task, "privateIPv4Address"): reading.task_key(task)
        for task in drawing.live_tasks()
    }
    drawn = {item.key for item in drawing.items}
    named = [each["Target"]["Id"] for each in _targets(drawing, balancer)]
    for target in [*named, *(balancer.get("Instances") or [])]:
        key = drawing.shown_as.get(by_address.get(target, ""), f"instance:{target}")
        if key in drawn:
            yield key
