"""Whether a packet gets from one place of the lab to another, and what is in its way.

A `Place` is where a packet starts or arrives: a task, an instance, a load balancer's node, a mount
target, a VPC endpoint, or the internet. `obstacle` asks security groups, network ACLs and route
tables, as they are now, in moto's EC2. All of it holds while a lab's world is in use.

>>> from ecs_lab.aws import network
>>> network.internet().address
'203.0.113.10'
"""

from ecs_lab.aws.network import cloud_map, ec2, ec2_operations, elb, elbv2, elbv2_operations
from ecs_lab.aws.network.names import addresses, resolve, srv_records
from ecs_lab.aws.network.obstacles import Obstacle, obstacle
from ecs_lab.aws.network.places import (
    NoPlaceError,
    Place,
    at,
    internet,
    of_endpoint,
    of_instance,
    of_interface,
    of_load_balancer,
    of_mount_target,
    of_task,
)
from ecs_lab.aws.network.services import internet_obstacle, pull_obstacle, service_obstacle

for each in (cloud_map, ec2, ec2_operations, elb, elbv2, elbv2_operations):
    each.install()

__all__ = [
    "NoPlaceError",
    "Obstacle",
    "Place",
    "addresses",
    "at",
    "internet",
    "internet_obstacle",
    "obstacle",
    "of_endpoint",
    "of_instance",
    "of_interface",
    "of_load_balancer",
    "of_mount_target",
    "of_task",
    "pull_obstacle",
    "resolve",
    "service_obstacle",
    "srv_records",
]
