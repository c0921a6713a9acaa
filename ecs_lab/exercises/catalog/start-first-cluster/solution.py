"""The cluster shop, with Container Insights and a tag, in one call."""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(
    clusterName="shop",
    settings=[{"name": "containerInsights", "value": "enabled"}],
    tags=[{"key": "team", "value": "web"}],
)
