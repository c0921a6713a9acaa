"""Where the learner begins: the call that AWS refuses."""

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
    cpu="448",
    memory="2800",
    containerDefinitions=[app, router],
)
