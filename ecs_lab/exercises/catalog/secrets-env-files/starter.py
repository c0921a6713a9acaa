"""Where the learner begins: the files are there, and nobody may read them."""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster(clusterName="shop")
s3 = lab.client("s3")
s3.create_bucket(Bucket="shop-config")
s3.put_object(Bucket="shop-config", Key="shared.env", Body=b"MODE=live\nCOLOUR=green\n")
s3.put_object(Bucket="shop-config", Key="web.env", Body=b"COLOUR=blue\nLOG_LEVEL=info\n")
bucket = "arn:aws:s3:::shop-config"
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
