"""What goes on inside the containers of a lab's tasks, and what they need from AWS."""

from ecs_lab.aws.containers.running import Containers

__all__ = ["Containers"]
