"""Where the learner begins: the push was an hour ago."""

from ecs_lab import Lab

lab = Lab()
lab.begin("deploy-same-tag")
