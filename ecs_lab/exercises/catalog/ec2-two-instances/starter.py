"""Where the learner begins: the cluster, and an instance that does not know of it."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")

ecs.create_cluster(clusterName=variant.cluster)
ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="t3.small",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[0],
)
lab.wait(120)
