"""Lifecycle policies at work: images that a policy marks are deleted, within a day.

ECR asks nobody whether an image is in use.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.ecr.models import ecr_backends

from ecs_lab.aws.ecr import lifecycle, lifecycle_rules, notices

if TYPE_CHECKING:
    from ecs_lab.aws.world import World
    from ecs_lab.engine.clock import Event

EVERY_S = 12 * 60 * 60.0
"""How often the lab evaluates a policy: AWS has images gone within 24 hours after they meet it."""


class Expiry:
    """What evaluates the lifecycle policies of one world, in the background."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._next: dict[tuple[str, str], Event] = {}

    def watch(self, region: str, name: str) -> None:
        """Evaluate the policy of a repository from now on, for as long as it has one."""
        clock = self._world.clock
        clock.cancel(self._next.pop((region, name), None))
        later = clock.schedule(EVERY_S, self._evaluate, region, name, background=True)
        self._next[region, name] = later

    def _evaluate(self, region: str, name: str) -> None:
        backend: Any = ecr_backends[self._world.account_id][region]
        repository = backend.repositories.get(name)
        if repository is None or not repository.lifecycle_policy:
            del self._next[region, name]
            return
        rules = lifecycle_rules.read(repository.lifecycle_policy)
        now_s = self._world.now()
        for image, _ in lifecycle.marked(rules, repository.images, now_s):
            repository.images.remove(image)
            for tag in image.image_tags or [None]:
                notices.image_action(self._world, region, name, image.image_digest, tag, "DELETE")
        repository.last_evaluated_at = datetime.fromtimestamp(now_s, UTC)
        self.watch(region, name)
