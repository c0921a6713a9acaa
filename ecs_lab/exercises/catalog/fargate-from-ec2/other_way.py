"""A bind mount at /scratch, another size, and the service made anew."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("fargate-from-ec2")

archive = {
    "name": "archive",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sh", "-c", "echo unpacking; sleep 1000000"],
    "stopTimeout": 120,
    "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}],
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
    cpu="512",
    memory="1024",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    ephemeralStorage={"sizeInGiB": variant.disk_gib + 5},
    containerDefinitions=[archive],
    volumes=[{"name": "scratch"}],
)
ecs.delete_service(cluster=variant.cluster, service="archive", force=True)
lab.settle()
network = {"subnets": lab.network.public_subnets, "assignPublicIp": "ENABLED"}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="archive",
    taskDefinition="archive",
    desiredCount=1,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
)
lab.settle()
