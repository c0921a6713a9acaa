"""Whether an event fits the pattern of a rule.

moto compares field by field, but takes a list of objects (such as `containers` of a task) for one
value, into which no pattern can look. In EventBridge it is enough that one object of the list fits.
Source: https://github.com/aws/event-ruler#and-and-or-relationship-among-fields-with-ruler and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any


def fits(pattern: Any, event: Mapping[str, Any]) -> bool:
    """Whether an event fits moto's pattern of a rule; a rule without one takes none."""
    wanted = pattern.get_pattern()
    return bool(wanted) and any(pattern.matches_event(view) for view in views(event, wanted))


def views(part: Any, wanted: Any) -> Iterator[Any]:
    """An event with one object in place of each list of objects that a pattern looks into.

    >>> event = {"detail": {"containers": [{"exitCode": 0}, {"exitCode": 3}], "group": "job"}}
    >>> for each in views(event, {"detail": {"containers": {"exitCode": [3]}}}):
    ...     print(each["detail"]["containers"])
    {'exitCode': 0}
    {'exitCode': 3}
    """
    if not isinstance(wanted, Mapping):
        yield part
    elif isinstance(part, list):
        for each in part or [None]:
            yield from views(each, wanted)
    elif isinstance(part, Mapping):
        inside = _inside(wanted)
        chosen = [list(views(part[key], inside[key])) for key in inside if key in part]
        names = [key for key in inside if key in part]
        for values in product(*chosen):
            yield {**part, **dict(zip(names, values, strict=True))}
    else:
        yield part


def _inside(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a pattern looks into, also those of its alternatives."""
    found: dict[str, Any] = {}
    for each in (wanted, *wanted.get("$or", ())):
        found |= {key: value for key, value in each.items() if isinstance(value, Mapping)}
    return found
