"""What fargate-from-ec2 gives: a task definition for EC2, and a service without tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A task definition for EC2, a log group, and a service with no tasks on an old platform."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName=variant.cluster)
    lab.client("logs").create_log_group(logGroupName="/archive")
    image = "public.ecr.aws/docker/library/busybox:1.37"
    archive = scene.container(
        "archive", image=image, command=["sh", "-c", "echo unpacking; sleep 1000000"]
    )
    scene.fargate_definition(lab, archive, family="archive")
    ecs.create_service(
        cluster=variant.cluster, serviceName="archive", taskDefinition="archive", desiredCount=0,
        launchType="FARGATE", platformVersion="1.3.0", networkConfiguration=scene.network(lab),
    )  # fmt: skip
    on_host = archive | {
        "stopTimeout": 300,
        "logConfiguration": {"logDriver": "journald"},
        "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}],
    }
    volume = {"name": "scratch", "host": {"sourcePath": "/var/scratch"}}
    scene.definition(lab, on_host, family="archive", volumes=[volume])
