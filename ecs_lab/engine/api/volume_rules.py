"""What RunTask, StartTask, CreateService and UpdateService check about volumes: the platform
version that they need, and the EBS volume that is configured at launch.

AWS documents the rules, not the texts of refusals: those here are the lab's.
Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskManagedEBSVolumeConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecs_lab.engine.api.registry import Request
from ecs_lab.engine.errors import (
    InvalidParameterException,
    PlatformTaskDefinitionIncompatibilityException,
)
from ecs_lab.engine.model import Document, TaskDefinition

SIZES_GIB = {
    "gp2": (1, 16_384),
    "gp3": (1, 16_384),
    "io1": (4, 16_384),
    "io2": (4, 16_384),
    "st1": (125, 16_384),
    "sc1": (125, 16_384),
    "standard": (1, 1_024),
}
IOPS = {"gp3": (3_000, 16_000), "io1": (100, 64_000), "io2": (100, 256_000)}
NEEDS_IOPS = ("io1", "io2")
THROUGHPUT_MIBPS = (125, 1_000)
"""The most is ECS's, the least is EBS's: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"""

DEFAULT_TYPE = "gp3"
"""AWS's pages do not say what a volume without a type is; the lab takes what its console does."""

MOST_TAGS = 48
RESERVED_TAGS = ("AmazonECSCreated", "AmazonECSManaged")
OLD_PLATFORM = "1.3.0"
NOT_ON_OLD_PLATFORM = ("efsVolumeConfiguration", "s3filesVolumeConfiguration", "configuredAtLaunch")


def check_platform(definition: TaskDefinition, platform_version: str | None) -> None:
    """EFS, S3 Files and EBS volumes, and an amount of ephemeral storage, want Fargate's Linux
    platform version 1.4.0 or later.

    Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html
    and https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html
    """
    wanted = [volume.get(each) for volume in _volumes(definition) for each in NOT_ON_OLD_PLATFORM]
    wanted.append(definition.document.get("ephemeralStorage"))
    if platform_version == OLD_PLATFORM and any(wanted):
        raise PlatformTaskDefinitionIncompatibilityException(
            "The specified platform version doesn't satisfy the required capabilities of the task "
            "definition."
        )


def configured_volume(
    request: Request, definition: TaskDefinition, launch_type: str
) -> Document | None:
    """The checked configuration of the volume that the definition leaves to the launch, or None:
    {"name": ..., "managedEBSVolume": {...}}.
    """
    configurations = request.get("volumeConfigurations") or []
    left = [each["name"] for each in _volumes(definition) if each.get("configuredAtLaunch")]
    if not configurations:
        if left:
            raise InvalidParameterException(
                f"The volume '{left[0]}' is configured at launch: give its configuration in "
                "volumeConfigurations."
            )
        return None
    if len(configurations) > 1:
        raise InvalidParameterException("A task can have one volume that is configured at launch.")
    found: Document = configurations[0]
    if found["name"] not in left:
        raise InvalidParameterException(
            f"The volume '{found['name']}' of volumeConfigurations is not one that the task "
            "definition has with configuredAtLaunch set to true."
        )
    _check_ebs(found.get("managedEBSVolume"), launch_type)
    return found


def check_service(request: Request) -> None:
    """A service with EBS volumes is deployed by ECS itself.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html
    """
    controller = (request.get("deploymentController") or {}).get("type", "ECS")
    if request.get("volumeConfigurations") and controller != "ECS":
        raise InvalidParameterException(
            f"The deployment controller {controller} does not support volumeConfigurations."
        )


def _volumes(definition: TaskDefinition) -> list[Document]:
    return list(definition.document.get("volumes") or [])


def _check_ebs(volume: Mapping[str, Any] | None, launch_type: str) -> None:
    if volume is None:
        raise InvalidParameterException("volumeConfigurations must have a managedEBSVolume.")
    if launch_type == "EXTERNAL":
        raise InvalidParameterException(
            "EBS volumes are not supported for the EXTERNAL launch type."
        )
    kind = volume.get("volumeType") or DEFAULT_TYPE
    if kind not in SIZES_GIB:
        raise InvalidParameterException(
            f"Invalid volumeType '{kind}': one of {', '.join(SIZES_GIB)}."
        )
    if kind == "standard" and launch_type == "FARGATE":
        raise InvalidParameterException("The volumeType 'standard' is not supported on Fargate.")
    _check_size(volume, kind)
    _check_iops(volume.get("iops"), kind)
    _check_throughput(volume.get("throughput"), kind)
    _check_tags(volume)


def _check_size(volume: Mapping[str, Any], kind: str) -> None:
    size, snapshot = volume.get("sizeInGiB"), volume.get("snapshotId")
    if size is None and not snapshot:
        raise InvalidParameterException(
            "A managedEBSVolume needs a sizeInGiB, or the snapshotId of a snapshot."
        )
    if volume.get("volumeInitializationRate") is not None and not snapshot:
        raise InvalidParameterException("A volumeInitializationRate needs a snapshotId.")
    least, most = SIZES_GIB[kind]
    if size is not None and not least <= size <= most:
        raise InvalidParameterException(
            f"Invalid sizeInGiB {size}: {least} to {most} for the volumeType '{kind}'."
        )


def _check_iops(iops: int | None, kind: str) -> None:
    if iops is None:
        if kind in NEEDS_IOPS:
            raise InvalidParameterException(f"The volumeType '{kind}' needs iops.")
        return
    if kind not in IOPS:
        raise InvalidParameterException(f"The volumeType '{kind}' does not support iops.")
    least, most = IOPS[kind]
    if not least <= iops <= most:
        raise InvalidParameterException(
            f"Invalid iops {iops}: {least} to {most} for the volumeType '{kind}'."
        )


def _check_throughput(throughput: int | None, kind: str) -> None:
    if throughput is None:
        return
    if kind != "gp3":
        raise InvalidParameterException(f"The volumeType '{kind}' does not support throughput.")
    least, most = THROUGHPUT_MIBPS
    if not least <= throughput <= most:
        raise InvalidParameterException(
            f"Invalid throughput {throughput}: {least} to {most} MiB/s."
        )


def _check_tags(volume: Mapping[str, Any]) -> None:
    tags = [tag for each in volume.get("tagSpecifications") or [] for tag in each.get("tags") or []]
    if len(tags) > MOST_TAGS:
        raise InvalidParameterException(f"A volume can have {MOST_TAGS} tags of your own.")
    for tag in tags:
        if tag["key"] in RESERVED_TAGS:
            raise InvalidParameterException(f"The tag {tag['key']} is reserved for Amazon ECS.")
