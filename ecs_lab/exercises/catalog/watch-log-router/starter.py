"""Where the learner begins: a container whose lines go nowhere."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, logs = lab.client("ecs"), lab.client("logs")

ecs.create_cluster(clusterName=variant.cluster)
logs.create_log_group(logGroupName=variant.group)
script = "echo open; echo DEBUG 7 cups; echo sold one; sleep 100000"
web = {
    "name": "web",
    "image": "public.ecr.aws/amazonlinux/amazonlinux:2023",
    "command": ["sh", "-c", script],
}
plan = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
}
ecs.register_task_definition(**plan, containerDefinitions=[web])
