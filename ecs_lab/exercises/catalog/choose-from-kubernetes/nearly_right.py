"""All of it but the probe."""

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
ecs.register_task_definition(
    family="web",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu=variant.size.cpu,
    memory=str(variant.size.memory),
    containerDefinitions=[web],
)
network = {"subnets": lab.network.private_subnets}
ecs.create_service(
    cluster="moved",
    serviceName="web",
    taskDefinition="web",
    desiredCount=variant.size.replicas,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
)
lab.wait(180)
