"""What clinic-container-port gives: targets with a port on which nobody listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Targets with a port on which nobody listens."""
    port = int(variant.port)
    vpc = scene.network(lab)["awsvpcConfiguration"]
    balancer = {"UserIdGroupPairs": [{"GroupId": lab.network.security_groups["web"]}]}
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **balancer}
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=vpc["securityGroups"][0], IpPermissions=[rule]
    )
    clinic.on_fargate(
        lab,
        variant.cluster,
        clinic.web(portMappings=[{"containerPort": port}]),
        loadBalancers=clinic.targets(clinic.target_group(lab), port),
    )
