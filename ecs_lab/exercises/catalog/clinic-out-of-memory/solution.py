"""A larger task, and a container limit that fits it."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-out-of-memory")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
container["memory"] = 1024
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="1024",
    executionRoleArn=definition["executionRoleArn"],
    containerDefinitions=[container],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
