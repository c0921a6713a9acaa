"""Where the learner begins: a cluster, but not the one that was asked for."""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")

ecs.create_cluster()
