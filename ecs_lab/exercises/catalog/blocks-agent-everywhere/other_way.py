"""The service before the instances: they find their agent waiting for them."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")
ec2 = boto3.client("ec2")

ecs.create_cluster(clusterName=variant.cluster)
agent = {"name": "monitor", "image": "public.ecr.aws/nginx/nginx:1.27", "memoryReservation": 64}
ecs.register_task_definition(family="agent", networkMode="host", containerDefinitions=[agent])
ecs.create_service(
    cluster=variant.cluster,
    serviceName="agent",
    taskDefinition="agent:1",
    schedulingStrategy="DAEMON",
    placementConstraints=[{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}],
)
for subnet in lab.network.public_subnets:
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="m5.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\necho 'ECS_CLUSTER={variant.cluster}' > /etc/ecs/ecs.config\n",
    )
lab.settle()
