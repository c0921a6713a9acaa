"""Objects by the API, files on EFS."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-no-bucket-mount")
ecs, ec2, efs, iam = (lab.client(name) for name in ("ecs", "ec2", "efs", "iam"))
net = lab.network

# Objects: by the API, with a role
trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
trust["Principal"] = {"Service": "ecs-tasks.amazonaws.com"}
role = iam.create_role(
    RoleName="cafe",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
read = {"Effect": "Allow", "Action": "s3:GetObject"}
read["Resource"] = f"arn:aws:s3:::{variant.bucket}/*"
document = json.dumps({"Version": "2012-10-17", "Statement": [read]})
iam.put_role_policy(RoleName="cafe", PolicyName="menu", PolicyDocument=document)

# Files: on a file system that both tasks mount
nfs = ec2.create_security_group(GroupName="nfs", Description="NFS", VpcId=net.vpc_id)["GroupId"]
rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049}
rule["UserIdGroupPairs"] = [{"GroupId": net.security_groups["tasks"]}]
ec2.authorize_security_group_ingress(GroupId=nfs, IpPermissions=[rule])
files = efs.create_file_system(CreationToken="notes", Encrypted=True)["FileSystemId"]
for subnet in net.private_subnets[:2]:
    efs.create_mount_target(FileSystemId=files, SubnetId=subnet, SecurityGroups=[nfs])
lab.wait(120)
volume = {"fileSystemId": files, "transitEncryption": "ENABLED"}

web = {
    "name": "web",
    "image": f"123456789012.dkr.ecr.{lab.region}.amazonaws.com/notes:1",
    "portMappings": [{"containerPort": 80}],
    "environment": [{"name": "BUCKET", "value": variant.bucket}],
    "mountPoints": [{"sourceVolume": "notes", "containerPath": "/data"}],
}
ecs.register_task_definition(
    family="cafe",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    taskRoleArn=role,
    containerDefinitions=[web],
    volumes=[{"name": "notes", "efsVolumeConfiguration": volume}],
)
group = lab.client("elbv2").describe_target_groups(Names=["web"])["TargetGroups"][0]
vpc = {"subnets": net.private_subnets[:2], "securityGroups": [net.security_groups["tasks"]]}
target = {"targetGroupArn": group["TargetGroupArn"], "containerName": "web", "containerPort": 80}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="cafe",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": vpc},
    loadBalancers=[target],
)
lab.wait(600)
