"""`World.volumes`: what each task of a lab mounts, and what its containers see of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.volumes import efs, s3_files_api
from ecs_lab.aws.volumes.attempts import docker_name
from ecs_lab.aws.volumes.ebs import EbsVolumes
from ecs_lab.aws.volumes.failures import failure
from ecs_lab.aws.volumes.hosts import Hosts
from ecs_lab.aws.volumes.s3_files import S3Files
from ecs_lab.engine.model import Container, Task
from ecs_lab.runtime.files import Disk, Files, Mount, Space
from ecs_lab.runtime.files.space import IN_MEMORY_BYTES
from ecs_lab.runtime.files.users import user_of

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

GIB, MIB = 1 << 30, 1 << 20
FARGATE_EPHEMERAL_GIB = 20
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html"""

SYSTEM_FOLDERS = {"etc": 0o755, "home": 0o755, "root": 0o700, "tmp": 0o1777, "var": 0o755}
"""What is in a container before its program writes anything."""


@dataclass(slots=True, eq=False)
class TaskFiles:
    """What one task has: room for what its containers write, its volumes by name (mounts without
    a path yet), and disks of its own: by container and path, or by volume.
    """

    space: Space
    volumes: dict[str, Mount] = field(default_factory=dict)
    own: dict[tuple[str, str], Disk] = field(default_factory=dict)


class Volumes:
    """The volumes and files of one lab."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._memory = Space(IN_MEMORY_BYTES)
        self._tasks: dict[str, TaskFiles] = {}
        self._efs: dict[str, Disk] = {}
        self._hosts = Hosts(self)
        self._ebs = EbsVolumes(self)
        self._s3_files = S3Files(self)

    def mount_all(self, task: Task) -> None:
        """Get ready the volumes of a task's definition; raises CannotStartError with AWS's text."""
        files = self._tasks[task.arn] = TaskFiles(self._space(task))
        for volume in task.definition.document.get("volumes") or []:
            files.volumes[volume.get("name", "")] = self._volume(task, files, volume)

    def files_of(self, task: Task, container: Container) -> Files:
        """The files as a container sees them; raises KeyError for a task that has not been
        prepared or is over.
        """
        files, definition = self._tasks[task.arn], container.definition
        if (container.name, "/") not in files.own:
            files.own[container.name, "/"] = self._root(files.space)
        mounts = [
            *_mounts(task, definition, files.volumes),
            *self._tmpfs(container.name, definition, files),
        ]
        return Files(
            files.own[container.name, "/"],
            mounts,
            user_of(definition.get("user")),
            definition.get("workingDirectory") or "/",
            read_only=bool(definition.get("readonlyRootFilesystem")),
        )

    def task_ended(self, task: Task) -> None:
        """Forget what only the task had, and give its room back."""
        files = self._tasks.pop(task.arn, None)
        for disk in files.own.values() if files is not None else ():
            disk.erase()
        self._ebs.task_ended(task)

    def observe(self) -> None:
        """See what became of EC2's volumes and snapshots, and of objects in S3."""
        self._ebs.observe()
        self._s3_files.observe()

    def answer_s3_files(self, method: str, url: str, body: bytes) -> s3_files_api.Answer | None:
        """Answer a request to S3 Files; None where it is for another service."""
        account_id = self.world.ecs.state.account_id
        return s3_files_api.answer(self._s3_files, account_id, method, url, body)

    def disk(self, space: Space | None = None) -> Disk:
        """A new file system in the lab's time and memory."""
        return Disk(self.world.now, space or Space(), self._memory)

    def efs_disk(self, file_system_id: str) -> Disk:
        """What is on an EFS file system."""
        if file_system_id not in self._efs:
            self._efs[file_system_id] = self.disk()
        return self._efs[file_system_id]

    def tasks_that_mount(self, file_system_id: str) -> list[str]:
        """The ARNs of the tasks that have an EFS file system mounted."""
        disk = self._efs.get(file_system_id)
        return [
            arn
            for arn, files in self._tasks.items()
            if any(each.disk is disk for each in files.volumes.values())
        ]

    def efs_bytes(self, file_system_id: str) -> int:
        """How much is on an EFS file system."""
        disk = self._efs.get(file_system_id)
        return disk.space.used_bytes if disk is not None else 0

    def file_system_deleted(self, file_system_id: str) -> None:
        """All that was on an EFS file system is gone."""
        disk = self._efs.pop(file_system_id, None)
        if disk is not None:
            disk.erase()

    def _space(self, task: Task) -> Space:
        """Fargate gives a task storage of its own; on EC2 all share the instance's disk.

        On AWS images take a part of it; those of the lab have no size.
        """
        if task.container_instance is not None:
            return self._hosts.of(task.container_instance).space
        asked = task.definition.document.get("ephemeralStorage") or {}
        return Space(asked.get("sizeInGiB", FARGATE_EPHEMERAL_GIB) * GIB)

    def _volume(self, task: Task, files: TaskFiles, volume: dict[str, Any]) -> Mount:
        if volume.get("efsVolumeConfiguration"):
            return efs.mount(self, task, volume)
        if volume.get("s3filesVolumeConfiguration"):
            return self._s3_files.mount(task, volume)
        if volume.get("configuredAtLaunch"):
            return self._ebs.mount(task)
        source = (volume.get("host") or {}).get("sourcePath")
        instance = task.container_instance
        docker = volume.get("dockerVolumeConfiguration") or {}
        if instance is not None and source:
            return self._hosts.folder(instance, source)
        if docker.get("driver") not in (None, "local"):
            raise failure(
                "no-volume-driver",
                driver=docker["driver"],
                docker_volume=docker_name(task, volume),
            )
        if instance is not None and docker.get("scope") == "shared":
            return self._hosts.shared_volume(task, instance, volume["name"], docker)
        disk = files.own["", volume.get("name", "")] = self.disk(files.space)
        return Mount("", disk)

    def _root(self, space: Space) -> Disk:
        disk = self.disk(space)
        for name, mode in SYSTEM_FOLDERS.items():
            disk.make([name], mode=mode, folder=True)
        return disk

    def _tmpfs(self, name: str, definition: Mapping[str, Any], files: TaskFiles) -> Iterator[Mount]:
        """Folders of a container that are kept in memory: on EC2 only.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
        """
        for each in (definition.get("linuxParameters") or {}).get("tmpfs") or []:
            path = each["containerPath"]
            if (name, path) not in files.own:
                disk = files.own[name, path] = self.disk(Space(each["size"] * MIB))
                disk.root.mode = 0o1777
            read_only = "ro" in (each.get("mountOptions") or [])
            yield Mount(path, files.own[name, path], read_only=read_only)


def _mounts(
    task: Task, definition: Mapping[str, Any], volumes: Mapping[str, Mount]
) -> Iterator[Mount]:
    """What a container mounts: by its mount points, and those of the containers in volumesFrom.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    for point in definition.get("mountPoints") or []:
        volume = volumes[point["sourceVolume"]]
        read_only = volume.read_only or bool(point.get("readOnly"))
        yield replace(volume, path=point["containerPath"], read_only=read_only)
    for each in definition.get("volumesFrom") or []:
        other = next(c for c in task.containers if c.name == each["sourceContainer"])
        for mount in _mounts(task, other.definition, volumes):
            yield replace(mount, read_only=mount.read_only or bool(each.get("readOnly")))
