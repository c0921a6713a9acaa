"""A larger task, three subnets, the roles looked up in IAM, one task first and two by an update."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")
iam = boto3.client("iam")

ecs.create_cluster(clusterName=variant.cluster)
ecs.register_task_definition(
    family="storefront",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="1 vCPU",
    memory="2 GB",
    executionRoleArn=iam.get_role(RoleName="ecsTaskExecutionRole")["Role"]["Arn"],
    taskRoleArn=iam.get_role(RoleName="shopTaskRole")["Role"]["Arn"],
    containerDefinitions=[
        {
            "name": "server",
            "image": "public.ecr.aws/nginx/nginx:1.27",
            "portMappings": [{"containerPort": 80}],
        }
    ],
)
network = {"subnets": lab.network.private_subnets, "assignPublicIp": "DISABLED"}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="storefront",
    desiredCount=1,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
)
ecs.update_service(cluster=variant.cluster, service="web", desiredCount=2)
