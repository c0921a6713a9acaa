"""The three actions in an inline policy, and no push: ECS tries again by itself."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
iam = lab.client("iam")
lab.begin("clinic-pull-permission")

statement = {
    "Effect": "Allow",
    "Action": ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    "Resource": "*",
}
policy = {"Version": "2012-10-17", "Statement": [statement]}
iam.put_role_policy(RoleName=variant.role, PolicyName="pull", PolicyDocument=json.dumps(policy))
lab.wait(1800)
