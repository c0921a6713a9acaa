"""Where the learner begins: the password can be read by everybody."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName=variant.shop.name)
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "environment": [{"name": "DB_PASSWORD", "value": variant.shop.password}],
}
plan = {
    "family": "web",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
}
ecs.register_task_definition(**plan, containerDefinitions=[web])
ecs.create_service(
    cluster=variant.shop.name,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": lab.network.private_subnets}},
)
lab.wait(120)
