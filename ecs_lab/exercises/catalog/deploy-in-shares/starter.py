"""Where the learner begins: two services whose users move all at once."""

from ecs_lab import Lab

lab = Lab()
lab.begin("deploy-in-shares")
