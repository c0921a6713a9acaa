"""Tags of ECR images that cannot be moved.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from __future__ import annotations

from typing import Any

from moto.ecr.exceptions import ImageAlreadyExistsException
from moto.ecr.models import ECRBackend

TAKEN = (
    "The image tag '{tag}' already exists in the '{repository}' repository and cannot be "
    "overwritten because the tag is immutable."
)
"""Seen in the field; AWS's pages name the exception only."""

_resolve = ECRBackend._resolve_image_tag_mutability  # noqa: SLF001 - moto: the one place that says no


def _resolve_as_aws(self: ECRBackend, repository: Any, tag: str) -> Any:
    # moto: refuses with ImageAlreadyExistsException, which AWS has for an image without a change.
    try:
        return _resolve(self, repository, tag)
    except ImageAlreadyExistsException as refusal:
        refusal.code = "ImageTagAlreadyExistsException"
        refusal.message = TAKEN.format(tag=tag, repository=repository.name)
        raise


def install() -> None:
    """Let moto's ECR refuse as AWS does from now on."""
    setattr(ECRBackend, "_resolve_image_tag_mutability", _resolve_as_aws)  # noqa: B010 - a method
