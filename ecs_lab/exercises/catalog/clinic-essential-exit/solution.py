"""Not essential, and the server waits for it."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-essential-exit")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
web, job = definition["containerDefinitions"]
job["essential"] = False
web["dependsOn"] = [{"containerName": variant.name, "condition": "SUCCESS"}]
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=definition["executionRoleArn"],
    containerDefinitions=[web, job],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
