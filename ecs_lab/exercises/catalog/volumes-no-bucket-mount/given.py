"""What volumes-no-bucket-mount gives: a definition for EC2 that mounts a bucket, and a front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, shared_files
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A cluster, buckets, the new image, a load balancer, and the old task definition."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    s3 = lab.client("s3")
    for bucket in (variant.bucket, "payroll"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=variant.bucket, Key="menu.txt", Body=b"tea 3")
    shared_files.push(lab)
    clinic.target_group(lab)
    old = scene.container(
        image="public.ecr.aws/docker/library/busybox:1.37",
        privileged=True,
        command=["sh", "-c", f"mount-s3 {variant.bucket} /data; cafe --menu /data/menu.txt"],
        linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]},
        portMappings=[{"containerPort": 80, "hostPort": 80}],
    )
    scene.definition(lab, old, family="cafe")
