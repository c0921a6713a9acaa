"""Another plugin and a role of its own; a pattern of what may pass instead of what may not."""

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
    "name": "log_router",
    "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
    "essential": True,
    "firelensConfiguration": {"type": "fluentbit"},
}
options = {
    "Name": "cloudwatch",
    "region": lab.region,
    "log_group_name": variant.group,
    "log_stream_name": "all",
    "include-pattern": "^(?!.*DEBUG)",
}
web["logConfiguration"] = {"logDriver": "awsfirelens", "options": options}
trust = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = iam.create_role(RoleName="router", AssumeRolePolicyDocument=document)["Role"]["Arn"]
statement = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
iam.put_role_policy(RoleName="router", PolicyName="logs", PolicyDocument=document)
ecs.register_task_definition(**plan, taskRoleArn=role, containerDefinitions=[web, router])
