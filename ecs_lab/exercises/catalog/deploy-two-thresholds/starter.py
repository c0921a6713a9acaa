"""Where the learner begins: two services without a circuit breaker."""

from ecs_lab import Lab

lab = Lab()
lab.begin("deploy-two-thresholds")
