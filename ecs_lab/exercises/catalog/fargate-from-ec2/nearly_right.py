"""All but the time to stop, which falls back to the default."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("fargate-from-ec2")

archive = {
    "name": "archive",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sh", "-c", "echo unpacking; sleep 1000000"],
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/archive",
            "awslogs-region": lab.region,
            "awslogs-stream-prefix": "archive",
        },
    },
}
ecs.register_task_definition(
    family="archive",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    ephemeralStorage={"sizeInGiB": variant.disk_gib},
    containerDefinitions=[archive],
)
ecs.update_service(
    cluster=variant.cluster,
    service="archive",
    taskDefinition="archive",
    desiredCount=1,
    platformVersion="1.4.0",
)
lab.settle()
