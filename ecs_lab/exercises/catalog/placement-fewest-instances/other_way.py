"""Created empty with the default, then changed to binpack by CPU, and scaled."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")
ec2 = boto3.client("ec2")

ecs.create_cluster(clusterName=variant.cluster)
for subnet in lab.network.public_subnets:
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
    )
lab.wait(120)
container = {
    "name": "worker",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "cpu": 256,
    "memoryReservation": 512,
}
ecs.register_task_definition(family="batch", containerDefinitions=[container])
ecs.create_service(
    cluster=variant.cluster,
    serviceName="batch",
    taskDefinition="batch",
    desiredCount=0,
    availabilityZoneRebalancing="DISABLED",
)
ecs.update_service(
    cluster=variant.cluster,
    service="batch",
    desiredCount=6,
    placementStrategy=[{"type": "binpack", "field": "cpu"}],
)
lab.settle()
