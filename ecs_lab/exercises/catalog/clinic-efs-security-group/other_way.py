"""A new group for the mount targets, open to the addresses of the VPC."""

from ecs_lab import Lab

lab = Lab()
ec2 = lab.client("ec2")
lab.begin("clinic-efs-security-group")

efs = lab.client("efs")
group = ec2.create_security_group(GroupName="nfs", Description="NFS", VpcId=lab.network.vpc_id)
rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049}
rule["IpRanges"] = [{"CidrIp": "10.0.0.0/16"}]
ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])
(files,) = efs.describe_file_systems()["FileSystems"]
targets = efs.describe_mount_targets(FileSystemId=files["FileSystemId"])
for target in targets["MountTargets"]:
    efs.modify_mount_target_security_groups(
        MountTargetId=target["MountTargetId"], SecurityGroups=[group["GroupId"]]
    )
lab.wait(1800)
