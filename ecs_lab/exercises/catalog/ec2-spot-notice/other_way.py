"""The service first, larger instances, and both settings in one go."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
lab.begin("ec2-spot-notice")

ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=variant.count,
    launchType="EC2",
)
lab.settle()
settings = f"""#!/bin/bash
cat >> /etc/ecs/ecs.config <<EOF
ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
ECS_CLUSTER={variant.cluster}
EOF
"""
for subnet in lab.network.private_subnets[:2]:
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        InstanceMarketOptions={"MarketType": "spot"},
        UserData=settings,
    )
lab.wait(120)
