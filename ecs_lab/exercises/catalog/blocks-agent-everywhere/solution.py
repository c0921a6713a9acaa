"""A DAEMON service, which looks at the instances and needs no number."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")

ecs.create_cluster(clusterName=variant.cluster)
for subnet in lab.network.private_subnets[:2]:
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
agent = {"name": "agent", "image": "public.ecr.aws/nginx/nginx:1.27", "memory": 128}
ecs.register_task_definition(family="agent", containerDefinitions=[agent])
ecs.create_service(
    cluster=variant.cluster,
    serviceName="agent",
    taskDefinition="agent",
    launchType="EC2",
    schedulingStrategy="DAEMON",
)
lab.settle()
