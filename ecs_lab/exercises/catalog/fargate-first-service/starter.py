"""Where the learner begins: two tasks run once, with no service to keep them."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName=variant.cluster)
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    containerDefinitions=[{"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27"}],
)
ecs.run_task(
    cluster=variant.cluster,
    taskDefinition="web",
    launchType="FARGATE",
    count=2,
    networkConfiguration={"awsvpcConfiguration": {"subnets": lab.network.private_subnets}},
)
lab.settle()
