"""A schedule in the time zone of the place, with a dead-letter queue."""

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
actions = ["ecs:RunTask", "iam:PassRole", "sqs:SendMessage"]
allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
iam.put_role_policy(RoleName="night", PolicyName="run", PolicyDocument=document)

arn = f"arn:aws:ecs:{lab.region}:123456789012"
scheduler.create_schedule(
    Name="report",
    ScheduleExpression="cron(30 2 * * ? *)",
    ScheduleExpressionTimezone=variant.place.zone,
    FlexibleTimeWindow={"Mode": "OFF"},
    Target={
        "Arn": f"{arn}:cluster/{variant.place.cluster}",
        "RoleArn": role,
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{lab.region}:123456789012:missed"},
        "EcsParameters": {
            "TaskDefinitionArn": f"{arn}:task-definition/report",
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {
                "awsvpcConfiguration": {"Subnets": lab.network.private_subnets}
            },
        },
    },
)
