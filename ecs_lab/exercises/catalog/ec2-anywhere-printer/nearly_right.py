"""On the server, but run once."""

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
ecs.run_task(cluster=variant.cluster, taskDefinition="printer", count=2, launchType="EXTERNAL")
lab.settle()
