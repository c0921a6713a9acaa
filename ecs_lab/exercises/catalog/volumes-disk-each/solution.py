"""A volume from the snapshot for each task of the service."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-disk-each")
ecs, ec2, iam = (lab.client(name) for name in ("ecs", "ec2", "iam"))

trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
trust["Principal"] = {"Service": "ecs.amazonaws.com"}
role = iam.create_role(
    RoleName="ecsInfrastructureRole",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]
policy = "arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes"
iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=policy)

search = {
    "name": "search",
    "image": "public.ecr.aws/docker/library/busybox:1.37",
    "command": ["sleep", "1000000"],
    "mountPoints": [{"sourceVolume": "disk", "containerPath": variant.path}],
}
ecs.register_task_definition(
    family="search",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    containerDefinitions=[search],
    volumes=[{"name": "disk", "configuredAtLaunch": True}],
)
(snapshot,) = ec2.describe_snapshots(Filters=[{"Name": "tag:Name", "Values": ["catalogue"]}])[
    "Snapshots"
]
disk = {
    "roleArn": role["Arn"],
    "sizeInGiB": variant.size,
    "volumeType": "gp3",
    "encrypted": True,
    "snapshotId": snapshot["SnapshotId"],
}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="search",
    taskDefinition="search",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": lab.network.private_subnets}},
    volumeConfigurations=[{"name": "disk", "managedEBSVolume": disk}],
)
lab.wait(300)
