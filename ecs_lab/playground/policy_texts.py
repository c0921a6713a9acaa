"""What stands in the fields of the policy playground, read; what cannot be is told in a
sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ecs_lab.iam import conditions
from ecs_lab.iam.document import MalformedPolicyError, Policy, read
from ecs_lab.iam.variables import Context
from ecs_lab.widgets.fields import FieldError

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:.+")


def action(text: str) -> str:
    """An action such as s3:GetObject; a call has one, without wildcards."""
    asked = text.strip()
    if not _ACTION.fullmatch(asked):
        raise FieldError(
            f"Action: {asked or 'nothing'!r} is no call: give service:Operation, such as "
            "s3:GetObject."
        )
    return asked


def resource(text: str) -> str:
    """The ARN of what is asked for, or "*" for an action that has no resource."""
    asked = text.strip()
    if asked != "*" and not _ARN.fullmatch(asked):
        raise FieldError(
            f"Resource: {asked or 'nothing'!r} is no ARN: give one such as "
            "arn:aws:s3:::shop-files/prices.csv, or * for an action without resource."
        )
    return asked


def context(text: str) -> Context:
    """The request's keys, from lines `key = value`; a key that comes twice has both values."""
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        key, equals, value = line.partition("=")
        if not line.strip():
            continue
        if not equals or ":" not in key:
            raise FieldError(
                f"Condition context: line {number} is {line.strip()!r}: give key = value, such as "
                "aws:SourceIp = 203.0.113.7."
            )
        name = key.strip().lower()
        found[name] = (*found.get(name, ()), value.strip())
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def policy(text: str, what: str, *, of_resource: bool = False) -> Policy:
    """A policy document under the name `what`, in the form that AWS takes for its kind.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    label = f"{what[0].upper()}{what[1:]}"
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise FieldError(
            f"{label}: line {error.lineno}, column {error.colno}, is not JSON: {error.msg}."
        ) from None
    try:
        found = read(text, what)
    except MalformedPolicyError as error:
        raise FieldError(f"{label}: {error}") from None
    if not found.statements:
        raise FieldError(f"{label}: it has no Statement.")
    for wrong in _wrong(found, of_resource):
        raise FieldError(f"{label}: {wrong}")
    return found


def _wrong(found: Policy, of_resource: bool) -> Iterator[str]:
    """What AWS would refuse, a sentence each."""
    for each in found.statements:
        if of_resource and not each.principals:
            yield f"{each.label} names no Principal, and a policy of a resource says to whom."
        if not of_resource and each.principals:
            yield f"{each.label} names a Principal: only a policy of a resource says to whom."
        if not of_resource and each.resources is None:
            yield f"{each.label} has neither Resource nor NotResource."
        for test in each.conditions:
            if not conditions.is_operator(test.operator):
                yield f"{each.label} has the condition operator {test.operator!r}: IAM has none."
