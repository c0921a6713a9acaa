"""Where the learner begins: nobody watches the updates."""

from ecs_lab import Lab

lab = Lab()
lab.begin("deploy-alarm")
