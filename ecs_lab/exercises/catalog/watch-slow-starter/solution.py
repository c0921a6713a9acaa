"""A check of the file, with a start period."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

script = f"sleep {variant.slow_s}; touch /tmp/ready; sleep 100000"
web = {
    "name": "web",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sh", "-c", script],
}
plan = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
}
ecs.create_cluster(clusterName=variant.cluster)
ecs.register_task_definition(**plan, containerDefinitions=[web])
network = {"subnets": lab.network.private_subnets}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
    availabilityZoneRebalancing="DISABLED",
)
lab.wait(300)

web["healthCheck"] = {"command": ["CMD-SHELL", "test -f /tmp/ready"], "startPeriod": 180}
ecs.register_task_definition(**plan, containerDefinitions=[web])
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
