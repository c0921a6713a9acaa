"""Takes Container Insights to be on by default."""

import boto3

from ecs_lab import Lab

lab = Lab()
ecs = boto3.client("ecs")

ecs.create_cluster(clusterName="shop", tags=[{"key": "team", "value": "web"}])
