"""A service of two on Fargate, in two private subnets, with both of its roles."""

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
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    taskRoleArn=lab.roles["shopTaskRole"],
    containerDefinitions=[{"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27"}],
)
network = {
    "subnets": lab.network.private_subnets[:2],
    "securityGroups": [lab.network.security_groups["tasks"]],
}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
)
ecs.get_waiter("services_stable").wait(cluster=variant.cluster, services=["web"])
