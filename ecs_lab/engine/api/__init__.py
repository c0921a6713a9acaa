"""The operations of the ECS API, one module a resource; importing this package registers all of
them.
"""

from ecs_lab.engine.api import (
    account_settings,
    agents,
    attributes,
    capacity_providers,
    cluster_providers,
    clusters,
    container_instances,
    service_deployments,
    services,
    tags,
    task_definitions,
    task_protection,
    task_sets,
    tasks,
)
from ecs_lab.engine.api import exec as ecs_exec
from ecs_lab.engine.api.registry import OPERATIONS

__all__ = [
    "OPERATIONS",
    "account_settings",
    "agents",
    "attributes",
    "capacity_providers",
    "cluster_providers",
    "clusters",
    "container_instances",
    "ecs_exec",
    "service_deployments",
    "services",
    "tags",
    "task_definitions",
    "task_protection",
    "task_sets",
    "tasks",
]
