"""Gives the permissions to the task role."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
iam = lab.client("iam")
lab.begin("clinic-pull-permission")

statement = {
    "Effect": "Allow",
    "Action": ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    "Resource": "*",
}
policy = {"Version": "2012-10-17", "Statement": [statement]}
iam.put_role_policy(RoleName="webTask", PolicyName="pull", PolicyDocument=json.dumps(policy))
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
