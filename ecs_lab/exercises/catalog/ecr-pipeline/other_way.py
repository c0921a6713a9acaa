"""The role may log in; the repository's own policy lets it push."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ecr, iam = (lab.client(name) for name in ("ecs", "ecr", "iam"))

repository = ecr.create_repository(repositoryName=f"{variant.name}/web")["repository"]
trust = {
    "Effect": "Allow",
    "Principal": {"Service": "codebuild.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
iam.create_role(RoleName="pipeline", AssumeRolePolicyDocument=document)
login = {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [login]})
iam.put_role_policy(RoleName="pipeline", PolicyName="push", PolicyDocument=document)
push = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/pipeline"},
    "Action": [
        "ecr:BatchCheckLayerAvailability",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
    ],
}
document = json.dumps({"Version": "2012-10-17", "Statement": [push]})
ecr.set_repository_policy(repositoryName=f"{variant.name}/web", policyText=document)
with lab.acting_as("pipeline"):
    lab.registry.push(f"{variant.name}/web:1", like="nginx:1.27")

digest = ecr.describe_images(repositoryName=f"{variant.name}/web")["imageDetails"][0]["imageDigest"]
ecs.create_cluster(clusterName=variant.name)
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    containerDefinitions=[{"name": "web", "image": f"{repository['repositoryUri']}@{digest}"}],
)
ecs.create_service(
    cluster=variant.name,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": lab.network.private_subnets}},
)
