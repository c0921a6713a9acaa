"""Port 80 in the task definition and in the service."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-container-port")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
container["portMappings"] = [{"containerPort": 80}]
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=definition["executionRoleArn"],
    containerDefinitions=[container],
)
(target,) = ecs.describe_services(cluster=variant.cluster, services=["web"])["services"][0][
    "loadBalancers"
]
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    taskDefinition="web",
    loadBalancers=[target | {"containerPort": 80}],
)
