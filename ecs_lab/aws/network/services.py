"""Whether a place reaches the API of an AWS service, or a public registry."""

from __future__ import annotations

from ecs_lab.aws.network.obstacles import Obstacle, obstacle
from ecs_lab.aws.network.places import Place, internet

HTTPS = 443


def service_obstacle(source: Place, service: str) -> Obstacle | None:
    """What keeps a place from the public API of an AWS service (`ecr.api`, `s3`, `logs`, ...)."""
    return internet_obstacle(source)


def internet_obstacle(source: Place) -> Obstacle | None:
    """What keeps a place from public registries such as Docker Hub and public.ecr.aws."""
    return obstacle(source, internet(), HTTPS)


def pull_obstacle(source: Place, image: str) -> Obstacle | None:
    """What keeps a place from pulling an image."""
    return internet_obstacle(source)
