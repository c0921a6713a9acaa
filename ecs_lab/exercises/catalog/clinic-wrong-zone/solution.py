"""A subnet in the zone of the instances, beside the other."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-wrong-zone")

network = {
    "subnets": list(lab.network.private_subnets),
    "securityGroups": [lab.network.security_groups["tasks"]],
}
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    networkConfiguration={"awsvpcConfiguration": network},
)
