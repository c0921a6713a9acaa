"""The tag that the repository has, in a new revision that the service is given."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-image-tag")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
container["image"] = container["image"].replace(f":{variant.typed}", f":{variant.tag}")
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
