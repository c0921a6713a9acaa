"""What clinic-efs-security-group gives: mount targets that are shut to NFS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Mount targets that are shut to NFS."""
    ec2, efs = lab.client("ec2"), lab.client("efs")
    group = ec2.create_security_group(
        GroupName="files", Description="mount targets", VpcId=lab.network.vpc_id
    )["GroupId"]
    tasks = {"UserIdGroupPairs": [{"GroupId": lab.network.security_groups["tasks"]}]}
    rule = {
        "IpProtocol": "tcp",
        "FromPort": int(variant.port),
        "ToPort": int(variant.port),
        **tasks,
    }
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    files = efs.create_file_system(CreationToken="files")["FileSystemId"]
    for subnet in lab.network.private_subnets:
        efs.create_mount_target(FileSystemId=files, SubnetId=subnet, SecurityGroups=[group])
    lab.wait(120)
    volume = {"name": "files", "efsVolumeConfiguration": {"fileSystemId": files}}
    point = {"sourceVolume": "files", "containerPath": "/mnt/files"}
    container = clinic.web(mountPoints=[point])
    clinic.on_fargate(lab, variant.cluster, container, definition={"volumes": [volume]})
