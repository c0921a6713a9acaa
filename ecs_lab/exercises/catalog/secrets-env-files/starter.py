"""Where the learner begins: the files are there, and nobody may read them."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName=variant.shop.name)
s3 = lab.client("s3")
s3.create_bucket(Bucket=f"{variant.shop.name}-config")
s3.put_object(
    Bucket=f"{variant.shop.name}-config",
    Key="shared.env",
    Body=f"MODE={variant.shop.mode}\nCOLOUR=green\n",
)
s3.put_object(
    Bucket=f"{variant.shop.name}-config",
    Key="web.env",
    Body=f"COLOUR={variant.shop.colour}\nLOG_LEVEL=info\n",
)
bucket = f"arn:aws:s3:::{variant.shop.name}-config"
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=lab.roles["ecsTaskExecutionRole"],
    containerDefinitions=[
        {
            "name": "web",
            "image": "public.ecr.aws/nginx/nginx:1.27",
            "environmentFiles": [
                {"type": "s3", "value": f"{bucket}/{key}"} for key in ("web.env", "shared.env")
            ],
            "environment": [{"name": "LOG_LEVEL", "value": "debug"}],
        }
    ],
)
