"""The service made anew, with a base on Fargate Spot."""

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
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.wait(300)
network = {
    "subnets": list(lab.network.private_subnets),
    "securityGroups": [lab.network.security_groups["tasks"]],
}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=4,
    capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "base": 1, "weight": 1}],
    networkConfiguration={"awsvpcConfiguration": network},
)
lab.wait(600)
