"""The service principal of tasks."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
iam = lab.client("iam")
lab.begin("clinic-trust-policy")

statement = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
trust = {"Version": "2012-10-17", "Statement": [statement]}
iam.update_assume_role_policy(RoleName="webStart", PolicyDocument=json.dumps(trust))
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
