"""Where the learner begins: a task definition that nobody runs."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName=variant.place.cluster)
ecs.register_task_definition(
    family="report",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    containerDefinitions=[
        {
            "name": "report",
            "image": "public.ecr.aws/docker/library/busybox:1.37",
            "command": ["sh", "-c", "echo the report is made"],
        }
    ],
)
lab.client("sqs").create_queue(QueueName="missed")
