"""EFS of the lab: moto's, with mount targets that take their time, and AWS's errors where moto
fails. What moto does is listed in docs/moto-findings.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.exceptions import InvalidSubnetIdError
from moto.efs import urls
from moto.efs.exceptions import AccessPointNotFound, EFSError, FileSystemNotFound
from moto.efs.models import AccessPoint, EFSBackend, MountTarget, efs_backends
from moto.efs.responses import EFSResponse

from ecs_lab.aws.moto_state import MotoState
from ecs_lab.aws.network.addresses import free_address

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

MOUNT_TARGET_CREATING_S = 60.0
"""AWS says that it takes up to a few minutes; this is typical.

Source: https://docs.aws.amazon.com/efs/latest/ug/manage-fs-access-create-delete-mount-targets.html
"""


class EfsConflict(EFSError):  # noqa: N818 - its name goes to nobody; the code is AWS's
    """A request that what is there forbids."""

    code = 409


class EfsBadRequest(EFSError):  # noqa: N818 - its name goes to nobody; the code is AWS's
    """A request that cannot be right."""

    code = 400


class LabEfs(EFSBackend):
    """moto's backend in the lab's time."""

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    def create_mount_target(
        self,
        file_system_id: str,
        subnet_id: str,
        ip_address: str | None = None,
        security_groups: list[str] | None = None,
    ) -> MountTarget:
        """Make a mount target, which is available a minute later.

        Source: https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
        """
        file_system = self._known(file_system_id)
        subnet = self._subnet(subnet_id)
        if subnet is not None:
            _check_one_zone(file_system, subnet)
            # moto: chooses a random address, and fails with 500 where one is in use.
            ip_address = _address(subnet, ip_address)
        made = super().create_mount_target(file_system_id, subnet_id, ip_address, security_groups)
        interface = self.ec2_backend.enis[made.network_interface_id]
        # moto: makes the interface as if a user had asked for it.
        interface.description = (
            f"Mount target {made.mount_target_id} for file system {file_system_id}"
        )
        interface.requester_managed = True
        interface.status = "in-use"
        world = _world()
        if world is not None:
            made.life_cycle_state = "creating"  # moto: is available at once
            world.clock.schedule(MOUNT_TARGET_CREATING_S, _available, made)
        return made

    def delete_file_system(self, file_system_id: str) -> None:
        """Delete a file system, all that is on it, and its access points."""
        super().delete_file_system(file_system_id)
        points = self.describe_access_points(None, file_system_id)
        for each in points:  # moto: keeps the access points of a file system that is gone
            del self.access_points[each.access_point_id]
        world = _world()
        if world is not None:
            world.volumes.file_system_deleted(file_system_id)

    def describe_file_systems(self, *args: Any, **kwargs: Any) -> Any:
        """File systems with the size of what is on them."""
        marker, found = super().describe_file_systems(*args, **kwargs)
        world = _world()
        if world is not None:
            for each in found:
                # moto: every file system is empty.
                each._size_value = world.volumes.efs_bytes(each.file_system_id)  # noqa: SLF001
        return marker, found

    def describe_mount_targets(
        self,
        max_items: int,
        file_system_id: str | None,
        mount_target_id: str | None,
        access_point_id: str | None,
        marker: str | None,
    ) -> Any:
        """Mount targets; those of an access point that is not there are refused."""
        if access_point_id is not None and access_point_id not in self.access_points:
            raise AccessPointNotFound(access_point_id)  # moto: fails with 500
        return super().describe_mount_targets(
            max_items, file_system_id, mount_target_id, access_point_id, marker
        )

    def create_access_point(self, client_token: str, *args: Any, **kwargs: Any) -> AccessPoint:
        """Make an access point of a file system that is there, once for a client token.

        Source: https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html
        """
        # moto: asks neither for the file system nor for the token.
        self._known(kwargs["file_system_id"])
        for each in self.access_points.values():
            if client_token and each.client_token == client_token:
                raise EfsConflict(
                    "AccessPointAlreadyExists",
                    f"Access point {each.access_point_id} already exists with creation token "
                    f"{client_token}",
                )
        return super().create_access_point(client_token, *args, **kwargs)

    def delete_access_point(self, access_point_id: str) -> None:
        """Delete an access point that is there."""
        if access_point_id not in self.access_points:
            raise AccessPointNotFound(access_point_id)  # moto: says nothing
        super().delete_access_point(access_point_id)

    def describe_file_system_policy(self, file_system_id: str) -> str:
        """The policy of a file system that is there."""
        self._known(file_system_id)  # moto: fails with 500
        return super().describe_file_system_policy(file_system_id)

    def put_file_system_policy(self, file_system_id: str, *args: Any, **kwargs: Any) -> None:
        """Give a file system that is there a policy."""
        self._known(file_system_id)  # moto: fails with 500
        super().put_file_system_policy(file_system_id, *args, **kwargs)

    def delete_file_system_policy(self, file_system_id: str) -> None:
        """Take a file system's policy away: then the default holds, which lets everybody in.

        Source: https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystemPolicy.html
        """
        self._known(file_system_id).file_system_policy = None

    def describe_backup_policy(self, file_system_id: str) -> dict[str, str]:
        """The backup policy of a file system that is there."""
        self._known(file_system_id)  # moto: fails with 500
        return super().describe_backup_policy(file_system_id)

    def _known(self, file_system_id: str) -> Any:
        if file_system_id not in self.file_systems_by_id:
            raise FileSystemNotFound(file_system_id)
        return self.file_systems_by_id[file_system_id]

    def _subnet(self, subnet_id: str) -> Any:
        try:
            return self.ec2_backend.get_subnet(subnet_id)
        except InvalidSubnetIdError:
            return None  # moto answers that one as AWS does


def _world() -> World | None:
    """The world of the lab that is in moto's tables."""
    return MotoState.current.owner if MotoState.current is not None else None


def _check_one_zone(file_system: Any, subnet: Any) -> None:
    """A One Zone file system has its one mount target in its own zone.

    Source: https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
    """
    zone = file_system.availability_zone_name
    if zone and zone != subnet.availability_zone:
        raise EfsBadRequest(
            "AvailabilityZonesMismatch",
            f"The Availability Zone of the subnet, {subnet.availability_zone}, is not that of the "
            f"file system: {zone}.",
        )


def _address(subnet: Any, wanted: str | None) -> str | None:
    if wanted is None:
        found = free_address(subnet)
        if found is None:
            raise EfsConflict(
                "NoFreeAddressesInSubnet", "The specified subnet has no free addresses"
            )
        return found
    if wanted in subnet._subnet_ips:  # noqa: SLF001 - moto: there is no public list of them
        raise EfsConflict("IpAddressInUse", f"IP address {wanted} is already in use")
    return wanted


def _available(target: MountTarget) -> None:
    target.life_cycle_state = "available"


def _delete_file_system_policy(response: EFSResponse) -> tuple[str, dict[str, str]]:
    backend: Any = response.efs_backend
    backend.delete_file_system_policy(response.path.split("/")[-2])
    return "", {"Content-Type": "application/json"}


def install() -> None:
    """Let moto make backends of our class from now on, and answer what it does not know."""
    efs_backends.backend = LabEfs
    name = "delete_file_system_policy"  # moto: has no such operation
    setattr(EFSResponse, name, _delete_file_system_policy)
