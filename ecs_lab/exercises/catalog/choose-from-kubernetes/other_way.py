"""Another command for the probe, other numbers, and a capacity provider."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName="moved")
web = {
    "name": "web",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sh", "-c", "touch /tmp/alive; sleep 1000000"],
    "environment": [{"name": "MODE", "value": variant.size.mode}],
}
web["healthCheck"] = {"command": ["CMD-SHELL", "ls /tmp | grep alive || exit 1"], "retries": 2}
ecs.register_task_definition(
    family="web",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu=variant.size.cpu,
    memory=str(variant.size.memory),
    containerDefinitions=[web],
)
ecs.put_cluster_capacity_providers(
    cluster="moved",
    capacityProviders=["FARGATE"],
    defaultCapacityProviderStrategy=[],
)
network = {"subnets": lab.network.private_subnets[:2]}
ecs.create_service(
    cluster="moved",
    serviceName="web",
    taskDefinition="web",
    desiredCount=variant.size.replicas,
    capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
    networkConfiguration={"awsvpcConfiguration": network},
)
lab.wait(180)
