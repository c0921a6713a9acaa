"""A forced deployment, with the percentages as they were found."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-same-tag")

ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
lab.settle()
