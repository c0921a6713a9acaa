"""Mounting EFS for a task: which mount target, as whom, and which folder.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moto.efs.models import efs_backends

from ecs_lab.aws import network
from ecs_lab.aws.volumes import efs_access
from ecs_lab.aws.volumes.attempts import OVER_TLS, Attempt, Creation, mounted
from ecs_lab.engine.model import Task
from ecs_lab.runtime.files import Disk, Identity, Mount

if TYPE_CHECKING:
    from ecs_lab.aws.volumes.volumes import Volumes


class EfsAttempt(Attempt):
    """One attempt to mount an EFS file system."""

    __slots__ = ()

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The volume's efsVolumeConfiguration."""
        found: Mapping[str, Any] = self.volume["efsVolumeConfiguration"]
        return found

    @property
    def backend(self) -> Any:
        """moto's EFS of the task's Region."""
        return efs_backends[self.account_id][self.region]

    @property
    def file_system(self) -> Any:
        """moto's file system; None where there is none of that id."""
        return self.backend.file_systems_by_id.get(self.file_system_id)

    @property
    def encrypted(self) -> bool:
        """Whether it goes over TLS."""
        return self.configuration.get("transitEncryption") == "ENABLED"

    @property
    def file_system_id(self) -> str:
        """The file system's id."""
        return str(self.configuration["fileSystemId"])

    @property
    def name(self) -> str:
        """The file system's name in the Domain Name System.

        Source: https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
        """
        return f"{self.file_system_id}.efs.{self.region}.amazonaws.com"


def mount(volumes: Volumes, task: Task, volume: Mapping[str, Any]) -> Mount:
    """Mount a volume's file system for a task; raises CannotStartError."""
    attempt = EfsAttempt(volumes, task, volume)
    _reach(attempt)
    access_point = _access_point(attempt)
    rights = efs_access.rights(attempt, access_point)
    server = OVER_TLS if attempt.encrypted else attempt.name
    if not rights.mount:
        raise attempt.failed("access-denied", server=server)
    disk = volumes.efs_disk(attempt.file_system_id)
    root = _root(attempt, disk, access_point, server)
    return mounted(disk, root, rights, _identity(access_point))


def _reach(attempt: EfsAttempt) -> None:
    """Find the mount target of the task's zone, and get to it.

    The file system's name resolves to the mount target in the zone of who asks, in a VPC with DNS.
    Source: https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
    """
    place = network.of_task(attempt.task)
    target = _mount_target(attempt.file_system, place)
    if target is None or not _resolves_names(place):
        raise attempt.failed("no-mount-target", code=1, name=attempt.name)
    attempt.reach(place, network.of_mount_target(target, place.ec2))


def _mount_target(file_system: Any, place: network.Place) -> Any:
    targets = file_system.iter_mount_targets() if file_system is not None else ()
    return next(
        (
            each
            for each in targets
            if each.vpc_id == place.vpc_id
            and each.availability_zone_name == place.zone
            and each.life_cycle_state == "available"
        ),
        None,
    )


def _resolves_names(place: network.Place) -> bool:
    """Whether the VPC has both of its DNS attributes turned on."""
    vpc = place.ec2.vpcs[place.vpc_id]
    values = (vpc.enable_dns_support, vpc.enable_dns_hostnames)
    return all(str(each).lower() == "true" for each in values)  # moto: keeps texts and truths


def _access_point(attempt: EfsAttempt) -> Any:
    """moto's access point, or None where the volume names none; refuses one of another file
    system.
    """
    wanted = (attempt.configuration.get("authorizationConfig") or {}).get("accessPointId")
    if not wanted:
        return None
    found = attempt.backend.access_points.get(wanted)
    if found is None or found.file_system_id != attempt.file_system_id:
        raise attempt.failed("access-denied", server=OVER_TLS)
    return found


def _identity(access_point: Any) -> Identity | None:
    """The POSIX user that an access point enforces.

    Source: https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html
    """
    user = access_point.posix_user if access_point is not None else None
    if not user:
        return None
    groups = tuple(int(each) for each in user.get("SecondaryGids") or ())
    return Identity(int(user["Uid"]), int(user["Gid"]), groups)


def _root(attempt: EfsAttempt, disk: Disk, access_point: Any, server: str) -> str:
    """The folder that is mounted. It must be there, but for that of an access point which says
    how to make it.

    Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html,
    https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html
    """
    if access_point is None:
        path = str(attempt.configuration.get("rootDirectory") or "/")
        return attempt.root(disk, path, None, "no-root-directory", server)
    path, info = (access_point.root_directory.get(each) for each in ("Path", "CreationInfo"))
    creation = None
    if info:
        mode = int(str(info["Permissions"]), 8)
        creation = Creation(int(info["OwnerUid"]), int(info["OwnerGid"]), mode)
    return attempt.root(disk, path or "/", creation, "access-denied", server)
