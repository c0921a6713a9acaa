"""What deploy-in-shares gives: two services that ECS deploys blue/green, all users at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, releases
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

POLICY = "AmazonECSInfrastructureRolePolicyForLoadBalancers"


def build(lab: Lab) -> None:
    """A load balancer with two listeners, and a service behind each."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    groups = ["web-blue", "web-green", "api-blue", "api-green"]
    front = releases.front(lab, {80: "web-blue", 81: "api-blue"}, groups)
    role = releases.role(lab, "ecsShiftsTraffic", "ecs", POLICY)
    for name, port in (("web", 80), ("api", 81)):
        scene.fargate_definition(lab, clinic.web(), family=name)
        found = lab.client("elbv2").describe_rules(ListenerArn=front.listeners[port])["Rules"]
        advanced = {
            "alternateTargetGroupArn": front.groups[f"{name}-green"],
            "productionListenerRule": found[0]["RuleArn"],
            "roleArn": role,
        }
        blue = front.groups[f"{name}-blue"]
        targets = [each | {"advancedConfiguration": advanced} for each in clinic.targets(blue)]
        releases.service(
            lab, variant.cluster, blue, serviceName=name, taskDefinition=name,
            loadBalancers=targets,
            deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5},
        )  # fmt: skip
