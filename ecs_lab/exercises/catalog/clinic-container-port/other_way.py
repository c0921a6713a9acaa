"""The service is made anew on the same target group."""

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
(old,) = ecs.describe_services(cluster=variant.cluster, services=["web"])["services"]
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.wait(900)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration=old["networkConfiguration"],
    loadBalancers=[old["loadBalancers"][0] | {"containerPort": 80}],
)
