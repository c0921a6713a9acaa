"""No host port at all, which means the same as 0, in a family of its own."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-host-port")

container = {"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27", "memory": 128}
container["portMappings"] = [{"containerPort": 80}]
ecs.register_task_definition(family="free", containerDefinitions=[container])
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="free")
