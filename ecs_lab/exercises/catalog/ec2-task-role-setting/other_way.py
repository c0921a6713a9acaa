"""The setting written out as true on one larger instance, and a service made anew."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2, iam = lab.client("ecs"), lab.client("ec2"), lab.client("iam")
lab.begin("ec2-task-role-setting")

ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.settle()
for arn in ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]:
    ecs.deregister_container_instance(cluster=variant.cluster, containerInstance=arn, force=True)
settings = f"ECS_CLUSTER={variant.cluster}\nECS_ENABLE_TASK_IAM_ROLE=true"
ec2.run_instances(
    ImageId=lab.ecs_ami,
    InstanceType="m5.large",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.network.private_subnets[2],
    IamInstanceProfile={"Name": "ecsInstanceRole"},
    UserData=f"#!/bin/bash\ncat >> /etc/ecs/ecs.config <<EOF\n{settings}\nEOF\n",
)
lab.wait(120)

web = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
ecs.register_task_definition(
    family="storefront",
    taskRoleArn=iam.get_role(RoleName="webTask")["Role"]["Arn"],
    containerDefinitions=web["containerDefinitions"],
)
ecs.create_service(
    cluster=variant.cluster, serviceName="web", taskDefinition="storefront", desiredCount=2
)
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="parameters")
lab.settle()
