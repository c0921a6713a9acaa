"""What would allow a request that was denied."""

from __future__ import annotations

from typing import Any

from ecs_lab.iam.evaluation import BOUNDARY, RESOURCE, SESSION, TRUST, Decision


def remedy(decision: Decision) -> str:
    """What to do about a denial, in a sentence."""
    asked = decision.request
    if decision.explicit:
        return (
            f"{decision.statement} of {decision.policy or 'the policy'} denies it, and a Deny wins "
            "over every Allow: take it away, or narrow it."
        )
    if decision.kind == TRUST:
        return f"Let the trust policy of {asked.resource} allow {asked.principal} to assume it."
    if decision.kind == BOUNDARY:
        return "The permissions boundary has to allow it too: add this statement there."
    if decision.kind == SESSION:
        return "The policy that the session was given has to allow it too: add this statement."
    if decision.kind == RESOURCE:
        return f"The policy of {asked.resource} has to allow it: add this statement there."
    return f"Add this statement to a policy of {asked.principal.role_arn or asked.principal}."


def statement(decision: Decision) -> dict[str, Any] | None:
    """The smallest statement that would allow it, or None where an explicit Deny is in the way.

    >>> from ecs_lab.iam.evaluation import IDENTITY, Request
    >>> from ecs_lab.iam.principals import Principal
    >>> ann = Principal("arn:aws:iam::123456789012:user/ann", "123456789012")
    >>> statement(Decision(False, Request(ann, "ecs:ListClusters"), IDENTITY))
    {'Effect': 'Allow', 'Action': 'ecs:ListClusters', 'Resource': '*'}
    """
    if decision.explicit:
        return None
    asked = decision.request
    allow: dict[str, Any] = {"Effect": "Allow"}
    if decision.kind in (TRUST, RESOURCE):
        named = asked.principal
        allow["Principal"] = (
            {"Service": named.service} if named.service else {"AWS": named.role_arn or named.arn}
        )
    allow["Action"] = asked.action
    if decision.kind != TRUST:
        allow["Resource"] = asked.resource
    passed_to = asked.context.get("iam:passedtoservice")
    if passed_to:
        allow["Condition"] = {"StringEquals": {"iam:PassedToService": passed_to}}
    return allow
