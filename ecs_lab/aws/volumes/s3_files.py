"""S3 Files: file systems that are linked to a bucket, and what keeps the two alike.

What is written to the file system becomes a new version of an object after a while; what changes
in the bucket is seen in the file system at once. Where both have changed, the bucket wins.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files-synchronization.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.s3.models import FakeKey, s3_backends

from ecs_lab.aws import network
from ecs_lab.aws.volumes.attempts import OVER_TLS, Attempt, Creation, Rights, mounted
from ecs_lab.engine.clock import Event
from ecs_lab.engine.model import Task
from ecs_lab.runtime.files import Disk, Files, Identity, Mount

if TYPE_CHECKING:
    from ecs_lab.aws.volumes.volumes import Volumes

EXPORT_AFTER_S = 60.0
"""How long changes wait before they go to the bucket together; typical, AWS gives no number."""


@dataclass(slots=True, eq=False)
class S3FileSystem:
    """A file system over the objects of a bucket whose keys begin with `prefix`.

    `synced` has the ETag and the time of change with which each path last was in both places.
    """

    shape: dict[str, Any]
    disk: Disk
    mount_targets: dict[str, dict[str, Any]] = field(default_factory=dict)
    access_points: dict[str, dict[str, Any]] = field(default_factory=dict)
    synced: dict[str, tuple[str, float]] = field(default_factory=dict)
    export: Event | None = None
    importing: bool = False

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return str(self.shape["bucket"]).rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """What the keys begin with; may be empty."""
        return str(self.shape.get("prefix") or "")


class S3Files:
    """The S3 Files file systems of one lab."""

    def __init__(self, volumes: Volumes) -> None:
        self.volumes = volumes
        self.file_systems: dict[str, S3FileSystem] = {}

    def add(self, shape: dict[str, Any]) -> S3FileSystem:
        """A new file system, with what is in the bucket now."""
        made = S3FileSystem(shape, self.volumes.disk())
        made.disk.changed = partial(self._changed, made)
        self.file_systems[shape["fileSystemId"]] = made
        self._import(made)
        return made

    def remove(self, file_system: S3FileSystem) -> None:
        """Forget a file system; the objects stay in the bucket."""
        self.volumes.world.clock.cancel(file_system.export)
        file_system.disk.changed = _nobody
        file_system.disk.erase()
        del self.file_systems[file_system.shape["fileSystemId"]]

    def observe(self) -> None:
        """See what became of the objects."""
        for each in self.file_systems.values():
            self._import(each)

    def mount(self, task: Task, volume: dict[str, Any]) -> Mount:
        """Mount a volume's file system for a task, with its task role; raises CannotStartError.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-s3files-config.html
        """
        attempt = Attempt(self.volumes, task, volume)
        configuration = volume["s3filesVolumeConfiguration"]
        file_system_id = configuration["fileSystemArn"].rpartition("/")[2]
        found = self.file_systems.get(file_system_id)
        place = network.of_task(task)
        target = _target_in(found, place)
        if found is None or target is None:
            zones = {each.name: each.zone_id for each in place.ec2.describe_availability_zones()}
            zone_id = zones.get(str(place.zone))
            name = f"{zone_id}.{file_system_id}.s3files.{attempt.region}.on.aws"
            raise attempt.failed("no-s3-files-mount-target", code=1, name=name)
        interface = place.ec2.enis[target["networkInterfaceId"]]
        mount_target = f"the mount target {target['mountTargetId']}"
        attempt.reach(place, network.of_interface(interface, mount_target))
        point = self._access_point(attempt, found, configuration.get("accessPointArn"))
        path, creation = _root(configuration, point)
        rights = self._rights(attempt, found, point)
        if not rights.mount:
            raise attempt.failed("s3-files-access-denied", server=OVER_TLS, path=path)
        root = attempt.root(found.disk, path, creation, "no-root-directory", OVER_TLS)
        return mounted(found.disk, root, rights, _identity(point))

    def _access_point(self, attempt: Attempt, found: S3FileSystem, arn: str | None) -> Any:
        if arn is None:
            return None
        point = found.access_points.get(arn.rpartition("/")[2])
        if point is None:
            raise attempt.failed("s3-files-access-denied", server=OVER_TLS, path="/")
        return point

    def _rights(self, attempt: Attempt, found: S3FileSystem, point: Any) -> Rights:
        """What the task role allows on the file system.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files-prereq-policies.html
        """
        access, arn = self.volumes.world.access, found.shape["fileSystemArn"]
        context = {"s3files:AccessPointArn": point["accessPointArn"]} if point else {}
        mount, write, root = (
            access.decide(
                attempt.role_arn,
                f"s3files:Client{action}",
                arn,
                context,
                session_name=attempt.task.id,
            ).allowed
            for action in ("Mount", "Write", "RootAccess")
        )
        return Rights(mount, write, root)

    # Keeping both alike

    def _changed(self, file_system: S3FileSystem) -> None:
        """The file system has been written to: it goes to the bucket with what follows soon."""
        if not file_system.importing and file_system.export is None:
            clock = self.volumes.world.clock
            file_system.export = clock.schedule(EXPORT_AFTER_S, self._export, file_system)

    def _import(self, file_system: S3FileSystem) -> None:
        """Let the file system hold what is in the bucket, where that has changed."""
        if not self._role_may(file_system, "GetObject"):
            return
        file_system.importing = True
        objects = dict(_objects(file_system))
        files = Files(file_system.disk)
        for path, key in objects.items():
            if file_system.synced.get(path, ("",))[0] != key.etag:
                with suppress(OSError):  # a key that is no path, or a full disk
                    files.makedirs(path.rpartition("/")[0] or "/", exist_ok=True)
                    files.write_bytes(path, key.value)
                    file_system.synced[path] = (key.etag, files.stat(path).st_mtime)
        for path in [each for each in file_system.synced if each not in objects]:
            with suppress(OSError):
                files.remove(path)
            del file_system.synced[path]
        file_system.importing = False

    def _export(self, file_system: S3FileSystem) -> None:
        """Let the bucket hold what is in the file system, where that has changed."""
        file_system.export = None
        bucket = s3_backends[self._account_id]["aws"].buckets.get(file_system.bucket)
        if bucket is None or not self._role_may(file_system, "PutObject"):
            return
        backend, files = s3_backends[self._account_id]["aws"], Files(file_system.disk)
        there = dict(_paths(files, "/"))
        for path, at_s in there.items():
            if file_system.synced.get(path, ("", None))[1] != at_s:
                key = backend.put_object(
                    bucket.name, file_system.prefix + path[1:], files.read_bytes(path)
                )
                file_system.synced[path] = (key.etag, at_s)
        for path in [each for each in file_system.synced if each not in there]:
            backend.delete_object(bucket.name, file_system.prefix + path[1:])
            del file_system.synced[path]

    def _role_may(self, file_system: S3FileSystem, action: str) -> bool:
        """Whether the file system's role lets S3 Files do this to the objects."""
        arn = f"{file_system.shape['bucket']}/{file_system.prefix}*"
        return self.volumes.world.access.allows(file_system.shape["roleArn"], f"s3:{action}", arn)

    @property
    def _account_id(self) -> str:
        return self.volumes.world.ecs.state.account_id


