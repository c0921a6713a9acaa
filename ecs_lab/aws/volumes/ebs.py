"""EBS volumes that ECS makes for tasks: one new volume a task, in the task's zone.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends

from ecs_lab.aws.volumes.failures import failure
from ecs_lab.engine.api.volume_rules import DEFAULT_TYPE
from ecs_lab.engine.model import ContainerInstance, ManagedVolume, Task
from ecs_lab.engine.surroundings import CannotStartError
from ecs_lab.runtime.files import Disk, Mount, Space
from ecs_lab.runtime.files.users import user_of

if TYPE_CHECKING:
    from ecs_lab.aws.volumes.volumes import Volumes

ECS = "ecs.amazonaws.com"
DEFAULT_FILE_SYSTEM = "xfs"
GIB = 1 << 30
FIRST_DEVICE, LAST_DEVICE = "b", "z"


@dataclass(slots=True, eq=False)
class Formatted:
    """What is on an EBS volume: files, in a file system of a type."""

    disk: Disk
    file_system: str


class EbsVolumes:
    """What is on the volumes that ECS made, and on snapshots of them."""

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes
        self._on: dict[str, Formatted] = {}

    def mount(self, task: Task) -> Mount:
        """Make the task's volume and attach it; raises CannotStartError."""
        managed = task.volume
        assert managed is not None, "a task is born with the volume that its definition leaves open"
        try:
            self._check_role(task, managed)
            found = self._make(task, managed)
        except CannotStartError as error:
            managed.status, managed.status_reason = "DELETED", str(error)
            raise
        managed.status = "ATTACHED"
        return Mount("", found.disk)

    def task_ended(self, task: Task) -> None:
        """Detach the task's volume; delete it unless it is to stay."""
        managed = task.volume
        if managed is None or managed.volume_id is None:
            return
        ec2 = _ec2(task)
        managed.status = "DELETED" if managed.delete_on_termination else "DETACHED"
        volume = ec2.volumes.get(managed.volume_id)
        if volume is None:
            return
        if task.container_instance is not None and volume.attachment is not None:
            ec2.detach_volume(volume.id, volume.attachment.instance.id, volume.attachment.device)
        volume.attachment = None
        if managed.delete_on_termination:
            del ec2.volumes[managed.volume_id]
            self._on.pop(managed.volume_id).disk.erase()

    def observe(self) -> None:
        """Note what is on volumes whose snapshots are new."""
        if not self._on:
            return
        for ec2 in list(ec2_backends[self._volumes.world.ecs.state.account_id].values()):
            for snapshot in ec2.snapshots.values():
                volume = self._on.get(getattr(snapshot.volume, "id", ""))
                if volume is not None and snapshot.id not in self._on:
                    disk = self._volumes.disk()
                    disk.fill_from(volume.disk)
                    self._on[snapshot.id] = Formatted(disk, volume.file_system)

    def _check_role(self, task: Task, managed: ManagedVolume) -> None:
        """ECS assumes the infrastructure role, and makes the volume in its name."""
        access, role = self._volumes.world.access, str(managed.ebs["roleArn"])
        _, _, _, region, account, _ = task.arn.split(":", 5)
        tags = {f"aws:RequestTag/{key}": value for key, value in _tags_of_ecs(task).items()}
        refused = access.cannot_assume(role, ECS) or not access.decide(
            role, "ec2:CreateVolume", f"arn:aws:ec2:{region}:{account}:volume/*", tags
        )
        if refused:
            raise failure("ebs-role", role=role)

    def _make(self, task: Task, managed: ManagedVolume) -> Formatted:
        wanted, ec2 = managed.ebs, _ec2(task)
        if _missing_key(ec2, wanted.get("kmsKeyId")):
            raise failure("ebs-key")
        volume = _create(ec2, task, wanted)
        file_system = str(wanted.get("filesystemType") or DEFAULT_FILE_SYSTEM)
        before = self._on.get(str(wanted.get("snapshotId")))
        if file_system == "ntfs" or (before is not None and before.file_system != file_system):
            del ec2.volumes[volume.id]
            raise failure("ebs-file-system")
        for each in _tags(task, wanted):
            volume.add_tag(each["key"], each["value"])
        if task.container_instance is not None:
            _attach(ec2, task.container_instance, volume, managed)
        else:
            volume.attachment = self._to_fargate(volume)
        managed.volume_id = volume.id
        disk = self._volumes.disk(Space(volume.size * GIB))
        if before is not None:
            disk.fill_from(before.disk)
        _let_users_write(task, disk)
        found = self._on[volume.id] = Formatted(disk, file_system)
        return found

    def _to_fargate(self, volume: Any) -> Any:
        """An attachment to a machine of AWS's own, which the account does not see."""
        return SimpleNamespace(
            volume=volume,
            volume_id=volume.id,
            instance=SimpleNamespace(id=""),
            instance_id="",
            device="/dev/xvdcz",
            status="attached",
            attach_time=datetime.fromtimestamp(self._volumes.world.now(), UTC),
        )


