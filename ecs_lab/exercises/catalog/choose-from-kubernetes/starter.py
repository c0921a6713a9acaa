"""Where the learner begins: a manifest, and an account with nothing in it."""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")
