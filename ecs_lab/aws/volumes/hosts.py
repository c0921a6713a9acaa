"""What lies on the disks of container instances: folders that tasks mount, and Docker volumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.volumes.failures import failure
from ecs_lab.engine.model import ContainerInstance, Task
from ecs_lab.runtime.files import Disk, Files, Mount, Space

if TYPE_CHECKING:
    from ecs_lab.aws.volumes.volumes import Volumes

ROOT_VOLUME_BYTES = 30 << 30
"""The disk that the ECS-optimized AMIs come with.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-ami-storage-config.html
"""


@dataclass(slots=True, eq=False)
class Host:
    """One instance's disk, and its Docker volumes that outlive tasks, by name."""

    space: Space
    disk: Disk
    volumes: dict[str, Disk] = field(default_factory=dict)


class Hosts:
    """The disks of all container instances."""

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes
        self._hosts: dict[str, Host] = {}

    def of(self, instance: ContainerInstance) -> Host:
        """The instance's disk: the same for as long as the EC2 instance lives."""
        if instance.ec2_instance_id not in self._hosts:
            space = Space(ROOT_VOLUME_BYTES)
            self._hosts[instance.ec2_instance_id] = Host(space, self._volumes.disk(space))
        return self._hosts[instance.ec2_instance_id]

    def folder(self, instance: ContainerInstance, source_path: str) -> Mount:
        """A folder of the instance; Docker makes it when it is not there.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HostVolumeProperties.html
        """
        disk = self.of(instance).disk
        files = Files(disk)
        if not files.exists(source_path):
            files.makedirs(source_path)
        return Mount("", disk, root=source_path)

    def shared_volume(
        self, task: Task, instance: ContainerInstance, name: str, wanted: Mapping[str, Any]
    ) -> Mount:
        """A Docker volume that tasks share and that outlives them.

        It must be there, unless `autoprovision` has it made.
        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html
        """
        host = self.of(instance)
        if name not in host.volumes:
            if not wanted.get("autoprovision"):
                raise failure("no-shared-volume", task=task.arn, volume=name)
            host.volumes[name] = self._volumes.disk(host.space)
        return Mount("", host.volumes[name])
