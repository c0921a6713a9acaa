"""What volumes-disk-each gives: a snapshot with a catalogue on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

MADE_S = 120
"""Longer than the task takes that writes the catalogue."""


def build(lab: Lab) -> None:
    """The empty cluster, and the snapshot of a volume that a task has written to."""
    ecs, ec2 = lab.client("ecs"), lab.client("ec2")
    ecs.create_cluster(clusterName=variant.cluster)
    maker = scene.container(
        "maker", image="public.ecr.aws/docker/library/busybox:1.37",
        command=["sh", "-c", "echo tea,3 > /out/catalogue.csv; sleep 600"],
        mountPoints=[{"sourceVolume": "out", "containerPath": "/out"}],
    )  # fmt: skip
    open_volume = {"name": "out", "configuredAtLaunch": True}
    scene.fargate_definition(lab, maker, family="maker", volumes=[open_volume])
    disk = {"roleArn": clinic.role(lab, "maker", ["ec2:*"], "ecs"), "sizeInGiB": 5}
    started = ecs.run_task(
        cluster=variant.cluster, taskDefinition="maker", launchType="FARGATE",
        networkConfiguration=scene.network(lab),
        volumeConfigurations=[{"name": "out", "managedEBSVolume": disk}],
    )["tasks"][0]["taskArn"]  # fmt: skip
    lab.wait(MADE_S)
    (volume,) = ec2.describe_volumes(Filters=[{"Name": "size", "Values": ["5"]}])["Volumes"]
    tags = [{"ResourceType": "snapshot", "Tags": [{"Key": "Name", "Value": "catalogue"}]}]
    ec2.create_snapshot(VolumeId=volume["VolumeId"], TagSpecifications=tags)
    ecs.stop_task(cluster=variant.cluster, task=started)
    lab.wait(MADE_S)
    lab.client("iam").delete_role_policy(RoleName="maker", PolicyName="own")
    lab.client("iam").delete_role(RoleName="maker")
    ecs.deregister_task_definition(taskDefinition="maker:1")
