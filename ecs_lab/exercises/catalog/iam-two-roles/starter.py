"""Where the learner begins: the task definition is there, the permissions are not."""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName="shop")
s3 = lab.client("s3")
s3.create_bucket(Bucket="shop-files")
s3.put_object(Bucket="shop-files", Key="prices.csv", Body=b"tea,3")
secrets = lab.client("secretsmanager")
secret = secrets.create_secret(Name="shop/db", SecretString="tea-time")["ARN"]
ecs.register_task_definition(
    family="shop",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    taskRoleArn=lab.roles["shopTaskRole"],
    containerDefinitions=[
        {
            "name": "shop",
            "image": "public.ecr.aws/nginx/nginx:1.27",
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": secret}],
        }
    ],
)
