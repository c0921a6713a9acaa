"""Objects by the API, and notes that each task keeps for itself."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("volumes-no-bucket-mount")
ecs, iam = lab.client("ecs"), lab.client("iam")
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
    volumes=[{"name": "notes"}],
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
