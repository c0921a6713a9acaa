"""What deploy-alarm gives: a service behind a load balancer whose updates nobody watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, releases, releases_app
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A program that answers well, and a health check of a page that always does."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    image = lab.registry.push("web:1", releases_app.good, port=80)
    scene.fargate_definition(lab, clinic.web(image=image))
    group = releases.front(lab, {80: "web"}, ["web"]).groups["web"]
    lab.client("elbv2").modify_target_group(TargetGroupArn=group, HealthCheckPath="/health")
    releases.service(lab, variant.cluster, group)
