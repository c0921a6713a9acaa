"""A group of schedules, days of the week, a capacity provider, and a fixed revision."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam, scheduler = lab.client("ecs"), lab.client("iam"), lab.client("scheduler")

ecs.create_cluster(clusterName=variant.place.cluster)
ecs.register_task_definition(
    family="report",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    containerDefinitions=[
        {
            "name": "report",
            "image": "public.ecr.aws/docker/library/busybox:1.37",
            "command": ["sh", "-c", "echo the report is made"],
        }
    ],
)
lab.client("sqs").create_queue(QueueName="missed")

principal = {"Service": "scheduler.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = iam.create_role(RoleName="night", AssumeRolePolicyDocument=document)["Role"]["Arn"]
actions = ["ecs:*", "iam:PassRole", "sqs:*"]
allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
iam.put_role_policy(RoleName="night", PolicyName="run", PolicyDocument=document)

arn = f"arn:aws:ecs:{lab.region}:123456789012"
ecs.put_cluster_capacity_providers(
    cluster=variant.place.cluster,
    capacityProviders=["FARGATE"],
    defaultCapacityProviderStrategy=[],
)
scheduler.create_schedule_group(Name="nights")
scheduler.create_schedule(
    GroupName="nights",
    Name="report",
    ScheduleExpression="cron(30 2 ? * SUN-SAT *)",
    ScheduleExpressionTimezone=variant.place.zone,
    FlexibleTimeWindow={"Mode": "OFF"},
    Target={
        "Arn": f"{arn}:cluster/{variant.place.cluster}",
        "RoleArn": role,
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{lab.region}:123456789012:missed"},
        "EcsParameters": {
            "TaskDefinitionArn": f"{arn}:task-definition/report:1",
            "CapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
            "NetworkConfiguration": {
                "awsvpcConfiguration": {"Subnets": lab.network.private_subnets}
            },
        },
    },
)
