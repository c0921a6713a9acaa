"""No limit for the container alone, in a task of 2 GB."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-out-of-memory")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
del container["memory"]
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="2 GB",
    executionRoleArn=definition["executionRoleArn"],
    containerDefinitions=[container],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
