"""Copies the wide permission to the execution role, and leaves it on the instances."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
lab.begin("iam-wrong-role")

web = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["containerDefinitions"]
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
iam.put_role_policy(
    RoleName="ecsTaskExecutionRole",
    PolicyName="secrets",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
ecs.register_task_definition(
    family="web", executionRoleArn=lab.roles["ecsTaskExecutionRole"], containerDefinitions=web
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
lab.settle()
