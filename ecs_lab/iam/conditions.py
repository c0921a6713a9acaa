"""The Condition element: operators that compare a request's context with a policy's values.

All operators and keys of a condition have to hold; of several values for one key one is enough,
or for a negated operator none may match. Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ecs_lab.iam.variables import Context, substitute
from ecs_lab.iam.wildcards import PLAIN, arn_like, string_like

Match = Callable[[str, str], bool]
"""Takes a policy's value and a request's value."""


@dataclass(frozen=True, slots=True)
class Test:
    """One operator on one key, such as ForAnyValue:StringLikeIfExists on aws:tagkeys.

    `quantifier` is "ForAllValues", "ForAnyValue" or nothing.
    """

    __test__ = False  # pytest: not one of its own

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False
    variables: bool = False


def read(condition: Mapping[str, Any], *, variables: bool) -> tuple[Test, ...]:
    """The tests of a Condition element; `variables` says whether the policy's Version has them."""
    return tuple(_tests(condition, variables))


def _tests(condition: Mapping[str, Any], variables: bool) -> Iterator[Test]:
    for name, keys in condition.items():
        quantifier, _, rest = name.rpartition(":")
        bare = rest.removesuffix("IfExists")
        for key, value in keys.items():
            values = value if isinstance(value, list) else [value]
            yield Test(
                bare,
                key.lower(),
                tuple(_text(each) for each in values),
                quantifier,
                bare != rest,
                variables and bare.startswith(("String", "Arn")),
            )


def _text(value: Any) -> str:
    """JSON's true and 1 count as "true" and "1"."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_operator(name: str) -> bool:
    """Whether IAM has this operator, as a `Test` names it: without quantifier and IfExists."""
    return name == "Null" or name in _OPERATORS or name in _NEGATED


def hold(tests: tuple[Test, ...], context: Context) -> bool:
    """Whether all tests of a condition hold for a request."""
    return all(_holds(test, context) for test in tests)


def _holds(test: Test, context: Context) -> bool:
    found = context.get(test.key, ())
    asked = (found,) if isinstance(found, str) else tuple(found)
    if test.operator == "Null":
        return any((value.lower() == "true") is (not asked) for value in test.values)
    negated = test.operator in _NEGATED
    match = _OPERATORS.get(_NEGATED.get(test.operator, test.operator))
    if match is None:  # AWS does not take such a policy; the lab lets its statement do nothing
        return False
    if not asked:
        return _holds_without_a_value(test, negated)
    results = [negated is not _matches_one(test, match, each, context) for each in asked]
    if test.quantifier == "ForAllValues":
        return all(results)
    if test.quantifier == "ForAnyValue":
        return any(results)
    # AWS wants a quantifier for several values; the lab then reads "one of them", or "none".
    return all(results) if negated else any(results)


def _holds_without_a_value(test: Test, negated: bool) -> bool:
    if test.if_exists or test.quantifier == "ForAllValues":
        return True
    return negated and test.quantifier != "ForAnyValue"


def _matches_one(test: Test, match: Match, asked: str, context: Context) -> bool:
    for value in test.values:
        wanted = substitute(value, context) if test.variables else value
        if wanted is not None and match(wanted, asked):
            return True
    return False


def _string_equals(wanted: str, asked: str) -> bool:
    return wanted.translate(PLAIN) == asked


def _string_equals_ignore_case(wanted: str, asked: str) -> bool:
    return wanted.translate(PLAIN).lower() == asked.lower()


def _bool(wanted: str, asked: str) -> bool:
    return wanted.lower() == asked.lower()


def _compared(read: Callable[[str], float], compare: Callable[[float, float], bool]) -> Match:
    """A match of two values that have an order; what cannot be read matches nothing."""

    def match(wanted: str, asked: str) -> bool:
        try:
            return compare(read(asked), read(wanted))
        except ValueError:
            return False

    return match


def _seconds(text: str) -> float:
    """A date as seconds since the epoch: ISO 8601, or such seconds already."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _ip_address(wanted: str, asked: str) -> bool:
    try:
        return ipaddress.ip_address(asked) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


_ORDERS = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_OPERATORS: dict[str, Match] = {
    "StringEquals": _string_equals,
    "StringEqualsIgnoreCase": _string_equals_ignore_case,
    "StringLike": string_like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": _bool,
    "BinaryEquals": operator.eq,
    "IpAddress": _ip_address,
    **{f"Numeric{name}": _compared(float, order) for name, order in _ORDERS.items()},
    **{f"Date{name}": _compared(_seconds, order) for name, order in _ORDERS.items()},
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
