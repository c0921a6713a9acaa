"""Another instance in its place."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")
lab.begin("clinic-agent")

arns = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
(instance,) = ecs.describe_container_instances(cluster=variant.cluster, containerInstances=arns)[
    "containerInstances"
]
ec2.terminate_instances(InstanceIds=[instance["ec2InstanceId"]])
ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="t3.small",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[0],
    IamInstanceProfile={"Name": "ecsInstanceRole"},
    UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
)
lab.wait(300)
