"""Notes on an S3 Files file system, beside a bucket of their own."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-no-bucket-mount")
ecs, ec2, iam = (lab.client(name) for name in ("ecs", "ec2", "iam"))
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

# Files: a second bucket, which S3 Files makes a file system of
s3, s3files = lab.client("s3"), lab.client("s3files")
s3.create_bucket(Bucket="cafe-notes")
s3.put_bucket_versioning(Bucket="cafe-notes", VersioningConfiguration={"Status": "Enabled"})
trust["Principal"] = {"Service": "elasticfilesystem.amazonaws.com"}
sync = iam.create_role(
    RoleName="cafe-sync",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
both = ["arn:aws:s3:::cafe-notes", "arn:aws:s3:::cafe-notes/*"]
allow = {"Effect": "Allow", "Action": "s3:*", "Resource": both}
document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
iam.put_role_policy(RoleName="cafe-sync", PolicyName="bucket", PolicyDocument=document)
files = s3files.create_file_system(bucket="arn:aws:s3:::cafe-notes", roleArn=sync)
nfs = ec2.create_security_group(GroupName="nfs", Description="NFS", VpcId=net.vpc_id)["GroupId"]
rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049}
rule["UserIdGroupPairs"] = [{"GroupId": net.security_groups["tasks"]}]
ec2.authorize_security_group_ingress(GroupId=nfs, IpPermissions=[rule])
for subnet in net.private_subnets[:2]:
    s3files.create_mount_target(
        fileSystemId=files["fileSystemId"], subnetId=subnet, securityGroups=[nfs]
    )
lab.wait(120)
use = {"Effect": "Allow", "Action": "s3files:Client*", "Resource": files["fileSystemArn"]}
document = json.dumps({"Version": "2012-10-17", "Statement": [read, use]})
iam.put_role_policy(RoleName="cafe", PolicyName="cafe", PolicyDocument=document)
volume = {"fileSystemArn": files["fileSystemArn"]}

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
    volumes=[{"name": "notes", "s3filesVolumeConfiguration": volume}],
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