def _nobody() -> None:
    """Who hears of changes to a file system that is gone."""


def _objects(file_system: S3FileSystem) -> Iterator[tuple[str, FakeKey]]:
    """The latest versions of a file system's objects, by path."""
    account = str(file_system.shape["ownerId"])
    bucket = s3_backends[account]["aws"].buckets.get(file_system.bucket)
    for name, key in bucket.keys.items() if bucket is not None else ():
        if isinstance(key, FakeKey) and name.startswith(file_system.prefix) and name[-1] != "/":
            yield "/" + name.removeprefix(file_system.prefix).lstrip("/"), key


def _paths(files: Files, folder: str) -> Iterator[tuple[str, float]]:
    """The path and time of change of each file."""
    folders = [folder]
    while folders:
        here = folders.pop()
        for name in files.listdir(here):
            path = f"{here.rstrip('/')}/{name}"
            if files.is_dir(path):
                folders.append(path)
            else:
                yield path, files.stat(path).st_mtime


def _target_in(found: S3FileSystem | None, place: network.Place) -> dict[str, Any] | None:
    targets = found.mount_targets.values() if found is not None else ()
    return next(
        (
            each
            for each in targets
            if each["status"] == "available"
            and each["vpcId"] == place.vpc_id
            and ec2_zone(place.ec2, each["subnetId"]) == place.zone
        ),
        None,
    )


def ec2_zone(ec2: Any, subnet_id: str) -> str | None:
    """The zone of a subnet of moto's, or None where there is none of that id."""
    return next((zone for zone, found in ec2.subnets.items() if subnet_id in found), None)


def _root(configuration: dict[str, Any], point: Any) -> tuple[str, Creation | None]:
    if point is None:
        return str(configuration.get("rootDirectory") or "/"), None
    wanted = point.get("rootDirectory") or {}
    info = wanted.get("creationPermissions")
    creation = None
    if info:
        mode = int(str(info["permissions"]), 8)
        creation = Creation(int(info["ownerUid"]), int(info["ownerGid"]), mode)
    return str(wanted.get("path") or "/"), creation


def _identity(point: Any) -> Identity | None:
    user = (point or {}).get("posixUser")
    if not user:
        return None
    return Identity(int(user["uid"]), int(user["gid"]), tuple(user.get("secondaryGids") or ()))


def ec2_of(account_id: str, region: str) -> Any:
    """moto's EC2 of a Region."""
    return ec2_backends[account_id][region]
