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
