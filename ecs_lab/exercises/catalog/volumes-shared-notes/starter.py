"""Where the learner begins: with what is given."""

from ecs_lab import Lab

lab = Lab()
lab.begin("volumes-shared-notes")
