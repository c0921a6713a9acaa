"""Only a condition, in a managed policy, and every action of ECS; the cluster is there already."""

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
for_ecs = {"StringEquals": {"iam:AWSServiceName": ["ecs.amazonaws.com"]}}
statements = [
    {"Effect": "Allow", "Action": "ecs:*", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": "iam:CreateServiceLinkedRole",
        "Resource": "*",
        "Condition": for_ecs,
    },
]
policy = iam.create_policy(
    PolicyName="set-up",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
)
iam.attach_role_policy(RoleName=variant.role, PolicyArn=policy["Policy"]["Arn"])
with lab.acting_as(variant.role):
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
