"""Where the learner begins: the call that AWS refuses."""

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
    cpu=f"{variant.size.cpu_sum}",
    memory=f"{variant.size.memory_sum}",
    containerDefinitions=[app, router],
)
