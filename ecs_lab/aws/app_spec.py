"""The AppSpec file of a CodeDeploy deployment to ECS: which service, and which hooks.

Sources: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

EVENTS = (
    "BeforeInstall",
    "AfterInstall",
    "AfterAllowTestTraffic",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
)
"""The lifecycle events of a deployment to ECS that can have a hook, in their order."""


class CannotDeployError(Exception):
    """Why CodeDeploy cannot carry out a deployment."""


@dataclass(slots=True, frozen=True)
class AppSpec:
    """What stands in an AppSpec file: properties of the service, Lambda functions by event."""

    properties: dict[str, Any]
    hooks: dict[str, str]


def read(revision: dict[str, Any]) -> AppSpec:
    """The AppSpec file of a revision, which is YAML or JSON.

    Raises CannotDeployError for a file that is somewhere else, or that is not valid.
    """
    place = revision.get("appSpecContent") or revision.get("string") or {}
    if "content" not in place:
        raise CannotDeployError(
            "The lab reads the AppSpec file from the revision itself: use revisionType "
            "AppSpecContent."
        )
    try:
        document = yaml.safe_load(place["content"])
        properties = _properties(document)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError):
        raise CannotDeployError(
            "The AppSpec file is not valid: it needs Resources with one service, and its "
            "Properties with TaskDefinition."
        ) from None
    return AppSpec(properties, _hooks(document))


def _properties(document: dict[str, Any]) -> dict[str, Any]:
    (target,) = document["Resources"]
    (service,) = target.values()
    properties: dict[str, Any] = service["Properties"]
    if not isinstance(properties["TaskDefinition"], str):
        raise TypeError("TaskDefinition")
    return properties


def _hooks(document: dict[str, Any]) -> dict[str, str]:
    """Function by event. AWS's page writes the section's name with and without a capital."""
    listed = document.get("Hooks") or document.get("hooks") or []
    try:
        pairs = [pair for each in listed for pair in each.items()]
    except (TypeError, AttributeError):
        pairs = [("", None)]
    for event, function in pairs:
        if event not in EVENTS or not isinstance(function, str) or not function:
            raise CannotDeployError(
                "The AppSpec file is not valid: Hooks is a list of an event and the name of a "
                f"Lambda function each, and the events are {', '.join(EVENTS)}."
            )
    return dict(pairs)
