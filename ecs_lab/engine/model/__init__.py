"""The things that live in ECS, as dataclasses: what the simulation knows about each of them.

Documents that a caller writes (container definitions, network configuration, placement rules) stay
as AWS's own dictionaries in camelCase; everything that changes as time passes is a field here.
`shapes` turns these into the answers of the API.
"""

from ecs_lab.engine.model.capacity import CapacityProvider, Cluster, ContainerInstance, Machine
from ecs_lab.engine.model.documents import Document, Tags
from ecs_lab.engine.model.history import Happening
from ecs_lab.engine.model.services import (
    Deployment,
    Endpoint,
    LifecycleHook,
    Service,
    ServiceDeployment,
    ServiceEvent,
    ServiceRevision,
    Stage,
    TaskSet,
)
from ecs_lab.engine.model.tasks import Container, ManagedVolume, Needs, Task, TaskDefinition

__all__ = [
    "CapacityProvider",
    "Cluster",
    "Container",
    "ContainerInstance",
    "Deployment",
    "Document",
    "Endpoint",
    "Happening",
    "LifecycleHook",
    "Machine",
    "ManagedVolume",
    "Needs",
    "Service",
    "ServiceDeployment",
    "ServiceEvent",
    "ServiceRevision",
    "Stage",
    "Tags",
    "Task",
    "TaskDefinition",
    "TaskSet",
]
