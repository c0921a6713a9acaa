"""Lifecycle policies of repositories and their previews, as ECR's API has them."""

from __future__ import annotations

from typing import Any

from moto.ecr.exceptions import InvalidParameterException, LifecyclePolicyNotFoundException
from moto.ecr.models import ECRBackend
from moto.ecr.policy_validation import EcrLifecyclePolicyValidator

from ecs_lab.aws.ecr import here, lifecycle, lifecycle_rules
from ecs_lab.aws.ecr.errors import PreviewInProgress, PreviewNotFound

PREVIEW_S = 10.0
"""How long a preview takes; AWS names no time, this is typical."""


class PolicyBackend(ECRBackend):
    """moto's backend, with policies that are evaluated and previews of them."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._previews: dict[str, dict[str, Any]] = {}

    def put_lifecycle_policy(
        self, registry_id: str, repository_name: str, lifecycle_policy_text: str
    ) -> dict[str, Any]:
        """Give a repository a policy, which is evaluated from now on."""
        _check_policy(lifecycle_policy_text)
        answer = super().put_lifecycle_policy(registry_id, repository_name, lifecycle_policy_text)
        here.world().expiry.watch(self.region_name, repository_name)
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
        marked = lifecycle.marked(lifecycle_rules.read(text), images, here.now_s())
        self._previews[repository_name] = {
            "text": text,
            "ready_at_s": here.now_s() + PREVIEW_S,
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
        ready = here.now_s() >= self._previews[name]["ready_at_s"]
        return "COMPLETE" if ready else "IN_PROGRESS"

    def delete_repository(self, repository_name: str, *args: Any, **kwargs: Any) -> Any:
        """Delete a repository, and what was found out about it."""
        gone = super().delete_repository(repository_name, *args, **kwargs)
        self._previews.pop(repository_name, None)
        return gone


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
