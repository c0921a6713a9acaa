"""The size in vCPU and GB, after a first, larger try."""

import boto3

from ecs_lab import Lab

lab = Lab()
ecs = boto3.client("ecs")

app = {
    "name": "app",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "cpu": 384,
    "memory": 2500,
}
router = {
    "name": "router",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "cpu": 64,
    "memory": 300,
}
for cpu, memory in (("1 vCPU", "4 GB"), ("0.5 vCPU", "3 GB")):
    ecs.register_task_definition(
        family="report",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE", "EC2"],
        cpu=cpu,
        memory=memory,
        containerDefinitions=[router, app],
    )
