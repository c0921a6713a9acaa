"""Rules for volumes and where containers mount them."""

from __future__ import annotations

from ecs_lab.engine.rules.draft import Document, Draft
from ecs_lab.engine.rules.messages import refuse
from ecs_lab.engine.rules.task import NAME

CONFIGURATIONS = (
    "host",
    "dockerVolumeConfiguration",
    "efsVolumeConfiguration",
    "s3filesVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "configuredAtLaunch",
)
NAME_REQUIRED = ("efsVolumeConfiguration", "s3filesVolumeConfiguration", "configuredAtLaunch")


def names(draft: Draft) -> None:
    """A volume's name has up to 255 letters, digits, _ and -, and no other volume has it.

    EFS and S3 Files volumes, and volumes configured at launch, must have one.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
    """
    for volume in draft.volumes:
        name = volume.get("name")
        for configuration in NAME_REQUIRED:
            if volume.get(configuration) and not name:
                refuse("volume-name-missing", configuration=configuration)
        if name and not (NAME.fullmatch(name) and len(name) <= 255):
            refuse("volume-name-characters")
    given = [each["name"] for each in draft.volumes if each.get("name")]
    if len(set(given)) < len(given):
        refuse("volume-names-unique")


def one_configuration(draft: Draft) -> None:
    """A volume is of one kind, and at most one volume is configured at launch.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
    """
    for volume in draft.volumes:
        if sum(bool(volume.get(each)) for each in CONFIGURATIONS) > 1:
            refuse(
                "volume-configurations",
                volume=volume.get("name"),
                configurations=",".join(CONFIGURATIONS),
            )
    if sum(bool(each.get("configuredAtLaunch")) for each in draft.volumes) > 1:
        refuse("configured-at-launch-twice")


def source_paths(draft: Draft) -> None:
    """A bind mount's sourcePath is left out or says something.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HostVolumeProperties.html
    """
    for volume in draft.volumes:
        if (volume.get("host") or {}).get("sourcePath") == "":
            refuse("volume-source-path-blank")


def mount_points(draft: Draft) -> None:
    """A container mounts volumes of its own task definition.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html
    """
    known = {each.get("name") for each in draft.volumes}
    for container in draft.containers:
        for mount in container.get("mountPoints") or []:
            if mount.get("sourceVolume") not in known:
                refuse("volume-unknown", volume=mount.get("sourceVolume"))


def efs(draft: Draft) -> None:
    """EFS with IAM authorization, an access point or a port of its own needs encryption in transit;
    IAM authorization uses the task role.

    An access point has its own root directory: another one cannot be given.
    Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html,
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSAuthorizationConfig.html
    """
    for volume in draft.volumes:
        configuration = volume.get("efsVolumeConfiguration")
        if configuration:
            _efs(configuration, draft.get("taskRoleArn"))


def _efs(configuration: Document, task_role: str | None) -> None:
    authorization = configuration.get("authorizationConfig") or {}
    if configuration.get("transitEncryption") != "ENABLED":
        if authorization.get("iam") == "ENABLED":
            refuse("efs-iam-encryption")
        if authorization.get("accessPointId"):
            refuse("efs-access-point-encryption")
        if configuration.get("transitEncryptionPort"):
            refuse("efs-port-encryption")
    if authorization.get("iam") == "ENABLED" and not task_role:
        refuse("efs-iam-task-role")
    if authorization.get("accessPointId") and configuration.get("rootDirectory") not in (
        None,
        "",
        "/",
    ):
        refuse("efs-access-point-root")


def s3_files(draft: Draft) -> None:
    """An S3 Files volume is mounted with the task role; an access point has its own root directory.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_S3FilesVolumeConfiguration.html
    """
    for volume in draft.volumes:
        configuration = volume.get("s3filesVolumeConfiguration")
        if not configuration:
            continue
        if not draft.get("taskRoleArn"):
            refuse("s3-files-task-role")
        if configuration.get("accessPointArn") and configuration.get("rootDirectory") not in (
            None,
            "",
            "/",
        ):
            refuse("s3-files-access-point-root")
