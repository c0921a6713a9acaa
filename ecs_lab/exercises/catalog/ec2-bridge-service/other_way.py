"""Larger instances, defaults for mode and host port, one task first and three by an update."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")
ec2 = boto3.client("ec2")

ecs.create_cluster(clusterName=variant.cluster)
for subnet in lab.network.public_subnets[1:]:
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="m5.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\necho 'ECS_CLUSTER={variant.cluster}' > /etc/ecs/ecs.config\n",
    )
lab.wait(120)

container = {
    "name": "server",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "cpu": 128,
    "memoryReservation": 200,
    "portMappings": [{"containerPort": 80}],
}
ecs.register_task_definition(family="storefront", containerDefinitions=[container])
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="storefront:1",
    desiredCount=1,
    launchType="EC2",
)
ecs.get_waiter("services_stable").wait(cluster=variant.cluster, services=["web"])
ecs.update_service(cluster=variant.cluster, service="web", desiredCount=3)
