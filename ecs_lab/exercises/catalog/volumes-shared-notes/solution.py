"""One file system for both tasks, encrypted on the way."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-shared-notes")
ecs, ec2, efs = (lab.client(name) for name in ("ecs", "ec2", "efs"))
net = lab.network

nfs = ec2.create_security_group(GroupName="nfs", Description="NFS", VpcId=net.vpc_id)["GroupId"]
rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049}
rule["UserIdGroupPairs"] = [{"GroupId": net.security_groups["tasks"]}]
ec2.authorize_security_group_ingress(GroupId=nfs, IpPermissions=[rule])
files = efs.create_file_system(CreationToken="notes")["FileSystemId"]
for subnet in net.private_subnets[:2]:
    efs.create_mount_target(FileSystemId=files, SubnetId=subnet, SecurityGroups=[nfs])
lab.wait(120)

old = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
volume = {"fileSystemId": files, "transitEncryption": "ENABLED"}
ecs.register_task_definition(
    family="web",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=old["executionRoleArn"],
    containerDefinitions=old["containerDefinitions"],
    volumes=[{"name": variant.volume, "efsVolumeConfiguration": volume}],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
lab.settle()
