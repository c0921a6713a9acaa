"""Another task role, another service, and sessions logged where the container logs."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
lab.begin("watch-exec-repair")

trust = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = iam.create_role(RoleName="open", AssumeRolePolicyDocument=document)["Role"]["Arn"]
statement = {"Effect": "Allow", "Action": ["ssmmessages:*", "logs:*"], "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
iam.put_role_policy(RoleName="open", PolicyName="exec", PolicyDocument=document)

options = {
    "awslogs-group": variant.group,
    "awslogs-region": lab.region,
    "awslogs-stream-prefix": "web",
}
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "logConfiguration": {"logDriver": "awslogs", "options": options},
}
ecs.register_task_definition(
    family="web",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    taskRoleArn=role,
    containerDefinitions=[web],
)
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.wait(300)
network = {"subnets": list(lab.network.private_subnets)}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=2,
    launchType="FARGATE",
    enableExecuteCommand=True,
    networkConfiguration={"awsvpcConfiguration": network},
)
