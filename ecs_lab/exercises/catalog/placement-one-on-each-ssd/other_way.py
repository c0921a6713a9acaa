"""The agents bring the attribute; memberOf stands in the task definition."""

import json

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")
ec2 = boto3.client("ec2")

settings = f"echo ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n"
attributes = json.dumps({"disk": variant.disk})
disk = f"echo 'ECS_INSTANCE_ATTRIBUTES={attributes}' >> /etc/ecs/ecs.config\n"
ecs.create_cluster(clusterName=variant.cluster)
for subnet, more in zip(lab.network.private_subnets, (disk, disk, ""), strict=True):
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\n{settings}{more}",
    )
lab.wait(120)
container = {"name": "cache", "image": "public.ecr.aws/nginx/nginx:1.27", "memory": 256}
ecs.register_task_definition(
    family="cache",
    containerDefinitions=[container],
    placementConstraints=[{"type": "memberOf", "expression": f"attribute:disk == {variant.disk}"}],
)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="cache",
    taskDefinition="cache",
    desiredCount=2,
    launchType="EC2",
    placementConstraints=[{"type": "distinctInstance"}],
)
lab.settle()
