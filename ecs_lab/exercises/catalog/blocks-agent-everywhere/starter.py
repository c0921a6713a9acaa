"""Where the learner begins: two instances, and a task that runs somewhere."""

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
ecs.run_task(cluster=variant.cluster, taskDefinition="agent", launchType="EC2", count=2)
lab.settle()
