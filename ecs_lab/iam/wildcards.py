"""What the patterns of policies cover: `*` stands for any characters, `?` for any single one.

Where a wildcard may reach differs by element:

- actions: anywhere, and case does not count
  (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html);
- resources: within one segment of an ARN; a `*` that ends a segment goes on beyond the colon
  (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html);
- strings of conditions: anywhere;
- ARNs of conditions: each of the six components is matched by itself
  (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

LITERAL = str.maketrans({"*": "\ue000", "?": "\ue001"})
"""Makes the characters of a variable's value stand for themselves within a pattern."""
PLAIN = str.maketrans({"\ue000": "*", "\ue001": "?"})
"""Undoes `LITERAL`."""

_COMPONENTS = 6
_ANYTHING = {"*": ".*", "?": "."}


def action_pattern(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression for all of a statement's actions.

    >>> bool(action_pattern(["s3:Get*", "ecs:*"]).fullmatch("ECS:RunTask"))
    True
    """
    return re.compile("|".join(_expression(each, _ANYTHING) for each in patterns), re.IGNORECASE)


@lru_cache(maxsize=4096)
def resource_pattern(pattern: str) -> re.Pattern[str]:
    """The expression for a resource of a statement.

    >>> web = resource_pattern("arn:aws:ecs:*:*:task-definition/web:*")
    >>> bool(web.fullmatch("arn:aws:ecs:us-east-1:123456789012:task-definition/web:7"))
    True
    """
    segments = []
    for segment in pattern.split(":"):
        open_end = segment.endswith("*")
        inner = _expression(segment.removesuffix("*"), {"*": "[^:]*", "?": "[^:]"})
        segments.append(inner + (".*" if open_end else ""))
    return re.compile(":".join(segments), re.DOTALL)


def string_like(pattern: str, text: str) -> bool:
    """Whether a text is like a pattern, as StringLike has it.

    >>> string_like("home/*", "home/ann/notes.txt")
    True
    """
    return _string_pattern(pattern).fullmatch(text) is not None


def arn_like(pattern: str, arn: str) -> bool:
    """Whether an ARN is like a pattern, component by component.

    >>> arn_like("arn:aws:ecs:*:123456789012:*", "arn:aws:ecs:us-east-1:123456789012:cluster/shop")
    True
    """
    patterns, parts = (text.split(":", _COMPONENTS - 1) for text in (pattern, arn))
    return len(patterns) == len(parts) and all(map(string_like, patterns, parts))


@lru_cache(maxsize=4096)
def _string_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(_expression(pattern, _ANYTHING), re.DOTALL)


def _expression(pattern: str, wildcards: dict[str, str]) -> str:
    return "".join(wildcards.get(char) or re.escape(char.translate(PLAIN)) for char in pattern)
