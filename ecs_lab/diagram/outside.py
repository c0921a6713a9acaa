"""What stands outside AWS: the servers that ECS Anywhere registered, with the tasks on them."""

from __future__ import annotations

from ecs_lab.diagram import reading
from ecs_lab.diagram.drawing import Drawing
from ecs_lab.diagram.graph import Group
from ecs_lab.diagram.kinds import tone_of
from ecs_lab.diagram.reading import Record

PREFIX = "mi-"
"""How Systems Manager's ids of servers outside AWS begin.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-managed-nodes.html
"""


def draw(drawing: Drawing) -> None:
    """Draw each external instance beside the Region."""
    for instance in drawing.snapshot.get("containerInstances") or []:
        if instance["ec2InstanceId"].startswith(PREFIX):
            _server(drawing, instance)


def _server(drawing: Drawing, instance: Record) -> None:
    name = instance["ec2InstanceId"]
    tags = {each["key"]: each["value"] for each in instance.get("tags") or []}
    connected = bool(instance.get("agentConnected"))
    agent = "connected" if connected else "disconnected"
    key = drawing.add(
        Group(
            f"instance:{name}",
            "external-instance",
            tags.get("Name") or name,
            status=f"{instance['status']}, agent {agent}",
            tone=tone_of(str(instance["status"])) if connected else "bad",
            detail=(f"in cluster {instance['cluster']}", reading.free_resources(instance)),
            note=name,
        )
    )
    arn = instance["containerInstanceArn"]
    here = [each for each in drawing.live_tasks() if each.get("containerInstanceArn") == arn]
    drawing.draw_tasks(here, key)
