"""Load balancers: each with its listeners, its target groups, and the tasks or instances that are
their targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecs_lab.diagram import reading
from ecs_lab.diagram.drawing import Drawing, more
from ecs_lab.diagram.graph import Node
from ecs_lab.diagram.reading import Record

BALANCERS = 6
TARGET_GROUPS = 8
TYPES = {
    "application": "Application Load Balancer",
    "network": "Network Load Balancer",
    "gateway": "Gateway Load Balancer",
    "classic": "Classic Load Balancer",
}


def draw(drawing: Drawing, region: str) -> None:
    """Draw the snapshot's load balancers and target groups; tasks and instances are drawn
    already.
    """
    balancers = drawing.snapshot.get("loadBalancers") or []
    groups = drawing.snapshot.get("targetGroups") or []
    idle = {arn for each in balancers for arn in each.get("IdleTargetGroupArns") or []}
    drawing.known |= {_key(each): str(each["Scheme"]) for each in balancers}
    drawing.known |= {_group_key(each): _health(each) for each in groups}
    drawn = {_name(each): _balancer(drawing, each, region) for each in balancers[:BALANCERS]}
    if len(balancers) > BALANCERS:
        drawing.add(more(len(balancers) - BALANCERS, "load balancers", region))
    for group in groups[:TARGET_GROUPS]:
        waits = group["TargetGroupArn"] in idle
        key = drawing.add(_group(group, region, waits=waits))
        fronts = [] if waits else group.get("LoadBalancerArns") or []
        for arn in fronts:
            if arn in drawn:
                drawing.connect(drawn[arn], [key], "forwards to")
        drawing.connect(key, _targets(drawing, group, drawn), "has the targets")
    if len(groups) > TARGET_GROUPS:
        drawing.add(more(len(groups) - TARGET_GROUPS, "target groups", region))


def _name(balancer: Record) -> str:
    """What a load balancer is known by: its ARN, or a Classic one's name."""
    return str(balancer.get("LoadBalancerArn") or balancer["LoadBalancerName"])


def _key(balancer: Record) -> str:
    return f"load-balancer:{_name(balancer)}"


def _balancer(drawing: Drawing, balancer: Record, region: str) -> str:
    listeners = [f"{each['Protocol']}:{each['Port']}" for each in balancer["Listeners"]]
    heard = f"listens on {', '.join(listeners)}" if listeners else "no listener"
    key = drawing.add(
        Node(
            _key(balancer),
            "load-balancer",
            balancer["LoadBalancerName"],
            region,
            status=str(balancer["Scheme"]),
            detail=(TYPES[balancer["Type"]], heard),
            note=balancer["DNSName"],
        )
    )
    instances = balancer.get("Instances") or []
    drawing.connect(key, _instances(drawing, instances), "sends requests to")
    return key


def _group_key(group: Record) -> str:
    return f"target-group:{group['TargetGroupArn']}"


def _group(group: Record, region: str, *, waits: bool) -> Node:
    """One target group; `waits` says that it has the weight 0, as the idle one of a blue/green
    deployment.
    """
    path = group.get("HealthCheckPath")
    alone = not group.get("LoadBalancerArns")
    lines = (
        f"{group['TargetType']} targets",
        f"health check {path}" if path else "",
        "no load balancer" if alone else "",
        "weight 0: gets no requests" if waits else "",
    )
    return Node(
        _group_key(group),
        "target-group",
        group["TargetGroupName"],
        region,
        status=_health(group),
        tone=_tone(_states(group)),
        detail=tuple(line for line in lines if line),
        note=group["TargetGroupArn"],
    )


def _states(group: Record) -> list[str]:
    return [each["TargetHealth"]["State"] for each in group["Targets"]]


def _health(group: Record) -> str:
    states = _states(group)
    return f"{states.count('healthy'):,} of {len(states):,} healthy" if states else "no targets"


def _tone(states: Sequence[str]) -> str:
    if "unhealthy" in states:
        return "bad"
    return "good" if states and set(states) == {"healthy"} else "busy"


def _targets(drawing: Drawing, group: Record, balancers: dict[str, str]) -> Iterator[str]:
    """What is drawn of a target group's targets: tasks, instances, a load balancer behind."""
    by_address = {
        reading.eni_detail(task, "privateIPv4Address"): reading.task_key(task)
        for task in drawing.live_tasks()
    }
    for each in group["Targets"]:
        target_id, port = each["Target"]["Id"], each["Target"]["Port"]
        if target_id in balancers:
            yield balancers[target_id]
        elif group["TargetType"] == "instance":
            yield from _on_instance(drawing, target_id, port)
        elif (task := by_address.get(target_id)) in drawing.shown_as:
            yield drawing.shown_as[str(task)]


def _on_instance(drawing: Drawing, instance_id: str, port: int) -> Iterator[str]:
    """The task that listens on an instance's port; the instance where none does."""
    registered = drawing.snapshot.get("containerInstances") or []
    arns = {r["containerInstanceArn"] for r in registered if r["ec2InstanceId"] == instance_id}
    listening = [
        reading.task_key(task)
        for task in drawing.live_tasks()
        if task.get("containerInstanceArn") in arns and port in reading.host_ports(task)
    ]
    shown = [drawing.shown_as[each] for each in listening if each in drawing.shown_as]
    yield from shown or _instances(drawing, [instance_id])


def _instances(drawing: Drawing, instance_ids: Sequence[str]) -> Iterator[str]:
    """The card of each instance, or the one that stands for many."""
    for each in instance_ids:
        key = f"instance:{each}"
        yield from (item.key for item in drawing.items if key in (item.key, *item.members))
