"""Mounting a network file system for a task: what EFS and S3 Files have in common.

The mount helper of both finds a mount target, connects to it at port 2049, shows who asks, and
mounts a folder. Source:
https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecs_lab.aws import network
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
class Rights:
    """What a client may do: mount the file system, write, and be root."""

    mount: bool
    write: bool
    root: bool


@dataclass(frozen=True, slots=True)
class Creation:
    """How a folder that is missing is made: its owner and permissions."""

    uid: int
    gid: int
    mode: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to mount a file system for a task; `volume` is that of the task definition."""

    volumes: Volumes
    task: Task
    volume: Mapping[str, Any]

    @property
    def region(self) -> str:
        """The task's Region."""
        return self.task.arn.split(":")[3]

    @property
    def account_id(self) -> str:
        """The task's account."""
        return self.task.arn.split(":")[4]

    @property
    def role_arn(self) -> str:
        """The task role, which a definition with IAM authorization must have."""
        own = self.task.definition.document.get("taskRoleArn")
        return str(self.task.overrides.get("taskRoleArn") or own)

    def failed(self, key: str, code: int = 32, **values: object) -> CannotStartError:
        """What the task's stoppedReason says when the helper ends with an exit code."""
        stderr = text(key, **values)
        if self.task.launch_type == "FARGATE":
            return failure("fargate-mount", stderr=stderr, code=code)
        hangs = key == "timed-out"
        form = "instance-mount-hangs" if hangs else "instance-mount"
        return failure(form, stderr=stderr, docker_volume=docker_name(self.task, self.volume))

    def reach(self, source: network.Place, target: network.Place) -> None:
        """Connect to a mount target."""
        if network.obstacle(source, target, NFS_PORT) is not None:
            raise self.failed("timed-out")

    def root(self, disk: Disk, path: str, creation: Creation | None, key: str, server: str) -> str:
        """The folder that is mounted, made where it is missing and `creation` says how; `key` is
        the text where it does not, or cannot be made because a file is in the way.

        What is said of a file in the way is not on AWS's pages: the lab takes it for missing.
        """
        files = Files(disk)
        if not files.is_dir(path):
            if creation is None:
                raise self.failed(key, server=server, path=path)
            try:
                files.makedirs(path)
            except (FileExistsError, NotADirectoryError):
                raise self.failed(key, server=server, path=path) from None
            files.chown(path, creation.uid, creation.gid)
            files.chmod(path, creation.mode)
        return path


def docker_name(task: Task, volume: Mapping[str, Any]) -> str:
    """The name that the agent gives the Docker volume of a task: the end is random on AWS.

    Source: https://github.com/aws/amazon-ecs-agent/blob/master/agent/api/task/task.go
    """
    definition = task.definition
    return f"ecs-{definition.family}-{definition.revision}-{volume['name']}-{task.id[:20]}"


def mounted(disk: Disk, root: str, rights: Rights, identity: Identity | None) -> Mount:
    """The mount of somebody with these rights, who acts as `identity` if that is enforced."""
    if rights.root:
        return Mount("", disk, root, not rights.write, identity)
    if identity is not None and identity.uid == 0:
        identity = NOBODY
    return Mount("", disk, root, not rights.write, identity, NOBODY)
