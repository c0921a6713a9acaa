"""Only the container's limit, up to what the task has."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-out-of-memory")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
container["memory"] = 512
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=definition["executionRoleArn"],
    containerDefinitions=[container],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
