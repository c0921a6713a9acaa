"""What cost-shared-balancer gives: two services behind a load balancer each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Two Fargate services of one task, each with a load balancer and a target group."""
    clinic.on_fargate(
        lab, variant.cluster, desiredCount=1, loadBalancers=clinic.targets(balancer(lab, "web"))
    )
    lab.client("ecs").create_service(
        cluster=variant.cluster,
        serviceName=variant.other,
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=scene.network(lab),
        loadBalancers=clinic.targets(balancer(lab, variant.other)),
    )
    lab.wait(300)


def balancer(lab: Lab, name: str) -> str:
    """The ARN of a target group behind a load balancer, both of this name."""
    elb = lab.client("elbv2")
    made = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=80, TargetType="ip", VpcId=lab.network.vpc_id
    )
    group = str(made["TargetGroups"][0]["TargetGroupArn"])
    front = elb.create_load_balancer(
        Name=name,
        Subnets=lab.network.public_subnets[:2],
        SecurityGroups=[lab.network.security_groups["web"]],
    )["LoadBalancers"][0]
    elb.create_listener(
        LoadBalancerArn=front["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    return group
