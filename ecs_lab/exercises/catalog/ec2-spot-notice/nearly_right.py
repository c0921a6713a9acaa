"""Spot Instances whose agent takes no notice of the notice."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
lab.begin("ec2-spot-notice")

for subnet in lab.network.private_subnets[:2]:
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        InstanceMarketOptions={"MarketType": "spot"},
        UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
    )
lab.wait(120)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=variant.count,
    launchType="EC2",
)
lab.settle()
