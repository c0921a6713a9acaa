"""The file system's own policy names the task role; mount targets are in all three zones."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-half-mounted")
ecs, efs = lab.client("ecs"), lab.client("efs")

(files,) = efs.describe_file_systems()["FileSystems"]
(there,) = efs.describe_mount_targets(FileSystemId=files["FileSystemId"])["MountTargets"]
groups = efs.describe_mount_target_security_groups(MountTargetId=there["MountTargetId"])
for subnet in lab.network.private_subnets:
    if subnet != there["SubnetId"]:
        efs.create_mount_target(
            FileSystemId=files["FileSystemId"],
            SubnetId=subnet,
            SecurityGroups=groups["SecurityGroups"],
        )
lab.wait(120)

old = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
use = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
allow = {"Effect": "Allow", "Principal": {"AWS": old["taskRoleArn"]}, "Action": use}
document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
efs.put_file_system_policy(FileSystemId=files["FileSystemId"], Policy=document)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
lab.settle()
