"""Trunking, and the old instance with its agent restarted."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("network-many-interfaces")

ecs.put_account_setting_default(name="awsvpcTrunking", value="enabled")
(arn,) = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
found = ecs.describe_container_instances(cluster=variant.cluster, containerInstances=[arn])
machine = found["containerInstances"][0]["ec2InstanceId"]
lab.stop_agent(machine)
lab.wait(60)
lab.start_agent(machine)
lab.wait(300)
