"""A new execution role, and a new service in place of the old one."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
lab.begin("iam-wrong-role")

web = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["containerDefinitions"]
secret = web[0]["secrets"][0]["valueFrom"]
service = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
starter = iam.create_role(
    RoleName="web-starter",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
names = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": f"{secret[:-6]}??????"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [names]})
iam.put_role_policy(RoleName="web-starter", PolicyName="one-secret", PolicyDocument=policy)
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="secrets")
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.settle()
ecs.register_task_definition(family="web", executionRoleArn=starter, containerDefinitions=web)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="EC2",
)
lab.settle()
