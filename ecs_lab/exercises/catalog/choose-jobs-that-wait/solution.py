"""A default strategy with Fargate, and no instance."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName=variant.cluster)
lab.client("ec2").run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="t3.small",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[0],
    IamInstanceProfile={"Name": "ecsInstanceRole"},
    UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
)
lab.wait(120)
job = {
    "name": "job",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sh", "-c", "sleep 300; echo done"],
    "memory": 1024,
}
ecs.register_task_definition(
    family="job",
    networkMode="awsvpc",
    cpu="512",
    memory="1024",
    containerDefinitions=[job],
)

ecs.put_cluster_capacity_providers(
    cluster=variant.cluster,
    capacityProviders=["FARGATE"],
    defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
)
ec2 = lab.client("ec2")
(found,) = ec2.describe_instances()["Reservations"]
ec2.terminate_instances(InstanceIds=[found["Instances"][0]["InstanceId"]])
lab.wait(120)
