"""The cluster shop, with Container Insights and a tag, in one call."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(
    clusterName=variant.cluster,
    settings=[{"name": "containerInsights", "value": "enabled"}],
    tags=[{"key": "team", "value": "web"}],
)
