"""A role with a policy of its own, a capacity provider, and volumes added by an update."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-disk-each")
ecs, ec2, iam = (lab.client(name) for name in ("ecs", "ec2", "iam"))
ecs.put_cluster_capacity_providers(
    cluster=variant.cluster, capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
)

trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
trust["Principal"] = {"Service": "ecs.amazonaws.com"}
role = iam.create_role(
    RoleName="volumes",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
verbs = ("Create", "Delete", "Attach", "Detach")
actions = [f"ec2:{verb}Volume" for verb in verbs]
actions += ["ec2:DescribeVolumes", "ec2:DescribeAvailabilityZones", "ec2:CreateTags"]
allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
iam.put_role_policy(RoleName="volumes", PolicyName="volumes", PolicyDocument=document)

search = {"name": "search", "image": "public.ecr.aws/nginx/nginx:1.27"}
plan = {"family": "search", "networkMode": "awsvpc", "cpu": "512", "memory": "1024"}
ecs.register_task_definition(**plan, containerDefinitions=[search])
ecs.create_service(
    cluster=variant.cluster,
    serviceName="search",
    taskDefinition="search",
    desiredCount=2,
    capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
    networkConfiguration={"awsvpcConfiguration": {"subnets": lab.network.private_subnets}},
)
lab.wait(120)

search["mountPoints"] = [{"sourceVolume": "data", "containerPath": variant.path}]
later = [{"name": "data", "configuredAtLaunch": True}]
ecs.register_task_definition(**plan, containerDefinitions=[search], volumes=later)
tagged = [{"Name": "tag:Name", "Values": ["catalogue"]}]
snapshot = ec2.describe_snapshots(Filters=tagged)["Snapshots"][0]["SnapshotId"]
disk = {"roleArn": role, "snapshotId": snapshot, "sizeInGiB": variant.size}
disk |= {"encrypted": True, "filesystemType": "xfs"}
ecs.update_service(
    cluster=variant.cluster,
    service="search",
    taskDefinition="search",
    volumeConfigurations=[{"name": "data", "managedEBSVolume": disk}],
)
lab.settle()
