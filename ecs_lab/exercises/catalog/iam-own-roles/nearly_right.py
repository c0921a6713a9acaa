"""One task role for both services."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
lab.begin("iam-own-roles")

read = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [read]})
iam.put_role_policy(RoleName="shopTaskRole", PolicyName="keys", PolicyDocument=policy)
for name in (variant.pair.first, variant.pair.second):
    found = ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    ecs.register_task_definition(
        family=name,
        taskRoleArn=lab.roles["shopTaskRole"],
        containerDefinitions=found["containerDefinitions"],
    )
    ecs.update_service(cluster=variant.cluster, service=name, taskDefinition=name)
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="parameters")
lab.settle()
