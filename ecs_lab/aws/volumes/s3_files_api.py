"""The API of S3 Files, as far as tasks need it: file systems, mount targets, access points.

moto: has no S3 Files. Source:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_S3_Files.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from moto.moto_api._internal import mock_random
from moto.s3.models import s3_backends

from ecs_lab.aws.network import interfaces
from ecs_lab.aws.volumes.efs_backend import MOUNT_TARGET_CREATING_S
from ecs_lab.aws.volumes.s3_files import S3FileSystem, ec2_of, ec2_zone

if TYPE_CHECKING:
    from ecs_lab.aws.volumes.s3_files import S3Files

Answer = tuple[int, dict[str, str], bytes]
Shape = dict[str, Any]


class S3FilesError(Exception):
    """A refusal, with its HTTP status and code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the file systems, whose account and Region, what the path and body say."""

    files: S3Files
    account_id: str
    region: str
    id: str
    body: Mapping[str, Any]

    def file_system(self, id_or_arn: str) -> S3FileSystem:
        """A file system that is there."""
        found = self.files.file_systems.get(id_or_arn.rpartition("/")[2])
        if found is None:
            raise _missing("file system", id_or_arn)
        return found

    def holder(self, kind: str, id_or_arn: str) -> dict[str, Shape]:
        """The mount targets or access points that a thing of this id is among."""
        name = id_or_arn.rpartition("/")[2]
        for each in self.files.file_systems.values():
            things: dict[str, Shape] = getattr(each, kind)
            if name in things:
                return things
        raise _missing(kind.replace("_", " ").removesuffix("s"), id_or_arn)

    def arn(self, path: str) -> str:
        """An ARN of the Region's S3 Files."""
        return f"arn:aws:s3files:{self.region}:{self.account_id}:{path}"


def _missing(kind: str, name: str) -> S3FilesError:
    return S3FilesError(404, "ResourceNotFoundException", f"The {kind} {name} does not exist.")


def _create_file_system(call: Call) -> Shape:
    """Link a file system to a bucket, which must have versioning.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files-synchronization.html
    """
    arn = str(call.body["bucket"])
    bucket = s3_backends[call.account_id]["aws"].buckets.get(arn.rpartition(":")[2])
    if bucket is None:
        raise _missing("bucket", arn)
    if not bucket.is_versioned:
        raise S3FilesError(
            400,
            "ValidationException",
            f"The bucket {bucket.name} must have S3 Versioning enabled.",
        )
    file_system_id = f"fs-{mock_random.get_random_hex(17)}"
    asked = ("bucket", "prefix", "clientToken", "kmsKeyId", "roleArn", "tags")
    shape = {
        **{each: call.body[each] for each in asked if call.body.get(each)},
        "creationTime": call.files.volumes.world.now(),
        "fileSystemArn": call.arn(f"file-system/{file_system_id}"),
        "fileSystemId": file_system_id,
        "status": "available",
        "ownerId": call.account_id,
    }
    return call.files.add(shape).shape


def _delete_file_system(call: Call) -> Shape:
    found = call.file_system(call.id)
    if found.mount_targets or found.access_points:
        raise S3FilesError(
            409,
            "ConflictException",
            f"The file system {call.id} still has mount targets or access points: delete them "
            "first.",
        )
    call.files.remove(found)
    return {}


def _create_mount_target(call: Call) -> Shape:
    """One in each zone, in one VPC; it is available after a while."""
    found = call.file_system(call.body["fileSystemId"])
    ec2, subnet_id = ec2_of(call.account_id, call.region), call.body["subnetId"]
    zone = ec2_zone(ec2, subnet_id)
    if zone is None:
        raise _missing("subnet", subnet_id)
    subnet = ec2.subnets[zone][subnet_id]
    for each in found.mount_targets.values():
        if ec2_zone(ec2, each["subnetId"]) == zone or each["vpcId"] != subnet.vpc_id:
            raise S3FilesError(
                409,
                "ConflictException",
                f"The file system {found.shape['fileSystemId']} has a mount target in {zone}, or "
                "in another VPC, already.",
            )
    target_id = f"fsmt-{mock_random.get_random_hex(17)}"
    text = f"Mount target {target_id} for file system {found.shape['fileSystemId']}"
    groups = call.body.get("securityGroups")
    interface = interfaces.attach(ec2, subnet, text, groups, address=call.body.get("ipv4Address"))
    shape = {
        "availabilityZoneId": subnet.availability_zone_id,
        "ownerId": call.account_id,
        "mountTargetId": target_id,
        "fileSystemId": found.shape["fileSystemId"],
        "subnetId": subnet_id,
        "ipv4Address": interface.private_ip_address,
        "networkInterfaceId": interface.id,
        "vpcId": subnet.vpc_id,
        "securityGroups": [each.id for each in interface.group_set],
        "status": "creating",
    }
    found.mount_targets[target_id] = shape
    call.files.volumes.world.clock.schedule(MOUNT_TARGET_CREATING_S, _available, shape)
    return shape


