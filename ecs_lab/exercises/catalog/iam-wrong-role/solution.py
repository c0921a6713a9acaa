"""The execution role is one that ECS can assume, and has the permission that it needs."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
lab.begin("iam-wrong-role")

web = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["containerDefinitions"]
secret = web[0]["secrets"][0]["valueFrom"]
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
iam.put_role_policy(
    RoleName="ecsTaskExecutionRole",
    PolicyName="shop-db",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="secrets")
ecs.register_task_definition(
    family="web", executionRoleArn=lab.roles["ecsTaskExecutionRole"], containerDefinitions=web
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
lab.settle()
