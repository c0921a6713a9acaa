"""Retires the new revision instead of the old one."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

hello = {
    "family": variant.family,
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "containerDefinitions": [
        {
            "name": "web",
            "image": "public.ecr.aws/nginx/nginx:1.27",
            "portMappings": [{"containerPort": 80}],
        }
    ],
}
ecs.register_task_definition(**hello, memory="512")
ecs.register_task_definition(**hello, memory="1024")
ecs.deregister_task_definition(taskDefinition=f"{variant.family}:2")
