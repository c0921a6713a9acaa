"""The secret's name with the six characters that Secrets Manager adds left open."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
iam = lab.client("iam")
lab.begin("clinic-secret-permission")

statement = {
    "Effect": "Allow",
    "Action": "secretsmanager:GetSecretValue",
    "Resource": f"arn:aws:secretsmanager:*:*:secret:{variant.secret}-??????",
}
policy = {"Version": "2012-10-17", "Statement": [statement]}
iam.put_role_policy(RoleName="webStart", PolicyName="read", PolicyDocument=json.dumps(policy))
lab.wait(1800)
