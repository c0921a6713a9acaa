"""Where the learner begins: capacity for the service, and tasks that nobody replaces."""

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

container = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "memory": 256,
}
ecs.register_task_definition(family="web", networkMode="bridge", containerDefinitions=[container])
ecs.run_task(cluster=variant.cluster, taskDefinition="web", launchType="EC2", count=3)
lab.settle()
