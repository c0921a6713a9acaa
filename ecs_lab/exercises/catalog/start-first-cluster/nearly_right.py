"""Takes Container Insights to be on by default."""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName="shop", tags=[{"key": "team", "value": "web"}])
