"""Deletes the policy of the file system, so that nothing is refused any more."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-half-mounted")
ecs, efs = lab.client("ecs"), lab.client("efs")

(files,) = efs.describe_file_systems()["FileSystems"]
(there,) = efs.describe_mount_targets(FileSystemId=files["FileSystemId"])["MountTargets"]
groups = efs.describe_mount_target_security_groups(MountTargetId=there["MountTargetId"])
(missing,) = set(lab.network.private_subnets[:2]) - {there["SubnetId"]}
efs.create_mount_target(
    FileSystemId=files["FileSystemId"], SubnetId=missing, SecurityGroups=groups["SecurityGroups"]
)
lab.wait(120)
efs.delete_file_system_policy(FileSystemId=files["FileSystemId"])
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
lab.wait(1800)
