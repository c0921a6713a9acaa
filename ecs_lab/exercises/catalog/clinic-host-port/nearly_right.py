"""Another fixed port."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-host-port")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
container["portMappings"] = [{"containerPort": 80, "hostPort": variant.port + 1}]
ecs.register_task_definition(
    family="web", networkMode=definition["networkMode"], containerDefinitions=[container]
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
