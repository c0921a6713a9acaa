"""The first pair of the list that holds what both containers ask for."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

app = {
    "name": "app",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "cpu": variant.size.app_cpu,
    "memory": variant.size.app_memory,
}
router = {
    "name": "router",
    "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
    "cpu": variant.size.router_cpu,
    "memory": variant.size.router_memory,
}
ecs.register_task_definition(
    family="report",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu=variant.size.cpu,
    memory=variant.size.memory,
    containerDefinitions=[app, router],
)
