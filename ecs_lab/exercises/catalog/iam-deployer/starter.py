"""Where the learner begins: a role that may call ECS, and can hand out no role."""

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
deploy = {"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}
iam.put_role_policy(
    RoleName=variant.role,
    PolicyName="deploy",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deploy]}),
)
