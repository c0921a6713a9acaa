"""A new service in place of the old one, with a list of types."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")
lab.begin("placement-no-place")

ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.settle()
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
types = "attribute:ecs.instance-type in [t3.micro, t3.small, t3.medium]"
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=3,
    launchType="EC2",
    placementConstraints=[
        {"type": "distinctInstance"},
        {"type": "memberOf", "expression": types},
    ],
)
lab.settle()
