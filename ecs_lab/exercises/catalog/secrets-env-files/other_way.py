"""A role of its own with a managed policy of AWS; the files in the right order."""

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

service = {"Service": "ecs-tasks.amazonaws.com"}
trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
reader = iam.create_role(
    RoleName="web-starter",
    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)["Role"]["Arn"]
policy = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
iam.attach_role_policy(RoleName="web-starter", PolicyArn=policy)
web = {"name": "server", "image": "public.ecr.aws/nginx/nginx:1.27"}
web["environment"] = [{"name": "LOG_LEVEL", "value": "debug"}]
web["environmentFiles"] = [
    {"type": "s3", "value": f"arn:aws:s3:::{variant.shop.name}-config/web.env"},
    {"type": "s3", "value": f"arn:aws:s3:::{variant.shop.name}-config/shared.env"},
]
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="512",
    memory="1024",
    executionRoleArn=reader,
    containerDefinitions=[web],
)
