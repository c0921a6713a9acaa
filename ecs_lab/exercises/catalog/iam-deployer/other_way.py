"""A managed policy with the single calls, and wide rights that a Deny narrows again."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
iam = lab.client("iam")

trust = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
iam.create_role(
    RoleName=variant.role,
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)
calls = ["RegisterTaskDefinition", "RunTask", "UpdateService", "DescribeServices"]
ours = [lab.roles["ecsTaskExecutionRole"], lab.roles["shopTaskRole"]]
elsewhere = {"StringNotEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]}}
statements = [
    {"Effect": "Allow", "Action": [f"ecs:{call}" for call in calls], "Resource": "*"},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/*"},
    {"Effect": "Deny", "Action": "iam:PassRole", "NotResource": ours},
    {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*", "Condition": elsewhere},
]
policy = iam.create_policy(
    PolicyName="deploy",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
)
iam.attach_role_policy(RoleName=variant.role, PolicyArn=policy["Policy"]["Arn"])
