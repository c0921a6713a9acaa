"""GetSecretValue on the one secret, for the execution role."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
iam = lab.client("iam")
lab.begin("clinic-secret-permission")

arn = lab.client("secretsmanager").describe_secret(SecretId=variant.secret)["ARN"]
statement = {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": arn}
policy = {"Version": "2012-10-17", "Statement": [statement]}
iam.put_role_policy(RoleName="webStart", PolicyName="read", PolicyDocument=json.dumps(policy))
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
