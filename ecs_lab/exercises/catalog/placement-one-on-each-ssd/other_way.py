"""The agents bring the attribute; memberOf stands in the task definition."""

import boto3

from ecs_lab import Lab

lab = Lab()
ecs = boto3.client("ecs")
ec2 = boto3.client("ec2")

settings = "echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n"
disk = """echo 'ECS_INSTANCE_ATTRIBUTES={"disk": "ssd"}' >> /etc/ecs/ecs.config\n"""
ecs.create_cluster(clusterName="shop")
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
    placementConstraints=[{"type": "memberOf", "expression": "attribute:disk == ssd"}],
)
ecs.create_service(
    cluster="shop",
    serviceName="cache",
    taskDefinition="cache",
    desiredCount=2,
    launchType="EC2",
    placementConstraints=[{"type": "distinctInstance"}],
)
lab.settle()
