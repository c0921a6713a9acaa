"""Errors of ECR that moto has no class for."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class ImageTagAlreadyExists(ServiceException):
    """A tag that stands already, and may not move.

    The text was seen in the field; AWS's pages name the exception only.
    """

    code = "ImageTagAlreadyExistsException"
    message = (
        "The image tag '{tag}' already exists in the '{repository}' repository and cannot be "
        "overwritten because the tag is immutable."
    )


class PreviewInProgress(ServiceException):
    """A preview is asked for while another one runs.

    Source:
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartLifecyclePolicyPreview.html
    """

    code = "LifecyclePolicyPreviewInProgressException"
    message = "The previous lifecycle policy preview request has not completed. Wait and try again."


class PreviewNotFound(ServiceException):
    """The result of a preview that nobody has started."""

    code = "LifecyclePolicyPreviewNotFoundException"
    message = (
        "Lifecycle policy preview does not exist for the repository with name '{repository}' in "
        "the registry with id '{registry}'"
    )


class CacheRuleExists(ServiceException):
    """A second pull through cache rule for a prefix; the text is the lab's.

    Source:
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
    """

    code = "PullThroughCacheRuleAlreadyExistsException"
    message = "A pull through cache rule for the prefix '{prefix}' already exists."


class CacheRuleNotFound(ServiceException):
    """A prefix that has no pull through cache rule; the text is the lab's."""

    code = "PullThroughCacheRuleNotFoundException"
    message = (
        "No pull through cache rule for the prefix '{prefix}' in the registry with id '{registry}'."
    )


class UnsupportedUpstream(ServiceException):
    """A host that is no registry which ECR can cache; the text is the lab's."""

    code = "UnsupportedUpstreamRegistryException"
    message = "The upstream registry '{host}' is not supported."


class SecretNotFound(ServiceException):
    """The secret that a pull through cache rule names; the text is the API Reference's."""

    code = "SecretNotFoundException"
    message = (
        "The ARN of the secret specified in the pull through cache rule was not found. Update the "
        "pull through cache rule with a valid secret ARN and try again: {arn}"
    )
