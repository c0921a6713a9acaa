"""Where the learner begins: the first revision."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "portMappings": [{"containerPort": 80}],
}
ecs.register_task_definition(
    family=variant.family,
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    containerDefinitions=[web],
)
