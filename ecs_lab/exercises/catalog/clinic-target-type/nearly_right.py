"""The service without a load balancer."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-target-type")

network = {
    "subnets": list(lab.network.private_subnets),
    "securityGroups": [lab.network.security_groups["tasks"]],
}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
)
