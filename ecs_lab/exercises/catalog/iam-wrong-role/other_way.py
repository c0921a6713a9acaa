"""A new execution role, and a new service in place of the old one."""

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

service = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
starter = iam.create_role(
    RoleName="web-starter",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
names = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": f"{secret[:-6]}??????"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [names]})
iam.put_role_policy(RoleName="web-starter", PolicyName="one-secret", PolicyDocument=policy)
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="secrets")
ecs.delete_service(cluster="shop", service="web", force=True)
lab.settle()
ecs.register_task_definition(family="web", executionRoleArn=starter, containerDefinitions=[web])
ecs.create_service(
    cluster="shop", serviceName="web", taskDefinition="web", desiredCount=2, launchType="EC2"
)
lab.settle()
