"""The permission is on the execution role."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam, logs = lab.client("ecs"), lab.client("iam"), lab.client("logs")

ecs.create_cluster(clusterName=variant.cluster)
logs.create_log_group(logGroupName=variant.group)
script = "echo open; echo DEBUG 7 cups; echo sold one; sleep 100000"
web = {
    "name": "web",
    "image": "public.ecr.aws/amazonlinux/amazonlinux:2023",
    "command": ["sh", "-c", script],
}
plan = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
}
ecs.register_task_definition(**plan, containerDefinitions=[web])

router = {
    "name": "router",
    "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:3",
    "firelensConfiguration": {"type": "fluentbit"},
}
options = {
    "Name": "cloudwatch_logs",
    "region": lab.region,
    "log_group_name": variant.group,
    "log_stream_prefix": "web-",
    "exclude-pattern": "DEBUG",
}
web["logConfiguration"] = {"logDriver": "awsfirelens", "options": options}
ecs.register_task_definition(
    **plan, taskRoleArn=lab.roles["shopTaskRole"], containerDefinitions=[web, router]
)
actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
iam.put_role_policy(RoleName="ecsTaskExecutionRole", PolicyName="logs", PolicyDocument=document)
