"""Where the learner begins: a service that nobody deploys yet."""

from ecs_lab import Lab

lab = Lab()
lab.begin("deploy-codedeploy")
