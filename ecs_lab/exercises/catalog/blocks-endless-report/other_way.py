"""Deletes the service, and puts the month into a new revision."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

network = {
    "awsvpcConfiguration": {
        "subnets": list(lab.network.private_subnets),
        "securityGroups": [lab.network.security_groups["tasks"]],
    }
}
size = {"networkMode": "awsvpc", "cpu": "256", "memory": "512"}
web = {"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27"}
job = {
    "name": "report",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sh", "-c", "sleep 60"],
    "environment": [{"name": "MONTH", "value": "none"}],
}
ecs.create_cluster(clusterName=variant.cluster)
for family, container, count in (("web", web, 2), ("report", job, 1)):
    ecs.register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=[container],
        **size,
    )
    ecs.create_service(
        cluster=variant.cluster,
        serviceName=family,
        taskDefinition=family,
        desiredCount=count,
        launchType="FARGATE",
        networkConfiguration=network,
    )
lab.wait(600)

ecs.delete_service(cluster=variant.cluster, service="report", force=True)
job["environment"] = [{"name": "MONTH", "value": variant.month}]
ecs.register_task_definition(
    family="report",
    requiresCompatibilities=["FARGATE"],
    containerDefinitions=[job],
    **size,
)
answer = ecs.run_task(
    cluster=variant.cluster,
    taskDefinition="report",
    launchType="FARGATE",
    networkConfiguration=network,
    startedBy="accounting",
)
lab.wait(300)
