"""Sizes in words, a revision too many, and everything but the last retired by its ARN."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")

image = "public.ecr.aws/nginx/nginx:1.27"
port = {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}
arns = []
for memory in ("0.5 GB", "2 GB", "1 GB"):
    registered = ecs.register_task_definition(
        family=variant.family,
        requiresCompatibilities=["FARGATE", "EC2"],
        networkMode="awsvpc",
        cpu="0.25 vCPU",
        memory=memory,
        containerDefinitions=[{"name": "web", "image": image, "portMappings": [port]}],
    )
    arns.append(registered["taskDefinition"]["taskDefinitionArn"])
for arn in arns[:-1]:
    ecs.deregister_task_definition(taskDefinition=arn)
