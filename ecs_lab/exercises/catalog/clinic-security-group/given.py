"""What clinic-security-group gives: tasks whose group opens another port to the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Tasks whose group opens another port to the load balancer."""
    ec2 = lab.client("ec2")
    group = ec2.create_security_group(
        GroupName="shut", Description="tasks of web", VpcId=lab.network.vpc_id
    )["GroupId"]
    balancer = {"UserIdGroupPairs": [{"GroupId": lab.network.security_groups["web"]}]}
    port = int(variant.port)
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **balancer}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    vpc = scene.network(lab)["awsvpcConfiguration"] | {"securityGroups": [group]}
    clinic.on_fargate(
        lab,
        variant.cluster,
        networkConfiguration={"awsvpcConfiguration": vpc},
        loadBalancers=clinic.targets(clinic.target_group(lab)),
    )
