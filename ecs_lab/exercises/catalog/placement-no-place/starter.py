"""Where the learner begins: the system as it was found."""

from ecs_lab import Lab

lab = Lab()
lab.begin("placement-no-place")
