"""Lists the general file first."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")

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
statements = [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{bucket}/*"},
    {"Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": bucket},
]
iam.put_role_policy(
    RoleName="ecsTaskExecutionRole",
    PolicyName="config",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
)
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
                {"type": "s3", "value": f"{bucket}/{key}"} for key in ("shared.env", "web.env")
            ],
            "environment": [{"name": "LOG_LEVEL", "value": "debug"}],
        }
    ],
)
