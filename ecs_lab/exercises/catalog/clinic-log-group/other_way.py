"""Lets awslogs make the group, and the role as well."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-log-group")

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
container["logConfiguration"]["options"]["awslogs-create-group"] = "true"
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=definition["executionRoleArn"],
    containerDefinitions=[container],
)
statement = {"Effect": "Allow", "Action": "logs:CreateLogGroup", "Resource": "*"}
policy = {"Version": "2012-10-17", "Statement": [statement]}
lab.client("iam").put_role_policy(
    RoleName="ecsTaskExecutionRole", PolicyName="groups", PolicyDocument=json.dumps(policy)
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
