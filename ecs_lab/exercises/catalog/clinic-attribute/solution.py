"""The attribute, on both instances."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-attribute")

arns = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
ecs.put_attributes(
    cluster=variant.cluster,
    attributes=[
        {
            "name": "stack",
            "value": variant.stack,
            "targetType": "container-instance",
            "targetId": arn,
        }
        for arn in arns
    ],
)
