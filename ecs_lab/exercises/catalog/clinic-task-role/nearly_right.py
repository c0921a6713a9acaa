"""The same policy on the execution role."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
iam = lab.client("iam")
lab.begin("clinic-task-role")

arn = lab.client("ssm").get_parameter(Name=variant.parameter)["Parameter"]["ARN"]
statement = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": arn}
policy = {"Version": "2012-10-17", "Statement": [statement]}
iam.put_role_policy(RoleName="webStart", PolicyName="read", PolicyDocument=json.dumps(policy))
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
