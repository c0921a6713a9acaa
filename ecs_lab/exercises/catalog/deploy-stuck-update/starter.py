"""Where the learner begins: an update that has been waiting for ten minutes."""

from ecs_lab import Lab

lab = Lab()
lab.begin("deploy-stuck-update")
