"""ECR of the lab: moto's, in the lab's time, with lifecycle policies, scans and tags as AWS has
them. What moto does is listed in docs/moto-findings.md.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from moto.ecr import urls
from moto.ecr.exceptions import (
    ImageAlreadyExistsException,
    InvalidParameterException,
    LifecyclePolicyNotFoundException,
    LimitExceededException,
    ScanNotFoundException,
)
from moto.ecr.models import ECRBackend, Image, ecr_backends
from moto.ecr.policy_validation import EcrLifecyclePolicyValidator

from ecs_lab.aws.ecr import image_tags, lifecycle, lifecycle_rules, scans
from ecs_lab.aws.ecr.errors import PreviewInProgress, PreviewNotFound
from ecs_lab.aws.moto_state import MotoState

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

PREVIEW_S = 10.0
"""How long a preview takes; AWS names no time, this is typical."""


class LabEcr(ECRBackend):
    """moto's backend in the lab's time."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._previews: dict[str, dict[str, Any]] = {}
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
            put.image_pushed_at = int(_now_s())  # moto: by the wall clock
            if self._scans_on_push(repository):
                put.last_scan = _now()
        return put

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

    # ---------------------------------------------------------------- lifecycle policies

    def put_lifecycle_policy(
        self, registry_id: str, repository_name: str, lifecycle_policy_text: str
    ) -> dict[str, Any]:
        """Give a repository a policy, which is evaluated from now on."""
        _check_policy(lifecycle_policy_text)
        answer = super().put_lifecycle_policy(registry_id, repository_name, lifecycle_policy_text)
        _world().expiry.watch(self.region_name, repository_name)
        return answer

    def get_lifecycle_policy(self, registry_id: str, repository_name: str) -> dict[str, Any]:
        """The policy, and when it was last evaluated.

        moto: says it was evaluated just now.
        """
        answer = super().get_lifecycle_policy(registry_id, repository_name)
        found = getattr(self.repositories[repository_name], "last_evaluated_at", None)
        return {name: value for name, value in answer.items() if name != "lastEvaluatedAt"} | (
            {"lastEvaluatedAt": found} if found else {}
        )

    def start_lifecycle_policy_preview(
        self, registry_id: str | None, repository_name: str, text: str | None
    ) -> dict[str, Any]:
        """Find out what a policy would expire, and delete nothing.

        Source:
        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartLifecyclePolicyPreview.html
        """
        repository = self._get_repository(repository_name, registry_id)
        text = text or repository.lifecycle_policy
        if text is None:
            raise LifecyclePolicyNotFoundException(repository_name, repository.registry_id)
        _check_policy(text)
        if self._preview_status(repository_name) == "IN_PROGRESS":
            raise PreviewInProgress
        images: list[Any] = repository.images
        marked = lifecycle.marked(lifecycle_rules.read(text), images, _now_s())
        self._previews[repository_name] = {
            "text": text,
            "ready_at_s": _now_s() + PREVIEW_S,
            "results": [_preview_result(image, rule.priority) for image, rule in marked],
        }
        return self._preview(repository)

    def get_lifecycle_policy_preview(
        self, registry_id: str | None, repository_name: str, tag_status: str
    ) -> dict[str, Any]:
        """What the last preview has found, once it is complete.

        Source:
        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicyPreview.html
        """
        repository = self._get_repository(repository_name, registry_id)
        if repository_name not in self._previews:
            raise PreviewNotFound(repository=repository_name, registry=repository.registry_id)
        answer = self._preview(repository)
        if answer["status"] != "COMPLETE":
            return answer | {"previewResults": []}
        results = self._previews[repository_name]["results"]
        wanted = {"ANY": (True, False), "TAGGED": (True,), "UNTAGGED": (False,)}[tag_status]
        return answer | {
            "previewResults": [each for each in results if ("imageTags" in each) in wanted],
            "summary": {"expiringImageTotalCount": len(results)},
        }

    def _preview(self, repository: Any) -> dict[str, Any]:
        return {
            "registryId": repository.registry_id,
            "repositoryName": repository.name,
            "lifecyclePolicyText": self._previews[repository.name]["text"],
            "status": self._preview_status(repository.name),
        }

    def _preview_status(self, name: str) -> str | None:
        if name not in self._previews:
            return None
        ready = _now_s() >= self._previews[name]["ready_at_s"]
        return "COMPLETE" if ready else "IN_PROGRESS"

    def delete_repository(self, repository_name: str, *args: Any, **kwargs: Any) -> Any:
        """Delete a repository, and what was found out about it."""
        gone = super().delete_repository(repository_name, *args, **kwargs)
        self._previews.pop(repository_name, None)
        return gone

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
        if not scans.may_start(image, _now_s()):
            raise LimitExceededException
        image.last_scan = _now()
        return _scan(repository, image)

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
        "imageScanStatus": {"status": scans.status(image, _now_s())},
    }


def _preview_result(image: Any, priority: int) -> dict[str, Any]:
    tags = {"imageTags": list(image.image_tags)} if image.image_tags else {}
    return tags | {
        "imageDigest": image.image_digest,
        "imagePushedAt": image.image_pushed_at,
        "action": {"type": "EXPIRE"},
        "appliedRulePriority": priority,
    }


def _check_policy(text: str) -> None:
    """Refuse a policy that ECR does not take; moto checks each rule, we what they want together."""
    if lifecycle_rules.archives(text):
        raise NotImplementedError("images are not archived; let rules expire them")
    EcrLifecyclePolicyValidator(text).validate()
    try:
        lifecycle_rules.read(text)
    except lifecycle_rules.PolicyError as error:
        said = f"{EcrLifecyclePolicyValidator.INVALID_PARAMETER_ERROR_MESSAGE}{error}'"
        raise InvalidParameterException(said) from None


def _check_manifest(text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        raise InvalidParameterException(
            "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON "
            "syntax'"
        ) from None


def _world() -> World:
    """The world of the lab that is in moto's tables."""
    world = MotoState.current.owner if MotoState.current is not None else None
    if world is None:
        raise NotImplementedError("ECR lives in a lab: open one with ecs_lab.Lab()")
    return world


def _now_s() -> float:
    return _world().now()


def _now() -> datetime:
    return datetime.fromtimestamp(_now_s(), UTC)


def install() -> None:
    """Let moto make backends of our class from now on."""
    ecr_backends.backend = LabEcr
