"""Where the learner begins: the repository as it was found."""

from ecs_lab import Lab

lab = Lab()
lab.begin("ecr-lifecycle")
