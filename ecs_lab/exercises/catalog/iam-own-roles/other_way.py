"""Paths in managed policies, roles of the lab and of its own, and new services."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
lab.begin("iam-own-roles")

service = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
second = iam.create_role(
    RoleName="second",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
roles = {variant.pair.first: lab.roles["shopTaskRole"], variant.pair.second: second}
for name, role in roles.items():
    path = f"arn:aws:ssm:*:*:parameter/{name}/*"
    read = {"Effect": "Allow", "Action": "ssm:Get*", "Resource": path}
    made = iam.create_policy(
        PolicyName=name,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
    )
    iam.attach_role_policy(RoleName=role.rpartition("/")[2], PolicyArn=made["Policy"]["Arn"])
    found = ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    ecs.register_task_definition(
        family=f"{name}-code", taskRoleArn=role, containerDefinitions=found["containerDefinitions"]
    )
    ecs.delete_service(cluster=variant.cluster, service=name, force=True)
    lab.settle()
    ecs.create_service(
        cluster=variant.cluster, serviceName=name, taskDefinition=f"{name}-code", desiredCount=1
    )
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="parameters")
lab.settle()
