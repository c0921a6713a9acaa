"""The first pair of the list that holds 448 CPU units and 2,800 MiB."""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")

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
ecs.register_task_definition(
    family="report",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="512",
    memory="3072",
    containerDefinitions=[app, router],
)
