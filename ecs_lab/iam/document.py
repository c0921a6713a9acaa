"""A policy as it is evaluated, read from its JSON document.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ecs_lab.iam import conditions, principals
from ecs_lab.iam.principals import Entries, Named, Principal, named
from ecs_lab.iam.variables import Context, substitute_in_resource
from ecs_lab.iam.wildcards import action_pattern, resource_pattern

WITH_VARIABLES = "2012-10-17"
"""The Version from which on policies have variables."""


class MalformedPolicyError(ValueError):
    """A document that is no policy; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy: its effect, and what it applies to.

    `negates_actions` is true for NotAction, `negates_resources` for NotResource, and
    `negates_principals` for NotPrincipal. Without resources it applies to what it is attached to.
    """

    label: str
    allows: bool
    actions: re.Pattern[str]
    negates_actions: bool
    resources: tuple[str, ...] | None
    negates_resources: bool
    principals: Entries
    negates_principals: bool
    conditions: tuple[conditions.Test, ...]
    has_variables: bool

    def applies_to(self, action: str, resource: str, context: Context) -> bool:
        """Whether it is about this action on this resource in this context, whoever asks."""
        return (
            (self.actions.fullmatch(action) is not None) is not self.negates_actions
            and self._covers(resource, context)
            and (not self.conditions or conditions.hold(self.conditions, context))
        )

    def names(self, principal: Principal) -> Named:
        """How it names a principal, in a policy of a resource.

        NotPrincipal is about all but those that it names by their own ARN or their role's; naming
        their account, which AWS wants there as well, excepts nobody.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        how = named(self.principals, principal)
        if not self.negates_principals:
            return how
        return Named.NO if how >= Named.ROLE else Named.DIRECTLY

    def _covers(self, resource: str, context: Context) -> bool:
        if self.resources is None:
            return True
        return self._matches(resource, context) is not self.negates_resources

    def _matches(self, resource: str, context: Context) -> bool:
        for each in self.resources or ():
            pattern = substitute_in_resource(each, context) if self.has_variables else each
            if pattern is not None and resource_pattern(pattern).fullmatch(resource):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document under the name by which it is known; AWS's and customers' managed ones
    have an ARN.
    """

    statements: tuple[Statement, ...]
    name: str = ""
    arn: str = ""


@lru_cache(maxsize=2048)
def read(text: str, name: str = "", arn: str = "") -> Policy:
    """The policy of a JSON document; raises MalformedPolicyError for what is none.

    >>> policy = read('{"Statement": {"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}}')
    >>> policy.statements[0].label
    'statement 1'
    """
    try:
        document = json.loads(text)
    except ValueError:
        raise MalformedPolicyError("The policy is not valid JSON.") from None
    if not isinstance(document, dict):
        raise MalformedPolicyError("The policy is not a JSON object.")
    found = _listed(document.get("Statement"))
    if not all(isinstance(each, Mapping) for each in found):
        raise MalformedPolicyError("A statement of the policy is not a JSON object.")
    variables = document.get("Version") == WITH_VARIABLES
    statements = tuple(_statement(each, number, variables) for number, each in enumerate(found, 1))
    return Policy(statements, name, arn)


def _statement(element: Mapping[str, Any], number: int, variables: bool) -> Statement:
    effect = element.get("Effect")
    if effect not in {"Allow", "Deny"}:
        raise MalformedPolicyError(f"Statement {number} has neither Effect Allow nor Deny.")
    if "Action" not in element and "NotAction" not in element:
        raise MalformedPolicyError(f"Statement {number} has neither Action nor NotAction.")
    condition = element.get("Condition", {})
    if not isinstance(condition, Mapping) or not all(
        isinstance(keys, Mapping) for keys in condition.values()
    ):
        raise MalformedPolicyError(f"The Condition of statement {number} is not a JSON object.")
    without_actions, without_resources = "NotAction" in element, "NotResource" in element
    resources = element.get("NotResource" if without_resources else "Resource")
    return Statement(
        label=str(element.get("Sid") or f"statement {number}"),
        allows=effect == "Allow",
        actions=action_pattern(_texts(element["NotAction" if without_actions else "Action"])),
        negates_actions=without_actions,
        resources=None if resources is None else _texts(resources),
        negates_resources=without_resources,
        principals=principals.read(element.get("NotPrincipal") or element.get("Principal")),
        negates_principals="NotPrincipal" in element,
        conditions=conditions.read(condition, variables=variables),
        has_variables=variables,
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in _listed(value))


def _listed(value: Any) -> list[Any]:
    """An element as a list: one alone may stand without brackets."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
