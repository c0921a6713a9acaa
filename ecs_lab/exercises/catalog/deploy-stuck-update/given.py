"""What deploy-stuck-update gives: an update that has been waiting for ten minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Two instances, a fixed host port, and percentages that let nothing move."""
    ecs, ec2 = lab.client("ecs"), lab.client("ec2")
    ecs.create_cluster(clusterName=variant.cluster)
    for subnet in lab.network.private_subnets[:2]:
        ec2.run_instances(
            ImageId=lab.ecs_ami,
            InstanceType="t3.small",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            IamInstanceProfile={"Name": "ecsInstanceRole"},
            UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
        )
    lab.wait(120)
    for version in ("1.27", "1.29"):
        web = {
            "name": "web",
            "image": f"public.ecr.aws/nginx/nginx:{version}",
            "memory": 256,
            "portMappings": [{"containerPort": 80, "hostPort": 8080}],
        }
        ecs.register_task_definition(family="web", networkMode="bridge", containerDefinitions=[web])
    ecs.create_service(
        cluster=variant.cluster,
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=2,
        launchType="EC2",
        availabilityZoneRebalancing="DISABLED",
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 100},
    )
    lab.settle()
    ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web:2")
    lab.wait(600)
