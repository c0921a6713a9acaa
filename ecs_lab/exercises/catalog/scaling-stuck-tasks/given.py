"""What scaling-stuck-tasks gives: an Auto Scaling group that nobody scales."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A group of two m5.large, its capacity provider without managed scaling, and a service."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName=variant.cluster)
    provider = {
        "autoScalingGroupArn": group(lab),
        "managedScaling": {"status": "DISABLED"},
        "managedTerminationProtection": "DISABLED",
    }
    ecs.create_capacity_provider(name="fleet", autoScalingGroupProvider=provider)
    ecs.put_cluster_capacity_providers(
        cluster=variant.cluster, capacityProviders=["fleet"], defaultCapacityProviderStrategy=[]
    )
    lab.wait(scene.BOOT_S)
    scene.definition(lab, scene.container(cpu=1024, memory=512))
    ecs.create_service(
        cluster=variant.cluster,
        serviceName="web",
        taskDefinition="web",
        desiredCount=variant.size.tasks,
        capacityProviderStrategy=[{"capacityProvider": "fleet", "weight": 1}],
        availabilityZoneRebalancing="DISABLED",
    )
    lab.wait(300)


def group(lab: Lab) -> str:
    """The ARN of the Auto Scaling group fleet: two m5.large that join the cluster, two at most."""
    join = f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n"
    machine = {
        "ImageId": lab.ecs_ami,
        "InstanceType": "m5.large",
        "IamInstanceProfile": {"Name": "ecsInstanceRole"},
        "UserData": base64.b64encode(join.encode()).decode(),
    }
    template = {"LaunchTemplateName": "fleet"}
    lab.client("ec2").create_launch_template(**template, LaunchTemplateData=machine)
    groups = lab.client("autoscaling")
    groups.create_auto_scaling_group(
        AutoScalingGroupName="fleet",
        LaunchTemplate=template,
        MinSize=2,
        MaxSize=2,
        VPCZoneIdentifier=",".join(lab.network.private_subnets),
    )
    found = groups.describe_auto_scaling_groups(AutoScalingGroupNames=["fleet"])
    return str(found["AutoScalingGroups"][0]["AutoScalingGroupARN"])
