"""Where the learner begins: the bucket is empty."""

from ecs_lab import Lab

lab = Lab()
lab.begin("deploy-pipeline-files")
