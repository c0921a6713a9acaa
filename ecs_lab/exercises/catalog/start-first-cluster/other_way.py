"""The bare cluster first, then its setting (the enhanced one) and its tag by calls of their own."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")

cluster = ecs.create_cluster(clusterName=variant.cluster)["cluster"]
insights = {"name": "containerInsights", "value": "enhanced"}
ecs.update_cluster_settings(cluster=variant.cluster, settings=[insights])
tags = [{"key": "cost-centre", "value": "4711"}, {"key": "team", "value": "web"}]
ecs.tag_resource(resourceArn=cluster["clusterArn"], tags=tags)
