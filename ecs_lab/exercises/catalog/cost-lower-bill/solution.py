"""A smaller size, on Fargate Spot."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, elb = lab.client("ecs"), lab.client("elbv2")
lab.begin("cost-lower-bill")

old = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
ecs.register_task_definition(
    family="web",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    executionRoleArn=old["executionRoleArn"],
    cpu=variant.need.right_cpu,
    memory=variant.need.right_memory,
    containerDefinitions=old["containerDefinitions"],
)
ecs.put_cluster_capacity_providers(
    cluster=variant.cluster,
    capacityProviders=["FARGATE", "FARGATE_SPOT"],
    defaultCapacityProviderStrategy=[],
)
spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    taskDefinition="web",
    capacityProviderStrategy=spot,
    forceNewDeployment=True,
)
lab.wait(600)
