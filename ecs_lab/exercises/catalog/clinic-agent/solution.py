"""The agent, started again."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-agent")

arns = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
(instance,) = ecs.describe_container_instances(cluster=variant.cluster, containerInstances=arns)[
    "containerInstances"
]
lab.start_agent(instance["ec2InstanceId"])
