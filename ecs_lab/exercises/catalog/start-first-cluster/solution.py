"""The cluster shop, with Container Insights and a tag, in one call."""

import boto3

from ecs_lab import Lab

lab = Lab()
ecs = boto3.client("ecs")

ecs.create_cluster(
    clusterName="shop",
    settings=[{"name": "containerInsights", "value": "enabled"}],
    tags=[{"key": "team", "value": "web"}],
)
