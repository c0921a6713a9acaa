"""Asks for new tasks on an instance that does not listen."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-agent")

ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
