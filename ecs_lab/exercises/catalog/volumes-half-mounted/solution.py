"""A mount target in the other zone, and the right to write."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-half-mounted")
ecs, efs, iam = (lab.client(name) for name in ("ecs", "efs", "iam"))

(files,) = efs.describe_file_systems()["FileSystems"]
(there,) = efs.describe_mount_targets(FileSystemId=files["FileSystemId"])["MountTargets"]
groups = efs.describe_mount_target_security_groups(MountTargetId=there["MountTargetId"])
(missing,) = set(lab.network.private_subnets[:2]) - {there["SubnetId"]}
efs.create_mount_target(
    FileSystemId=files["FileSystemId"], SubnetId=missing, SecurityGroups=groups["SecurityGroups"]
)
lab.wait(120)

use = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
allow = {"Effect": "Allow", "Action": use, "Resource": files["FileSystemArn"]}
iam.put_role_policy(
    RoleName="web-task",
    PolicyName="own",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
lab.wait(1800)
