"""Copies of public images in the lab's ECR: their manifests name the original."""

from __future__ import annotations

import json

from moto.ecr.models import ecr_backends

from ecs_lab.engine.model import Container, Task
from ecs_lab.runtime.public_images import BASE_NAME


def original(task: Task, container: Container) -> str | None:
    """The public image that a container's image is a copy of, or None."""
    _, _, _, region, account_id, _ = task.arn.split(":", 5)
    image = str(container.definition["image"])
    registry, _, path = image.partition("/")
    if registry != f"{account_id}.dkr.ecr.{region}.amazonaws.com":
        return None
    name = path.partition("@")[0].partition(":")[0]
    repository = ecr_backends[account_id][region].repositories.get(name)
    for each in repository.images if repository is not None else []:
        if each.get_image_digest() == container.image_digest:
            found = json.loads(each.image_manifest).get("annotations") or {}
            return found.get(BASE_NAME)
    return None