def _ec2(task: Task) -> Any:
    _, _, _, region, account, _ = task.arn.split(":", 5)
    return ec2_backends[account][region]


def _create(ec2: Any, task: Task, wanted: Mapping[str, Any]) -> Any:
    snapshot = ec2.snapshots.get(wanted.get("snapshotId"))
    size = wanted.get("sizeInGiB")
    if snapshot is not None and size is not None and size < snapshot.volume.size:
        raise failure(
            "ebs-refused",
            code="InvalidParameterValue",
            message=f"The size of a volume must be at least that of its snapshot: "
            f"{snapshot.volume.size} GiB.",
        )
    try:
        return ec2.create_volume(
            size=size,
            zone_name=task.zone,
            snapshot_id=wanted.get("snapshotId"),
            encrypted=bool(wanted.get("encrypted") or wanted.get("kmsKeyId")),
            kms_key_id=wanted.get("kmsKeyId"),
            volume_type=wanted.get("volumeType") or DEFAULT_TYPE,
            iops=wanted.get("iops"),
            throughput=wanted.get("throughput"),
        )
    except EC2ClientError as error:
        raise failure("ebs-refused", code=error.code, message=error.message) from error


def _missing_key(ec2: Any, key: str | None) -> bool:
    """Whether the KMS key of a volume is not there: found out when the volume is made.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskManagedEBSVolumeConfiguration.html
    """
    if key is None:
        return False
    kms = sys.modules.get("moto.kms.models")
    if kms is None:
        return True
    backend = kms.kms_backends[ec2.account_id][ec2.region_name]
    return backend.any_id_to_key_id(key) not in backend.keys


def _tags_of_ecs(task: Task) -> dict[str, str]:
    """What ECS itself puts on the volume.

    Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForVolumes.html
    """
    return {"AmazonECSCreated": task.arn, "AmazonECSManaged": "true"}


def _tags(task: Task, wanted: Mapping[str, Any]) -> list[dict[str, str]]:
    """ECS's tags, those of the configuration, those that it propagates, and the managed ones.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-ebs-config.html
    """
    found = [{"key": key, "value": value} for key, value in _tags_of_ecs(task).items()]
    for each in wanted.get("tagSpecifications") or []:
        if each.get("propagateTags") == "TASK_DEFINITION":
            found += task.definition.tags
        if each.get("propagateTags") == "SERVICE" and task.service is not None:
            found += task.service.tags
        found += each.get("tags") or []
    return [*found, *(each for each in task.tags if each["key"].startswith("aws:ecs:"))]


def _attach(ec2: Any, host: ContainerInstance, volume: Any, managed: ManagedVolume) -> None:
    """Attach the volume to the task's instance, as its next free device."""
    instance = ec2.get_instance(host.ec2_instance_id)
    taken = {name[-1] for name in instance.block_device_mapping}
    letters = map(chr, range(ord(FIRST_DEVICE), ord(LAST_DEVICE) + 1))
    device = next((each for each in letters if each not in taken), LAST_DEVICE)
    ec2.attach_volume(
        volume.id,
        instance.id,
        f"/dev/xvd{device}",
        delete_on_termination=managed.delete_on_termination,
    )


def _let_users_write(task: Task, disk: Disk) -> None:
    """Give the users of containers that mount it the volume by their group.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html
    """
    assert task.volume is not None
    name = task.volume.configuration["name"]
    for container in task.containers:
        points = container.definition.get("mountPoints") or []
        user = user_of(container.definition.get("user"))
        if user.uid != 0 and any(each["sourceVolume"] == name for each in points):
            disk.root.gid, disk.root.mode = user.gid, 0o2775
