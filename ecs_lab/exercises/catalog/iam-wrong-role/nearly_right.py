"""Copies the wide permission to the execution role, and leaves it on the instances."""

import json

from ecs_lab import Lab

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")

ecs.create_cluster(clusterName="shop")
secrets = lab.client("secretsmanager")
secret = secrets.create_secret(Name="shop/db", SecretString="tea-time")["ARN"]
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
iam.put_role_policy(
    RoleName="ecsInstanceRole",
    PolicyName="secrets",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
for subnet in lab.network.private_subnets[:2]:
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n",
    )
lab.wait(120)
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "memory": 128,
    "secrets": [{"name": "DB_PASSWORD", "valueFrom": secret}],
}
ecs.register_task_definition(
    family="web", executionRoleArn=lab.roles["ecsInstanceRole"], containerDefinitions=[web]
)
ecs.create_service(
    cluster="shop", serviceName="web", taskDefinition="web", desiredCount=2, launchType="EC2"
)
lab.wait(300)

iam.put_role_policy(
    RoleName="ecsTaskExecutionRole",
    PolicyName="secrets",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
)
ecs.register_task_definition(
    family="web", executionRoleArn=lab.roles["ecsTaskExecutionRole"], containerDefinitions=[web]
)
ecs.update_service(cluster="shop", service="web", taskDefinition="web")
lab.settle()
