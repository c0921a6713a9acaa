"""Requests on their way through the lab: by name to a load balancer, by its rules to a target, and
to what runs in a task's containers.
"""

from ecs_lab.aws import classic_balancers, target_groups
from ecs_lab.aws.traffic.sending import Traffic
from ecs_lab.aws.traffic.sources import Source

for each in (classic_balancers, target_groups):
    each.install()

__all__ = ["Source", "Traffic"]
