"""Where the learner begins: the board as it was found."""

from ecs_lab import Lab

lab = Lab()
lab.begin("clinic-task-states")
