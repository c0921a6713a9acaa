"""Where the learner begins: a cluster, but not the one that was asked for."""

import boto3

from ecs_lab import Lab

lab = Lab()
ecs = boto3.client("ecs")

ecs.create_cluster()
