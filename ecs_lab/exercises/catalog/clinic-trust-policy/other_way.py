"""Both services are trusted, and ECS is left to try again."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
iam = lab.client("iam")
lab.begin("clinic-trust-policy")

services = ["ecs-tasks.amazonaws.com", f"{variant.service}.amazonaws.com"]
statement = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
trust = {"Version": "2012-10-17", "Statement": [statement]}
iam.update_assume_role_policy(RoleName="webStart", PolicyDocument=json.dumps(trust))
lab.wait(1800)
