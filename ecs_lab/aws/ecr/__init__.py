"""Amazon ECR: moto's repositories, with what becomes of images in them over time.

In reading order: `image_tags` (which tags may move), `lifecycle_rules` (what a lifecycle policy
says), `lifecycle` (which images it marks), `expiry` (`World.expiry`, which deletes them), `scans`
(what a scan finds), `notices` (what EventBridge hears), `pull_through` (images of other
registries), `policies` and `backend` (moto's ECR, mended), `operations` (what its API lacks).
What moto does is listed in docs/moto-findings.md.
"""

from ecs_lab.aws.ecr import backend, operations
from ecs_lab.aws.ecr.expiry import Expiry

backend.install()
operations.install()

__all__ = ["Expiry"]
