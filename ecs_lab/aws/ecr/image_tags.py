"""Which tags of a repository may move from one image to another, and what moving one does.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from ecs_lab.aws.ecr.errors import ImageTagAlreadyExists


def may_move(repository: Any, tag: str) -> bool:
    """Whether a tag may be taken from one image and given to another; filters except tags from
    what the repository says of all others.

    moto: reads the filters as regular expressions, so that `*` alone is an error.
    """
    filters = repository.image_tag_mutability_exclusion_filters or []
    excepted = any(fnmatchcase(tag, each["filter"]) for each in filters)
    return bool(repository.is_tag_immutable()) == excepted


def refuse_taken(repository: Any, tag: str | None) -> None:
    """Raise ImageTagAlreadyExistsException for a tag that is taken and may not move.

    moto: has the code of an image that is there already, and unchanged.
    """
    taken = any(tag in image.image_tags for image in repository.images)
    if tag is not None and taken and not may_move(repository, tag):
        raise ImageTagAlreadyExists(tag=tag, repository=repository.name)


def take_from_others(repository: Any, tag: str | None, manifest: str) -> None:
    """Take a tag from the image that has it. One without a tag left stays, untagged.

    moto: deletes it, as BatchDeleteImage does with an image whose last tag is taken away.
    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html
    """
    for image in repository.images:
        if tag in image.image_tags and image.image_manifest != manifest:
            image.remove_tag(tag)
            if not image.image_tags:
                image.image_tag = None
