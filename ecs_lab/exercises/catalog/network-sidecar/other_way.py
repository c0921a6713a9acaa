"""The number behind localhost, in a new family and a service made anew."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("network-sidecar")

found = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
url = f"http://127.0.0.1:{variant.sidecar.port}/"
web, beside = found["containerDefinitions"]
web["environment"] = [{"name": "SIDECAR_URL", "value": url}]
del beside["portMappings"]
ecs.register_task_definition(
    family="storefront",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="512",
    memory="1024",
    executionRoleArn=found["executionRoleArn"],
    containerDefinitions=[beside, web],
)
vpc = {
    "subnets": lab.network.public_subnets,
    "securityGroups": [lab.network.security_groups["tasks"]],
    "assignPublicIp": "ENABLED",
}
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.settle()
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="storefront",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": vpc},
)
lab.settle()
