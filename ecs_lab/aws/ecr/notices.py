"""What ECR tells EventBridge: of images pushed and deleted, and of scans that are complete.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ecr.models import ecr_backends

from ecs_lab.aws.ecr import scans

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

SOURCE = "aws.ecr"


def image_action(
    world: World, region: str, repository: str, digest: str, tag: str | None, action: str
) -> None:
    """An image was pushed (PUSH) or deleted (DELETE)."""
    detail = {
        "result": "SUCCESS",
        "repository-name": repository,
        "image-digest": digest,
        "action-type": action,
    }
    named = {"image-tag": tag} if tag is not None else {}
    world.buses.announce(region, SOURCE, "ECR Image Action", [], detail | named)


def scan_started(world: World, region: str, repository: str, digest: str) -> None:
    """A scan runs: let it be told when it is complete."""
    world.clock.schedule(scans.SCAN_S, _scan_complete, world, region, repository, digest)


def _scan_complete(world: World, region: str, name: str, digest: str) -> None:
    repository = ecr_backends[world.account_id][region].repositories.get(name)
    images: list[Any] = repository.images if repository is not None else []
    image = next((each for each in images if each.image_digest == digest), None)
    if repository is None or image is None:
        return
    detail = {
        "scan-status": "COMPLETE",
        "repository-name": name,
        "finding-severity-counts": scans.findings(image)["findingSeverityCounts"],
        "image-digest": digest,
        "image-tags": list(image.image_tags),
    }
    world.buses.announce(region, SOURCE, "ECR Image Scan", [repository.arn], detail)
