"""ECR of the lab: moto's, in the lab's time, with tags and scans as AWS has them.

What moto does is listed in docs/moto-findings.md.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.ecr import urls
from moto.ecr.exceptions import (
    ImageAlreadyExistsException,
    InvalidParameterException,
    LimitExceededException,
    ScanNotFoundException,
)
from moto.ecr.models import Image, ecr_backends

from ecs_lab.aws.ecr import here, image_tags, notices, scans
from ecs_lab.aws.ecr.policies import PolicyBackend


class LabEcr(PolicyBackend):
    """moto's backend in the lab's time."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.cache_rules: dict[str, dict[str, Any]] = {}

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    # ---------------------------------------------------------------- images and their tags

    def put_image(
        self,
        repository_name: str,
        image_manifest: str,
        image_tag: Any,
        image_manifest_mediatype: str | None = None,
        digest: str | None = None,
    ) -> Image:
        """Put an image, or a further tag on one that is there.

        moto: fails for an unknown repository and for a manifest that is no JSON.
        Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
        """
        repository = self._get_repository(repository_name)
        _check_manifest(image_manifest)
        image_tags.refuse_taken(repository, image_tag)
        there = next((i for i in repository.images if i.image_manifest == image_manifest), None)
        if there is not None and (image_tag is None or image_tag in there.image_tags):
            raise ImageAlreadyExistsException(
                repository_name, repository.registry_id, there.image_digest, image_tag
            )
        image_tags.take_from_others(repository, image_tag, image_manifest)
        digest = digest or self._known_digest(image_manifest)
        put = super().put_image(
            repository_name, image_manifest, image_tag, image_manifest_mediatype, digest
        )
        if there is None:
            put.image_pushed_at = int(here.now_s())  # moto: by the wall clock
            if self._scans_on_push(repository):
                self._scan_begins(repository, put)
        notices.image_action(
            here.world(), self.region_name, repository_name, put.image_digest, image_tag, "PUSH"
        )
        return put

    def batch_delete_image(
        self,
        repository_name: str,
        registry_id: str | None = None,
        image_ids: list[dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Delete images, or tags of them; EventBridge hears of each."""
        answer = super().batch_delete_image(repository_name, registry_id, image_ids)
        for gone in answer["imageIds"]:
            what = (repository_name, gone.image_digest, gone.image_tag, "DELETE")
            notices.image_action(here.world(), self.region_name, *what)
        return answer

    def _resolve_image_tag_mutability(
        self, repository: Any, proposed_image_tag: str
    ) -> list[Image]:
        """No image to delete because of its tag: `put_image` has asked, and taken the tag away."""
        return []

    def _known_digest(self, manifest: str) -> str | None:
        """The digest of an image with this manifest in any repository: a digest is its content's.

        moto: makes one of the layers' digests, which is another than what a push gave.
        """
        images = (image for each in self.repositories.values() for image in each.images)
        return next((i.image_digest for i in images if i.image_manifest == manifest), None)

    # ---------------------------------------------------------------- scans

    def start_image_scan(
        self, registry_id: str, repository_name: str, image_id: dict[str, str]
    ) -> dict[str, Any]:
        """Start a basic scan, once in 24 hours for an image; the scan on push counts.

        moto: counts days of the wall clock.
        Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartImageScan.html
        """
        if self.registry_scanning_configuration["scanType"] == "ENHANCED":
            raise NotImplementedError("enhanced scanning is Amazon Inspector's; set scanType BASIC")
        repository = self._get_repository(repository_name, registry_id)
        image = repository._get_image(image_id.get("imageTag"), image_id.get("imageDigest"))  # noqa: SLF001 - moto: finds an image by either
        if not scans.may_start(image, here.now_s()):
            raise LimitExceededException
        self._scan_begins(repository, image)
        return _scan(repository, image)

    def _scan_begins(self, repository: Any, image: Any) -> None:
        image.last_scan = here.now()
        notices.scan_started(here.world(), self.region_name, repository.name, image.image_digest)

    def describe_image_scan_findings(
        self, registry_id: str, repository_name: str, image_id: dict[str, Any]
    ) -> dict[str, Any]:
        """What the last scan of an image has found, once it is complete.

        moto: every scan is complete at once, and finds the same.
        """
        repository = self._get_repository(repository_name, registry_id)
        image = repository._get_image(image_id.get("imageTag"), image_id.get("imageDigest"))  # noqa: SLF001 - moto: finds an image by either
        if image.last_scan is None:
            asked = ", ".join(f"{name}:'{image_id.get(name)}'" for name in sorted(image_id))
            raise ScanNotFoundException(f"{{{asked}}}", repository_name, repository.registry_id)
        answer = _scan(repository, image)
        if answer["imageScanStatus"]["status"] == "COMPLETE":
            answer["imageScanStatus"]["description"] = "The scan was completed successfully."
            answer["imageScanFindings"] = scans.findings(image)
        return answer

    def _scans_on_push(self, repository: Any) -> bool:
        """Whether the repository says so, or a rule of the registry that is for it.

        Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
        """
        registry = self.registry_scanning_configuration
        if registry["scanType"] == "ENHANCED":
            return False
        filters = [
            each["filter"]
            for rule in registry["rules"]
            if rule["scanFrequency"] == "SCAN_ON_PUSH"
            for each in rule["repositoryFilters"]
        ]
        patterns = (each if "*" in each else f"*{each}*" for each in filters)
        by_registry = any(fnmatchcase(repository.name, each) for each in patterns)
        return by_registry or bool(repository.image_scanning_configuration.get("scanOnPush"))


def _scan(repository: Any, image: Any) -> dict[str, Any]:
    named = {"imageDigest": image.image_digest}
    if image.image_tag is not None:
        named["imageTag"] = image.image_tag
    return {
        "registryId": repository.registry_id,
        "repositoryName": repository.name,
        "imageId": named,
        "imageScanStatus": {"status": scans.status(image, here.now_s())},
    }


def _check_manifest(text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        raise InvalidParameterException(
            "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON "
            "syntax'"
        ) from None


def install() -> None:
    """Let moto make backends of our class from now on."""
    ecr_backends.backend = LabEcr
