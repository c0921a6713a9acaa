"""Bridge mode, and a free port of the instance for each task."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("network-host-ports")

(web,) = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"][
    "containerDefinitions"
]
web["portMappings"] = [{"containerPort": variant.port, "hostPort": 0}]
ecs.register_task_definition(family="web", networkMode="bridge", containerDefinitions=[web])
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
lab.settle()
