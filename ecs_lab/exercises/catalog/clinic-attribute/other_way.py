"""A third instance that registers with the attribute."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")
lab.begin("clinic-attribute")

setting = f'ECS_INSTANCE_ATTRIBUTES={{"stack": "{variant.stack}"}}'
config = f"ECS_CLUSTER={variant.cluster}\n{setting}"
script = f"#!/bin/bash\ncat <<'END' >> /etc/ecs/ecs.config\n{config}\nEND\n"
ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="t3.small",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[0],
    IamInstanceProfile={"Name": "ecsInstanceRole"},
    UserData=script,
)
lab.wait(300)
