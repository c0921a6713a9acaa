"""What ec2-anywhere-printer gives: a server outside AWS, and a task definition made for Fargate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A server outside AWS, and a task definition made for Fargate."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    scene.fargate_definition(lab, scene.container("printer"), family="printer")
    principal = {"Service": "ssm.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam = lab.client("iam")
    iam.create_role(RoleName="ecsAnywhereRole", AssumeRolePolicyDocument=document)
    for name in ("AmazonSSMManagedInstanceCore",
                 "service-role/AmazonEC2ContainerServiceforEC2Role"):  # fmt: skip
        policy = f"arn:aws:iam::aws:policy/{name}"
        iam.attach_role_policy(RoleName="ecsAnywhereRole", PolicyArn=policy)
    lab.register_external_instance(variant.cluster, variant.server)
    lab.wait(60)
