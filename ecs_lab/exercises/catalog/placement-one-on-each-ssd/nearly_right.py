"""Keeps to the disks, and leaves it to spread that the tasks are apart."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")

ecs.create_cluster(clusterName=variant.cluster)
for subnet in lab.network.private_subnets:
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
container = {"name": "cache", "image": "public.ecr.aws/nginx/nginx:1.27", "memory": 256}
ecs.register_task_definition(family="cache", containerDefinitions=[container])
arns = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
ssd = {"name": "disk", "value": variant.disk, "targetType": "container-instance"}
ecs.put_attributes(
    cluster=variant.cluster, attributes=[ssd | {"targetId": arn} for arn in arns[:2]]
)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="cache",
    taskDefinition="cache",
    desiredCount=2,
    launchType="EC2",
    placementStrategy=[{"type": "spread", "field": "instanceId"}],
    placementConstraints=[{"type": "memberOf", "expression": f"attribute:disk == {variant.disk}"}],
)
lab.settle()
