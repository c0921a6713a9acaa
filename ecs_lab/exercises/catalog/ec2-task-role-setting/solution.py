"""The role in a new revision, and new instances without the line that turned roles off."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2, iam = lab.client("ecs"), lab.client("ec2"), lab.client("iam")
lab.begin("ec2-task-role-setting")

old = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
found = ecs.describe_container_instances(cluster=variant.cluster, containerInstances=old)
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

web = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
ecs.register_task_definition(
    family="web",
    taskRoleArn=iam.get_role(RoleName="webTask")["Role"]["Arn"],
    containerDefinitions=web["containerDefinitions"],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
lab.settle()
ec2.terminate_instances(InstanceIds=[each["ec2InstanceId"] for each in found["containerInstances"]])
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="parameters")
lab.settle()
