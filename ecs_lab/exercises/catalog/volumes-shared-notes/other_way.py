"""Through an access point, with mount targets in all zones, and another name for the volume."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-shared-notes")
ecs, ec2, efs = (lab.client(name) for name in ("ecs", "ec2", "efs"))
net = lab.network

nfs = ec2.create_security_group(GroupName="nfs", Description="NFS", VpcId=net.vpc_id)["GroupId"]
files = efs.create_file_system(CreationToken="notes", Encrypted=True)["FileSystemId"]
for subnet in net.private_subnets:
    efs.create_mount_target(FileSystemId=files, SubnetId=subnet, SecurityGroups=[nfs])
rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049}
rule["UserIdGroupPairs"] = [{"GroupId": net.security_groups["tasks"]}]
ec2.authorize_security_group_ingress(GroupId=nfs, IpPermissions=[rule])
owner = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}
point = efs.create_access_point(
    ClientToken="notes",
    FileSystemId=files,
    PosixUser={"Uid": 1000, "Gid": 1000},
    RootDirectory={"Path": "/notes", "CreationInfo": owner},
)["AccessPointId"]
lab.wait(120)

old = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = old["containerDefinitions"][0]
container["mountPoints"] = [{"sourceVolume": "efs", "containerPath": "/data"}]
volume = {"fileSystemId": files, "transitEncryption": "ENABLED"}
volume["authorizationConfig"] = {"accessPointId": point}
ecs.register_task_definition(
    family="web-efs",
    networkMode="awsvpc",
    cpu="512",
    memory="1024",
    executionRoleArn=old["executionRoleArn"],
    containerDefinitions=[container],
    volumes=[{"name": "efs", "efsVolumeConfiguration": volume}],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web-efs")
lab.wait(1200)
