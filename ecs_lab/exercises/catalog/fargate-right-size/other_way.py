"""The size in vCPU and GB, after a first, larger try."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")

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
for cpu, memory in (("4 vCPU", "8 GB"), (variant.size.vcpus, variant.size.gb)):
    ecs.register_task_definition(
        family="report",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE", "EC2"],
        cpu=cpu,
        memory=memory,
        containerDefinitions=[router, app],
    )
