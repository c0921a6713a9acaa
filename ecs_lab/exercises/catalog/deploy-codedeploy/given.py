"""What deploy-codedeploy gives: a service with the CODE_DEPLOY controller, and an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, releases
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Two target groups, two listeners, and nobody yet who deploys."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    for _ in range(2):
        scene.fargate_definition(lab, clinic.web())
    front = releases.front(lab, {80: "blue", 8080: "blue"}, ["blue", "green"])
    releases.service(
        lab, variant.cluster, front.groups["blue"], deploymentController={"type": "CODE_DEPLOY"}
    )
    releases.role(lab, "codeDeployForEcs", "codedeploy", "AWSCodeDeployRoleForECS")
    lab.client("codedeploy").create_application(
        applicationName=variant.cluster, computePlatform="ECS"
    )
