"""A revision that asks for what the program needs."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-memory")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
container["memory"] = 400
ecs.register_task_definition(
    family="web", networkMode=definition["networkMode"], containerDefinitions=[container]
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
