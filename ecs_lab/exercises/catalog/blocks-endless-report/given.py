"""What blocks-endless-report gives: a job in a service of its own, which starts it for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A web server that stays, and a job of a minute that a service starts again and again."""
    ecs = lab.client("ecs")
    job = {
        "name": "report",
        "image": "public.ecr.aws/docker/library/busybox:1.37",
        "command": ["sh", "-c", "sleep 60"],
        "environment": [{"name": "MONTH", "value": "none"}],
    }
    scene.fargate_definition(lab, job, family="report")
    clinic.on_fargate(lab, variant.cluster)
    ecs.create_service(
        cluster=variant.cluster,
        serviceName="report",
        taskDefinition="report",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=scene.network(lab),
    )
    lab.wait(clinic.FIVE_MINUTES_S)
