"""Trunking, and another c5.large in place of the old one."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
lab.begin("network-many-interfaces")

(old,) = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
found = ecs.describe_container_instances(cluster=variant.cluster, containerInstances=[old])
ecs.put_account_setting_default(name="awsvpcTrunking", value="enabled")
ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="c5.large",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[0],
    IamInstanceProfile={"Name": "ecsInstanceRole"},
    UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
)
lab.wait(180)
ec2.terminate_instances(InstanceIds=[found["containerInstances"][0]["ec2InstanceId"]])
lab.settle()
