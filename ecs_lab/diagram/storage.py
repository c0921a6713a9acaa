"""File systems: each beside the VPC, its mount targets in their subnets, and who mounts it."""

from __future__ import annotations

from ecs_lab.diagram import reading
from ecs_lab.diagram.drawing import Drawing
from ecs_lab.diagram.graph import Node
from ecs_lab.diagram.kinds import tone_of
from ecs_lab.diagram.reading import Record


def draw(drawing: Drawing, region: str) -> None:
    """Draw each EFS file system of the snapshot; tasks and subnets are drawn already."""
    for file_system in drawing.snapshot.get("fileSystems") or []:
        _file_system(drawing, file_system, region)


def _file_system(drawing: Drawing, file_system: Record, region: str) -> None:
    name = file_system["FileSystemId"]
    state = str(file_system["LifeCycleState"])
    zone = file_system.get("AvailabilityZoneName")
    key = drawing.add(
        Node(
            f"file-system:{name}",
            "file-system",
            file_system.get("Name") or name,
            region,
            status=state,
            tone=tone_of(state),
            detail=(f"One Zone, {zone}",) if zone else (),
            note=name,
        )
    )
    drawing.known[key] = state
    places = {item.key for item in drawing.items}
    for target in file_system["MountTargets"]:
        subnet = f"subnet:{target['SubnetId']}"
        if subnet in places:
            drawing.connect(key, [_mount_target(drawing, target, subnet)], "is reached at")
            _connect_tasks(drawing, file_system, target)


def _mount_target(drawing: Drawing, target: Record, subnet: str) -> str:
    state = str(target["LifeCycleState"])
    drawing.known[f"mount-target:{target['MountTargetId']}"] = state
    return drawing.add(
        Node(
            f"mount-target:{target['MountTargetId']}",
            "mount-target",
            target["IpAddress"],
            subnet,
            status=state,
            tone=tone_of(state),
            note=target["MountTargetId"],
        )
    )


def _connect_tasks(drawing: Drawing, file_system: Record, target: Record) -> None:
    """An edge to each task that mounts the file system in the zone of a mount target."""
    mounting = set(file_system["mountedBy"])
    here = [
        reading.task_key(task)
        for task in drawing.live_tasks()
        if task["taskArn"] in mounting
        and task.get("availabilityZone") == target["AvailabilityZoneName"]
    ]
    drawn = [drawing.shown_as[each] for each in here if each in drawing.shown_as]
    drawing.connect(f"mount-target:{target['MountTargetId']}", drawn, "is mounted by")
