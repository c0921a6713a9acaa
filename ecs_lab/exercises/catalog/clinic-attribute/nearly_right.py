"""The attribute in capitals."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-attribute")

arns = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
value = f"{variant.stack}".upper()
ecs.put_attributes(
    cluster=variant.cluster,
    attributes=[
        {"name": "stack", "value": value, "targetType": "container-instance", "targetId": arn}
        for arn in arns
    ],
)
