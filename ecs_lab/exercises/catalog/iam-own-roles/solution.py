"""A role for each service, with one parameter in its policy."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam, ssm = lab.client("ecs"), lab.client("iam"), lab.client("ssm")
lab.begin("iam-own-roles")

service = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
for name in (variant.pair.first, variant.pair.second):
    role = iam.create_role(
        RoleName=f"{name}-task",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    parameter = ssm.get_parameter(Name=f"/{name}/key")["Parameter"]["ARN"]
    read = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": parameter}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [read]})
    iam.put_role_policy(RoleName=f"{name}-task", PolicyName="key", PolicyDocument=policy)
    found = ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    ecs.register_task_definition(
        family=name, taskRoleArn=role, containerDefinitions=found["containerDefinitions"]
    )
    ecs.update_service(cluster=variant.cluster, service=name, taskDefinition=name)
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="parameters")
lab.settle()
