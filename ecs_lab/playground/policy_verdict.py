"""The verdict on a request, with what each statement had to say and what would allow it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ecs_lab.iam import advice, conditions
from ecs_lab.iam.document import WITH_VARIABLES, Policy, Statement, read
from ecs_lab.iam.evaluation import (
    BOUNDARY,
    IDENTITY,
    RESOURCE,
    TRUST,
    Decision,
    Policies,
    Request,
    evaluate,
)
from ecs_lab.iam.principals import Named

MOST_STEPS = 3
"""A call can lack one statement each in an identity-based policy, a boundary and a resource's."""


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: whether it applies to the request and, if not, why."""

    policy: str
    statement: str
    allows: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do, and the statement to add, if that is it."""

    sentence: str
    statement: dict[str, Any] | None


def said(request: Request, policies: Policies) -> list[Said]:
    """Every statement of every policy, in the order of the policies."""
    return [
        Said(policy.name, each.label, each.allows, why_not(each, request, of_resource))
        for policy, of_resource in _each(policies)
        for each in policy.statements
    ]


def _each(policies: Policies) -> Iterator[tuple[Policy, bool]]:
    yield from ((policy, False) for policy in policies.identity)
    if policies.boundary:
        yield policies.boundary, False
    if policies.resource:
        yield policies.resource, True


def why_not(statement: Statement, request: Request, of_resource: bool = False) -> str:
    """The first part of a statement that keeps it from applying; nothing when it applies."""
    asked = request.action, request.resource, request.context
    unconditional = replace(statement, conditions=())
    if not replace(unconditional, resources=None).applies_to(*asked):
        return "it is about other actions"
    if not unconditional.applies_to(*asked):
        return "it is about other resources"
    if of_resource and statement.names(request.principal) is Named.NO:
        return "it names another principal"
    for test in statement.conditions:
        if not conditions.hold((test,), request.context):
            return _unmet(test, request)
    return ""


def _unmet(test: conditions.Test, request: Request) -> str:
    found = request.context.get(test.key)
    values = (found,) if isinstance(found, str) else found
    has = f"it is {', '.join(values)}" if values else "the request has no such key"
    wanted = " or ".join(test.values)
    return f"its condition wants {test.key} {test.operator} {wanted}, and {has}"


def remedies(request: Request, policies: Policies) -> list[Remedy]:
    """What would allow a request that is denied, step by step; an explicit Deny ends the list.

    Each statement is put in before the next step is looked for, so that they do allow it.
    """
    steps: list[Remedy] = []
    while len(steps) < MOST_STEPS and not (decision := evaluate(request, policies)):
        allow = advice.statement(decision)
        steps.append(Remedy(advice.remedy(decision), allow))
        if allow is None:
            break
        policies = _with(decision, policies, allow)
    return steps


def _with(decision: Decision, policies: Policies, allow: dict[str, Any]) -> Policies:
    """The policies with one statement more, where it was missing."""
    more = read(json.dumps({"Version": WITH_VARIABLES, "Statement": [allow]}))
    if decision.kind == IDENTITY:
        return replace(policies, identity=(*policies.identity, more))
    if decision.kind == BOUNDARY:
        return replace(policies, boundary=_joined(policies.boundary, more))
    assert decision.kind in (RESOURCE, TRUST)
    return replace(policies, resource=_joined(policies.resource, more))


def _joined(policy: Policy | None, more: Policy) -> Policy:
    if policy is None:
        return more
    return replace(policy, statements=policy.statements + more.statements)
