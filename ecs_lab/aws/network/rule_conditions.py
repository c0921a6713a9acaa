"""What Elastic Load Balancing refuses of the conditions of a listener's rule.

moto: takes any number of them, and of their values. AWS documents the limits; the texts are ours.
How many wildcards a rule may have is not checked, because AWS's pages disagree (five or six).
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from moto.elbv2.exceptions import ELBClientError

MOST_OF_A_CONDITION = 3
MOST_OF_A_RULE = 5
ONCE = ("host-header", "http-request-method", "path-pattern", "source-ip")
"""Kinds of which a rule has one at most."""

Condition = Mapping[str, Any]


def check(conditions: Iterable[Condition]) -> None:
    """Each kind as often as it may be, three values a condition, five a rule, none of them a
    regular expression, which the lab does not match.
    """
    given = list(conditions)
    kinds = Counter(str(each.get("Field")) for each in given)
    for kind in ONCE:
        if kinds[kind] > 1:
            raise _refused(f"A rule can have one '{kind}' condition")
    for each in given:
        _check_values(str(each.get("Field")), each)
    if sum(len(values) for each in given for values in _lists(each, "Values")) > MOST_OF_A_RULE:
        raise _refused(f"A rule can have {MOST_OF_A_RULE} condition values")


def _check_values(kind: str, condition: Condition) -> None:
    if any(_lists(condition, "RegexValues")):
        raise _refused(
            f"The lab does not match regular expressions ('{kind}'): use Values with * and ?"
        )
    if any(len(values) > MOST_OF_A_CONDITION for values in _lists(condition, "Values")):
        raise _refused(f"A '{kind}' condition can have {MOST_OF_A_CONDITION} values")


def _lists(condition: Condition, name: str) -> Iterator[Sequence[Any]]:
    """The lists of that name in a condition and in its configuration."""
    for each in (condition, *condition.values()):
        if isinstance(each, Mapping) and each.get(name):
            yield each[name]


def _refused(message: str) -> ELBClientError:
    return ELBClientError("InvalidConfigurationRequest", message)
