"""Lets the pipeline pass any role."""

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
statements = [
    {"Effect": "Allow", "Action": "ecs:*", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "*",
        "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    },
]
iam.put_role_policy(
    RoleName=variant.role,
    PolicyName="deploy",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
)
