"""Takes Container Insights to be on by default."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName=variant.cluster, tags=[{"key": "team", "value": "web"}])
