"""What volumes-half-mounted gives: a zone without a mount target, and a role that may not write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, shared_files
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """The service web, half of which cannot mount, and half of which cannot write."""
    files = shared_files.file_system(lab, [lab.network.private_subnets[variant.zone]])
    shared_files.policy(lab, files, lab.roles["ecsInstanceRole"])
    owner = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}
    point = lab.client("efs").create_access_point(
        ClientToken="notes", FileSystemId=files, PosixUser={"Uid": 1000, "Gid": 1000},
        RootDirectory={"Path": "/notes", "CreationInfo": owner},
    )["AccessPointId"]  # fmt: skip
    volume = {
        "fileSystemId": files,
        "transitEncryption": "ENABLED",
        "authorizationConfig": {"accessPointId": point, "iam": "ENABLED"},
    }
    task_role = clinic.role(lab, "web-task", [f"{shared_files.CLIENT}Mount"])
    mounts = [{"sourceVolume": "notes", "containerPath": "/data"}]
    clinic.on_fargate(
        lab, variant.cluster, clinic.web(image=shared_files.push(lab), mountPoints=mounts),
        definition={"volumes": [{"name": "notes", "efsVolumeConfiguration": volume}],
                    "taskRoleArn": task_role},
        networkConfiguration=clinic.in_two_zones(lab),
        loadBalancers=clinic.targets(clinic.target_group(lab)),
    )  # fmt: skip
