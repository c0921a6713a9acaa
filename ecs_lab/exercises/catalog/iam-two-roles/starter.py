"""Where the learner begins: the task definition is there, the permissions are not."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName=variant.shop.name)
s3 = lab.client("s3")
s3.create_bucket(Bucket=f"{variant.shop.name}-files")
s3.put_object(Bucket=f"{variant.shop.name}-files", Key=variant.shop.file, Body=b"tea,3")
secrets = lab.client("secretsmanager")
secret = secrets.create_secret(Name=f"{variant.shop.name}/db", SecretString="tea-time")["ARN"]
ecs.register_task_definition(
    family=variant.shop.name,
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    taskRoleArn=lab.roles["shopTaskRole"],
    containerDefinitions=[
        {
            "name": variant.shop.name,
            "image": "public.ecr.aws/nginx/nginx:1.27",
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": secret}],
        }
    ],
)
