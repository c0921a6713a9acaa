"""No trunking: the old instance drained, and a type with eight interfaces."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
lab.begin("network-many-interfaces")

(old,) = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="c5.4xlarge",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[1],
    IamInstanceProfile={"Name": "ecsInstanceRole"},
    UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
)
lab.wait(180)
ecs.update_container_instances_state(
    cluster=variant.cluster, containerInstances=[old], status="DRAINING"
)
lab.settle()
ecs.deregister_container_instance(cluster=variant.cluster, containerInstance=old, force=True)
lab.settle()
