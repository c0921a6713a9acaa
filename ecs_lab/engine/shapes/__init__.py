"""From the engine's things to the answers of the API: the one place where snake_case becomes AWS's
camelCase.

Times are seconds since the epoch, as ECS's JSON carries them. What a thing does not have is left
out, as AWS does.
"""

from __future__ import annotations

from ecs_lab.engine.shapes.clusters import (
    capacity_provider_shape,
    cluster_attachments,
    cluster_shape,
    container_instance_shape,
)
from ecs_lab.engine.shapes.common import Shape, compact
from ecs_lab.engine.shapes.service_deployments import (
    service_deployment_brief,
    service_deployment_shape,
    service_revision_shape,
)
from ecs_lab.engine.shapes.services import (
    deployment_shape,
    event_shape,
    service_shape,
    task_set_shape,
)
from ecs_lab.engine.shapes.tasks import container_shape, task_definition_shape, task_shape

__all__ = [
    "Shape",
    "capacity_provider_shape",
    "cluster_attachments",
    "cluster_shape",
    "compact",
    "container_instance_shape",
    "container_shape",
    "deployment_shape",
    "event_shape",
    "service_deployment_brief",
    "service_deployment_shape",
    "service_revision_shape",
    "service_shape",
    "task_definition_shape",
    "task_set_shape",
    "task_shape",
]