def _available(shape: Shape) -> None:
    shape["status"] = "available"


def _delete_mount_target(call: Call) -> Shape:
    gone = call.holder("mount_targets", call.id).pop(call.id)
    interfaces.detach(ec2_of(call.account_id, call.region), gone["networkInterfaceId"])
    return {}


def _create_access_point(call: Call) -> Shape:
    found = call.file_system(call.body["fileSystemId"])
    point_id = f"fsap-{mock_random.get_random_hex(17)}"
    file_system_id = found.shape["fileSystemId"]
    asked = ("posixUser", "rootDirectory", "tags")
    shape = {
        **{each: call.body[each] for each in asked if call.body.get(each)},
        "accessPointArn": call.arn(f"file-system/{file_system_id}/access-point/{point_id}"),
        "accessPointId": point_id,
        "clientToken": call.body.get("clientToken", ""),
        "fileSystemId": file_system_id,
        "status": "available",
        "ownerId": call.account_id,
    }
    found.access_points[point_id] = shape
    return shape


def _delete_access_point(call: Call) -> Shape:
    call.holder("access_points", call.id).pop(call.id.rpartition("/")[2])
    return {}


def _listed(call: Call, kind: str, name: str) -> Shape:
    wanted = call.body.get("fileSystemId")
    among = [call.file_system(wanted)] if wanted else list(call.files.file_systems.values())
    return {name: [shape for each in among for shape in getattr(each, kind).values()]}


OPERATIONS: dict[str, tuple[int, Callable[[Call], Shape]]] = {
    "PUT /file-systems": (201, _create_file_system),
    "GET /file-systems": (
        200,
        lambda call: {"fileSystems": [each.shape for each in call.files.file_systems.values()]},
    ),
    "GET /file-systems/*": (200, lambda call: call.file_system(call.id).shape),
    "DELETE /file-systems/*": (204, _delete_file_system),
    "PUT /mount-targets": (200, _create_mount_target),
    "GET /mount-targets": (200, lambda call: _listed(call, "mount_targets", "mountTargets")),
    "GET /mount-targets/*": (200, lambda call: call.holder("mount_targets", call.id)[call.id]),
    "DELETE /mount-targets/*": (204, _delete_mount_target),
    "PUT /access-points": (200, _create_access_point),
    "GET /access-points": (200, lambda call: _listed(call, "access_points", "accessPoints")),
    "GET /access-points/*": (200, lambda call: call.holder("access_points", call.id)[call.id]),
    "DELETE /access-points/*": (204, _delete_access_point),
}
NOT_SIMULATED = ("/policy", "/synchronization-configuration")
_HOST = re.compile(r"s3files\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com|api\.aws)")


def answer(files: S3Files, account_id: str, method: str, url: str, body: bytes) -> Answer | None:
    """Answer a request to S3 Files; None where it is for another service, or for an operation
    that the lab does not do.
    """
    parts = urlsplit(url)
    host = _HOST.fullmatch(parts.hostname or "")
    kind, _, name = unquote(parts.path).strip("/").partition("/")
    found = OPERATIONS.get(f"{method} /{kind}/*" if name else f"{method} /{kind}")
    if host is None or found is None or name.endswith(NOT_SIMULATED):
        return None
    asked = json.loads(body) if body else {k: v[0] for k, v in parse_qs(parts.query).items()}
    status, operation = found
    try:
        shape = operation(Call(files, account_id, host["region"], name, asked))
    except S3FilesError as error:
        told = {"errorCode": error.code, "message": str(error)}
        headers = {"Content-Type": "application/json", "x-amzn-errortype": error.code}
        return error.status, headers, json.dumps(told).encode()
    return status, {"Content-Type": "application/json"}, json.dumps(shape).encode()
