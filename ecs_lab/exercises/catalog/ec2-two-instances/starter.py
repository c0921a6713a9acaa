"""Where the learner begins: the cluster, and an instance that does not know of it."""

import boto3

from ecs_lab import Lab

lab = Lab()
ecs = boto3.client("ecs")
ec2 = boto3.client("ec2")

ecs.create_cluster(clusterName="shop")
ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="t3.small",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[0],
)
lab.wait(120)
