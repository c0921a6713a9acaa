"""Mounting EFS: what the mount helper does for a task, step by step, and where it can fail.

It resolves the file system's name in the task's zone, connects to the mount target at port 2049,
shows who asks, and mounts a folder.
Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html,
https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.efs.models import efs_backends

from ecs_lab.aws import network
from ecs_lab.aws.volumes import efs_access
from ecs_lab.aws.volumes.failures import failure, text
from ecs_lab.engine.model import Task
from ecs_lab.engine.surroundings import CannotStartError
from ecs_lab.runtime.files import Disk, Files, Identity, Mount

if TYPE_CHECKING:
    from ecs_lab.aws.volumes.volumes import Volumes

NFS_PORT = 2049
OVER_TLS = "127.0.0.1"
"""Where the helper's own end of the encrypted tunnel listens."""
NOBODY = Identity(65534, 65534)
"""Who root becomes where it may not be root.

Source: https://docs.aws.amazon.com/efs/latest/ug/accessing-fs-nfs-permissions.html
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to mount a file system for a task; `volume` is that of the task definition."""

    volumes: Volumes
    task: Task
    volume: Mapping[str, Any]

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The volume's efsVolumeConfiguration."""
        found: Mapping[str, Any] = self.volume["efsVolumeConfiguration"]
        return found

    @property
    def region(self) -> str:
        """The task's Region."""
        return self.task.arn.split(":")[3]

    @property
    def backend(self) -> Any:
        """moto's EFS of the task's Region."""
        return efs_backends[self.task.arn.split(":")[4]][self.region]

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

    def failed(self, key: str, code: int = 32, **values: object) -> CannotStartError:
        """What the task's stoppedReason says when the helper ends with an exit code."""
        stderr = text(key, **values)
        if self.task.launch_type == "FARGATE":
            return failure("fargate-mount", stderr=stderr, code=code)
        hangs = key == "timed-out"
        form = "instance-mount-hangs" if hangs else "instance-mount"
        return failure(form, stderr=stderr, docker_volume=docker_name(self.task, self.volume))


def docker_name(task: Task, volume: Mapping[str, Any]) -> str:
    """The name that the agent gives the Docker volume of a task: the end is random on AWS.

    Source: https://github.com/aws/amazon-ecs-agent/blob/master/agent/api/task/task.go
    """
    definition = task.definition
    return f"ecs-{definition.family}-{definition.revision}-{volume['name']}-{task.id[:20]}"


def mount(volumes: Volumes, task: Task, volume: Mapping[str, Any]) -> Mount:
    """Mount a volume's file system for a task; raises CannotStartError."""
    attempt = Attempt(volumes, task, volume)
    _reach(attempt)
    access_point = _access_point(attempt)
    rights = efs_access.rights(attempt, access_point)
    if rights is None:
        raise attempt.failed("no-credentials", code=1)
    server = OVER_TLS if attempt.encrypted else attempt.name
    if not rights.mount:
        raise attempt.failed("access-denied", server=server)
    disk = volumes.efs_disk(attempt.file_system_id)
    identity = _identity(access_point)
    root = _root(attempt, disk, access_point, server)
    squashed = None if rights.root else NOBODY
    if squashed and identity is not None and identity.uid == 0:
        identity = squashed
    mounted = Mount("", disk, root, not rights.write, identity)
    if squashed:
        mounted.root_acts_as = squashed
    return mounted


def _reach(attempt: Attempt) -> None:
    """Find the mount target of the task's zone, and get to it.

    The file system's name resolves to the mount target in the zone of who asks, in a VPC with DNS.
    Source: https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
    """
    place = network.of_task(attempt.task)
    target = _mount_target(attempt.file_system, place)
    if target is None or not _resolves_names(place):
        raise attempt.failed("no-mount-target", code=1, name=attempt.name)
    target_place = network.of_mount_target(target, place.ec2)
    if network.obstacle(place, target_place, NFS_PORT) is not None:
        raise attempt.failed("timed-out")


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


def _access_point(attempt: Attempt) -> Any:
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


def _root(attempt: Attempt, disk: Disk, access_point: Any, server: str) -> str:
    """The folder that is mounted. It must be there, but for that of an access point which says
    how to make it.

    Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html,
    https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html
    """
    files = Files(disk)
    if access_point is None:
        path = str(attempt.configuration.get("rootDirectory") or "/")
        if not files.is_dir(path):
            raise attempt.failed("no-root-directory", server=server, path=path)
        return path
    path = str(access_point.root_directory.get("Path") or "/")
    if not files.is_dir(path):
        info = access_point.root_directory.get("CreationInfo")
        if not info:
            raise attempt.failed("access-denied", server=server)
        files.makedirs(path)
        files.chown(path, int(info["OwnerUid"]), int(info["OwnerGid"]))
        files.chmod(path, int(str(info["Permissions"]), 8))
    return path
