"""Not essential, without an order."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-essential-exit")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
web, job = definition["containerDefinitions"]
job["essential"] = False
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="512",
    memory="1024",
    executionRoleArn=definition["executionRoleArn"],
    containerDefinitions=[web, job],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
