"""Two instances that are large enough, and two more for the next deployment."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")
lab.begin("clinic-memory")

ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="m5.large",
    MinCount=4,
    MaxCount=4,
    SubnetId=lab.network.private_subnets[0],
    IamInstanceProfile={"Name": "ecsInstanceRole"},
    UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
)
lab.wait(300)
