"""A public address for each task."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-no-public-address")

network = {
    "subnets": list(lab.network.public_subnets),
    "securityGroups": [lab.network.security_groups["tasks"]],
    "assignPublicIp": "ENABLED",
}
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    networkConfiguration={"awsvpcConfiguration": network},
    forceNewDeployment=True,
)
