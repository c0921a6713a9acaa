"""IAM's policy simulator: what would be decided, without anything being done.

moto: has no simulator.
Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access import callers, identities, sts
from ecs_lab.aws.access.sts import Answer, StsError
from ecs_lab.iam import document
from ecs_lab.iam.document import MalformedPolicyError, Policy
from ecs_lab.iam.evaluation import IDENTITY, Decision, Policies, Request, evaluate
from ecs_lab.iam.principals import Principal

if TYPE_CHECKING:
    from ecs_lab.aws.access.access import Access

OPERATIONS = {"SimulatePrincipalPolicy", "SimulateCustomPolicy"}
_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"


def simulate(access: Access, operation: str, given: Mapping[str, Any]) -> Answer:
    """Answer either operation; raises StsError."""
    results = [_shown(each) for each in _decisions(access, operation, given)]
    shown = {"EvaluationResults": results, "IsTruncated": False}
    return sts.answer(operation, shown, _NAMESPACE)


def _decisions(access: Access, operation: str, given: Mapping[str, Any]) -> Iterator[Decision]:
    principal, policies, context = _situation(access, operation, given)
    for entry in given.get("ContextEntries") or []:
        values = tuple(entry.get("ContextKeyValues") or [])
        context[entry["ContextKeyName"].lower()] = values[0] if len(values) == 1 else values
    for action in given.get("ActionNames") or []:
        for resource in given.get("ResourceArns") or ["*"]:
            yield evaluate(Request(principal, action, resource, context), policies)


def _situation(
    access: Access, operation: str, given: Mapping[str, Any]
) -> tuple[Principal, Policies, dict[str, Any]]:
    """Who asks, under which policies, with which context to begin with."""
    added = _read_all(given, "PolicyInputList")
    boundaries = _read_all(given, "PermissionsBoundaryPolicyInputList")
    of_resource = _read_all({"it": [given[_RESOURCE]]}, "it") if given.get(_RESOURCE) else ()
    resource = of_resource[0] if of_resource else None
    boundary = boundaries[0] if boundaries else None
    if operation == "SimulateCustomPolicy":
        principal = Principal(str(given.get("CallerArn") or ""), access.account_id)
        return principal, Policies(added, boundary, resource=resource), {}
    arn = str(given.get("PolicySourceArn"))
    role, user = identities.role(access.iam, arn), identities.user(access.iam, arn)
    holder = role if role is not None else user
    if holder is None:
        raise StsError("NoSuchEntity", 404, f"The user or role with ARN {arn} cannot be found.")
    own = identities.identity_policies(access.iam, holder)
    limit = boundary or identities.boundary(access.iam, holder)
    policies = Policies((*own, *added), limit, resource=resource)
    if role is not None:
        return identities.session_principal(role.arn, None), policies, dict(callers.of_role(role))
    who = callers.of_user(access.iam, holder.name)
    return who.principal, policies, dict(who.context)


_RESOURCE = "ResourcePolicy"


def _read_all(given: Mapping[str, Any], name: str) -> tuple[Policy, ...]:
    try:
        return tuple(
            document.read(text, f"{name}.{number}")
            for number, text in enumerate(given.get(name) or [], 1)
        )
    except MalformedPolicyError as error:
        raise StsError("InvalidInput", 400, str(error)) from None


def _shown(decision: Decision) -> dict[str, Any]:
    if decision.allowed:
        outcome = "allowed"
    else:
        outcome = "explicitDeny" if decision.explicit else "implicitDeny"
    shown: dict[str, Any] = {
        "EvalActionName": decision.request.action,
        "EvalResourceName": decision.request.resource,
        "EvalDecision": outcome,
        "MatchedStatements": [],
        "MissingContextValues": [],
    }
    if decision.explicit:
        kind = "IAM Policy" if decision.kind == IDENTITY else "Resource Policy"
        shown["MatchedStatements"] = [{"SourcePolicyId": decision.policy, "SourcePolicyType": kind}]
    return shown
