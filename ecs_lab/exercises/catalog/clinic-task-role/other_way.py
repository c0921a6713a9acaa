"""All of the parameters below /web, which is the application's own path."""

import json

from ecs_lab import Lab

lab = Lab()
iam = lab.client("iam")
lab.begin("clinic-task-role")

statement = {
    "Effect": "Allow",
    "Action": ["ssm:GetParameter", "ssm:GetParametersByPath"],
    "Resource": "arn:aws:ssm:*:*:parameter/web/*",
}
policy = {"Version": "2012-10-17", "Statement": [statement]}
iam.put_role_policy(RoleName="webTask", PolicyName="read", PolicyDocument=json.dumps(policy))
