"""Mends the expression, and drops the rule that still keeps a task from its place."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")
lab.begin("placement-no-place")

rules = [{"type": "memberOf", "expression": "attribute:ecs.instance-type =~ t3.*"}]
ecs.update_service(cluster=variant.cluster, service="web", placementConstraints=rules)
ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="t3.small",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[2],
    IamInstanceProfile={"Name": "ecsInstanceRole"},
    UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
)
lab.wait(120)
lab.settle()
