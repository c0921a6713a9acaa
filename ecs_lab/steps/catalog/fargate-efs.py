"""A Fargate service in two zones that shares files on Amazon EFS.

Two tasks write their recipes to the same file system, each by the mount target of its own zone.
"""

import json

from ecs_lab import Lab

lab = Lab()
ecs, ec2, efs, iam = (lab.client(name) for name in ("ecs", "ec2", "efs", "iam"))

# %% The cluster
# Tasks on Fargate leave nothing behind when they stop. Files that are to stay, or that several
# tasks share, need a volume of another kind.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html
ecs.create_cluster(clusterName="recipes")

# %% A file system with two mount targets
# A mount target is the file system's address in a zone. It is reached on port 2049, which its
# security group opens for that of the tasks.
#
# Page: https://docs.aws.amazon.com/efs/latest/ug/network-access.html
files = efs.create_file_system(CreationToken="recipes", Encrypted=True)
nfs = ec2.create_security_group(
    GroupName="recipes-files", Description="NFS from the tasks", VpcId=lab.network.vpc_id
)["GroupId"]
tasks = {"UserIdGroupPairs": [{"GroupId": lab.network.security_groups["tasks"]}]}
rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049} | tasks
ec2.authorize_security_group_ingress(GroupId=nfs, IpPermissions=[rule])
for subnet in lab.network.private_subnets[:2]:
    efs.create_mount_target(
        FileSystemId=files["FileSystemId"], SubnetId=subnet, SecurityGroups=[nfs]
    )
lab.wait(120)

# %% An access point
# It gives all who come by it one user and one directory as their root.
#
# Page: https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
owner = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}
point = efs.create_access_point(
    ClientToken="recipes",
    FileSystemId=files["FileSystemId"],
    PosixUser={"Uid": 1000, "Gid": 1000},
    RootDirectory={"Path": "/recipes", "CreationInfo": owner},
)["AccessPointId"]

# %% The task role
# With IAM authorization the file system is mounted in the name of the task role, which has to be
# allowed to.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
trusted = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted}
document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = iam.create_role(RoleName="recipesTaskRole", AssumeRolePolicyDocument=document)["Role"]
use = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
allow = {"Effect": "Allow", "Action": use, "Resource": files["FileSystemArn"]}
document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
iam.put_role_policy(RoleName="recipesTaskRole", PolicyName="files", PolicyDocument=document)

# %% The task definition
# The volume names file system and access point. IAM authorization needs encryption in transit. The
# container sees the directory at /data: it adds a line to a file there, and prints the file.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
volume = {
    "fileSystemId": files["FileSystemId"],
    "transitEncryption": "ENABLED",
    "authorizationConfig": {"accessPointId": point, "iam": "ENABLED"},
}
write = "echo a recipe from $(hostname) >> /data/book; cat /data/book; sleep 1000000"
cook = {
    "name": "cook",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sh", "-c", write],
    "mountPoints": [{"sourceVolume": "book", "containerPath": "/data"}],
}
ecs.register_task_definition(
    family="recipes",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    taskRoleArn=role["Arn"],
    containerDefinitions=[cook],
    volumes=[{"name": "book", "efsVolumeConfiguration": volume}],
)

# %% The service
# Two subnets are two zones, and Fargate tries to spread the tasks over the zones that it is given.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
network = {
    "subnets": lab.network.private_subnets[:2],
    "securityGroups": [lab.network.security_groups["tasks"]],
}
ecs.create_service(
    cluster="recipes",
    serviceName="cooks",
    taskDefinition="recipes",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
)
ecs.get_waiter("services_stable").wait(cluster="recipes", services=["cooks"])

# %% One file, two zones
# The task that came second has read the line of the first, although it runs in another zone.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
arns = ecs.list_tasks(cluster="recipes", serviceName="cooks")["taskArns"]
for task in ecs.describe_tasks(cluster="recipes", tasks=arns)["tasks"]:
    print(task["availabilityZone"])
    for line in lab.logs(task["taskArn"]):
        print("   ", line.text)

# %% A task is lost
# The service starts another one, and the file is still there: two lines, and a third.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
ecs.stop_task(cluster="recipes", task=arns[0])
lab.wait(120)
new = set(ecs.list_tasks(cluster="recipes", serviceName="cooks")["taskArns"]) - set(arns)
for line in lab.logs(new.pop()):
    print(line.text)
