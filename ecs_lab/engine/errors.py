"""The errors of the ECS API: an exception code, a message, and nothing else.

Codes are those of AWS's API Reference
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html and each operation's
own page).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any


class EcsError(Exception):
    """An answer of ECS that is an error: `code` is AWS's exception name, `message` its text."""

    code = "ClientException"
    details: Mapping[str, Any] = MappingProxyType({})
    """Further members that the API Reference gives the exception."""
    default = ""
    """What an error of this kind says where nothing else is given."""

    def __init__(self, message: str = "") -> None:
        self.message = message or self.default
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class ClientException(EcsError):
    """A call that the caller must change, such as one that names something it may not use."""


class InvalidParameterException(EcsError):
    """A parameter that is not valid for this call."""

    code = "InvalidParameterException"


class ClusterNotFoundException(EcsError):
    """The named cluster does not exist in this Region."""

    code = "ClusterNotFoundException"
    default = "Cluster not found."


class ServiceNotFoundException(EcsError):
    """The named service does not exist in this cluster."""

    code = "ServiceNotFoundException"
    default = "Service not found."


class ServiceDeploymentNotFoundException(EcsError):
    """The named service deployment does not exist."""

    code = "ServiceDeploymentNotFoundException"
    default = "The service deployment was not found."


class ServiceNotActiveException(EcsError):
    """The named service is there, but it is being deleted or is gone."""

    code = "ServiceNotActiveException"
    default = "Service was not ACTIVE."


class TaskSetNotFoundException(EcsError):
    """The named task set does not exist in this service."""

    code = "TaskSetNotFoundException"
    default = "The specified task set was not found."


class ClusterContainsServicesException(EcsError):
    """A cluster with services cannot be deleted."""

    code = "ClusterContainsServicesException"


class ClusterContainsContainerInstancesException(EcsError):
    """A cluster with registered container instances cannot be deleted."""

    code = "ClusterContainsContainerInstancesException"


class ClusterContainsCapacityProviderException(EcsError):
    """A cluster with capacity providers of Managed Instances cannot be deleted.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
    """

    code = "ClusterContainsCapacityProviderException"


class ClusterContainsTasksException(EcsError):
    """A cluster with running tasks cannot be deleted."""

    code = "ClusterContainsTasksException"


class PlatformUnknownException(EcsError):
    """The platform version named for a Fargate task does not exist."""

    code = "PlatformUnknownException"


class PlatformTaskDefinitionIncompatibilityException(EcsError):
    """The task definition asks for something that the platform version does not offer."""

    code = "PlatformTaskDefinitionIncompatibilityException"


class ConflictException(EcsError):
    """A call that something before it rules out; `resource_ids` are the ARNs of what is in the way,
    such as the tasks that the same client token launched.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """

    code = "ConflictException"

    def __init__(self, message: str, resource_ids: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = {"resourceIds": list(resource_ids)}


class ResourceInUseException(EcsError):
    """The named thing is in use and cannot be removed."""

    code = "ResourceInUseException"


class TargetNotFoundException(EcsError):
    """The named container instance or attribute target does not exist."""

    code = "TargetNotFoundException"


class TargetNotConnectedException(EcsError):
    """The command cannot run: permissions of the task role, or the agent in the container."""

    code = "TargetNotConnectedException"


class NoUpdateAvailableException(EcsError):
    """The ECS agent runs the latest version, or one too old to be updated."""

    code = "NoUpdateAvailableException"


class MissingVersionException(EcsError):
    """The version of the ECS agent is not known."""

    code = "MissingVersionException"


class AttributeLimitExceededException(EcsError):
    """A resource can have up to 10 custom attributes."""

    code = "AttributeLimitExceededException"


class UnsupportedFeatureException(EcsError):
    """ECS does not offer this feature in this Region or for this launch type."""

    code = "UnsupportedFeatureException"


class NotSimulatedError(EcsError):
    """ECS can do this and the lab cannot: said clearly, so that nobody takes silence for an
    answer.
    """

    code = "NotSimulatedException"
