"""For EXTERNAL, in bridge mode, as a service."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("ec2-anywhere-printer")

printer = {"name": "printer", "image": "public.ecr.aws/nginx/nginx:1.27", "memory": 128}
ecs.register_task_definition(
    family="printer",
    requiresCompatibilities=["EXTERNAL"],
    networkMode="bridge",
    containerDefinitions=[printer],
)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="printer",
    taskDefinition="printer",
    desiredCount=2,
    launchType="EXTERNAL",
)
lab.settle()
