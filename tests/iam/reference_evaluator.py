"""A slow, literal evaluator of policies, written down from AWS's pages sentence by sentence.

It works on the JSON documents themselves and shares nothing with `ecs_lab.iam`. Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Situation:
    """Everything that a decision depends on, as plain data.

    `who` is {"arn", "account"} of a user, and "role" with the role's ARN for a session.
    """

    who: dict[str, str]
    action: str
    resource: str
    context: dict[str, list[str]]
    identity: list[Document] = field(default_factory=list)
    boundary: Document | None = None
    session: list[Document] | None = None
    on_resource: Document | None = None
    resource_must_allow: bool = False


def decide(it: Situation) -> bool:
    """Allow or Deny."""
    everything = [*it.identity, *(it.session or [])]
    everything += [each for each in (it.boundary, it.on_resource) if each is not None]
    # "In all those policies, the enforcement code looks for a Deny statement that applies to the
    # request. [...] If the enforcement code finds even one explicit deny that applies, the
    # enforcement code returns a final decision of Deny."
    for document in everything:
        for statement in statements(document):
            if statement["Effect"] == "Deny" and applies(statement, it):
                return False
    # "If a resource-based policy grants permission directly to the IAM user or the session
    # principal that is making the request, then an implicit deny in an identity-based policy, a
    # permissions boundary, or a session policy does not impact the final decision."
    grants = {
        how
        for statement in (statements(it.on_resource) if it.on_resource else [])
        if statement["Effect"] == "Allow" and applies(statement, it)
        for how in naming(statement, it.who)
    }
    if "directly" in grants:
        return True
    # "IAM role trust policies and KMS key policies are exceptions to this logic, because they must
    # explicitly allow access for principals."
    if it.resource_must_allow and not grants:
        return False
    # "If there are no identity-based policies or no statements in identity-based policies that
    # allow the requested action, then the request is implicitly denied". A role that a policy of
    # the resource names needs none: "you only need an explicit Allow [...] in either".
    if not allowed_by(it.identity, it) and "role" not in grants:
        return False
    # "If the policy that is used to set the permissions boundary does not allow the requested
    # action, then the request is implicitly denied."
    if it.boundary is not None and not allowed_by([it.boundary], it):
        return False
    # "If a session policy is present and does not allow the requested action, then the request is
    # implicitly denied."
    return it.session is None or allowed_by(it.session, it)


def allowed_by(documents: list[Document], it: Situation) -> bool:
    """Whether any statement of the documents allows the request."""
    return any(
        statement["Effect"] == "Allow" and applies(statement, it)
        for document in documents
        for statement in statements(document)
    )


def statements(document: Document) -> list[Document]:
    """The statements, one or several."""
    return as_list(document["Statement"])


def as_list(value: Any) -> list[Any]:
    """One value may stand without brackets."""
    return value if isinstance(value, list) else [value]


def applies(statement: Document, it: Situation) -> bool:
    """Whether a statement is about the request."""
    if "Action" in statement:
        if not any(glob(p.lower(), it.action.lower()) for p in as_list(statement["Action"])):
            return False
    elif any(glob(p.lower(), it.action.lower()) for p in as_list(statement["NotAction"])):
        return False
    if "Resource" in statement:
        if not any(covers(p, it.resource, it) for p in as_list(statement["Resource"])):
            return False
    elif "NotResource" in statement and any(
        covers(p, it.resource, it) for p in as_list(statement["NotResource"])
    ):
        return False
    if "Principal" in statement and not naming(statement, it.who):
        return False
    return all(
        condition(operator, key, as_list(values), it)
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def naming(statement: Document, who: dict[str, str]) -> set[str]:
    """How a Principal element names who asks: directly, by the role, by the account."""
    if statement["Principal"] == "*":
        return {"directly"}
    found = set()
    for value in as_list(statement["Principal"].get("AWS", [])):
        if value in ("*", who["arn"]):
            found.add("directly")
        elif value == who.get("role"):
            found.add("role")
        elif value in (who["account"], f"arn:aws:iam::{who['account']}:root"):
            found.add("account")
    return found


def covers(pattern: str, resource: str, it: Situation) -> bool:
    """Whether a resource's pattern, its variables replaced, covers an ARN."""
    name = "${aws:username}"
    if name in pattern:
        # "the resource that includes a policy variable with no value will not match any resource"
        values = it.context.get("aws:username", [])
        if not values:
            return False
        pattern = pattern.replace(name, values[0])
    # "You can use wildcard characters within the individual segments of an ARN [...]. If the *
    # wildcard is the last character of a resource ARN segment, it can expand to match beyond the
    # colon boundaries."
    return glob_segments(pattern, resource)


def glob(pattern: str, text: str) -> bool:
    """`*` is any characters, `?` is one."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(glob(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and glob(pattern[1:], text[1:])


def glob_segments(pattern: str, text: str) -> bool:
    """The same, but only a `*` that ends a segment goes beyond a colon."""
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == "*":
        beyond = not rest or rest[0] == ":"
        reach = text if beyond else text.partition(":")[0]
        return any(glob_segments(rest, text[cut:]) for cut in range(len(reach) + 1))
    if not text or (head == "?" and text[0] == ":"):
        return False
    return head in ("?", text[0]) and glob_segments(rest, text[1:])


def condition(operator: str, key: str, wanted: list[str], it: Situation) -> bool:
    """Whether one operator on one key holds."""
    quantifier, _, rest = operator.rpartition(":")
    if_exists = rest.endswith("IfExists")
    bare = rest.removesuffix("IfExists")
    asked = it.context.get(key.lower(), [])
    if bare == "Null":
        return any((value == "true") == (not asked) for value in wanted)
    negated = "Not" in bare
    positive = bare.replace("Not", "")
    if not asked:
        if if_exists:
            return True
        # ForAllValues "also returns true if there are no context keys in the request";
        # ForAnyValue "if the key does not exist, the condition returns false"; otherwise "if the
        # policy condition requires that the key is not matched [...] the condition is true".
        return {"ForAllValues": True, "ForAnyValue": False}.get(quantifier, negated)
    outcomes = [any(compare(positive, value, each) for value in wanted) for each in asked]
    if negated:
        outcomes = [not outcome for outcome in outcomes]
    return any(outcomes) if quantifier == "ForAnyValue" else all(outcomes)


def compare(operator: str, wanted: str, asked: str) -> bool:
    """One value of a policy against one of a request."""
    if operator == "StringEquals":
        return wanted == asked
    if operator == "StringEqualsIgnoreCase":
        return wanted.lower() == asked.lower()
    if operator == "StringLike":
        return glob(wanted, asked)
    if operator in ("ArnLike", "ArnEquals"):
        ours, theirs = wanted.split(":", 5), asked.split(":", 5)
        return len(ours) == len(theirs) and all(map(glob, ours, theirs))
    if operator == "Bool":
        return wanted.lower() == asked.lower()
    if operator == "NumericEquals":
        return float(asked) == float(wanted)
    if operator == "NumericLessThan":
        return float(asked) < float(wanted)
    if operator == "NumericGreaterThanEquals":
        return float(asked) >= float(wanted)
    raise ValueError(operator)
