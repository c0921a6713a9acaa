"""Policy variables: `${aws:username}` in a policy becomes the value that the request has for it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ecs_lab.iam.wildcards import LITERAL

Context = Mapping[str, str | Sequence[str]]
"""What is known of a request: condition keys in lower case, with one value or several."""

_VARIABLE = re.compile(r"\$\{(?P<name>[^},]*)(?:,\s*'(?P<default>[^']*)')?\s*\}")
_RESOURCE_PART = 5


class _NoValueError(Exception):
    """A variable that the request has no value for."""


def substitute(pattern: str, context: Context) -> str | None:
    """The pattern with its variables' values in it, or None where one has no value.

    `${*}`, `${?}` and `${$}` are the characters themselves. A value is taken as it is, with no
    wildcard in it. A key with several values cannot be a variable.

    >>> substitute("home/${aws:username}/*", {"aws:username": "ann"})
    'home/ann/*'
    >>> substitute("home/${aws:username}/*", {}) is None
    True
    >>> substitute("${aws:PrincipalTag/team, 'all'}", {})
    'all'
    """
    if "${" not in pattern:
        return pattern

    def value(found: re.Match[str]) -> str:
        return _value(found["name"].strip(), found["default"], context).translate(LITERAL)

    try:
        return _VARIABLE.sub(value, pattern)
    except _NoValueError:
        return None


def substitute_in_resource(pattern: str, context: Context) -> str | None:
    """The same for a resource, whose ARN may have variables after its fifth colon only."""
    if "${" not in pattern:
        return pattern
    parts = pattern.split(":", _RESOURCE_PART)
    last = substitute(parts[-1], context)
    return None if last is None else ":".join([*parts[:-1], last])


def _value(name: str, default: str | None, context: Context) -> str:
    if name in {"*", "?", "$"}:
        return name
    found = context.get(name.lower(), default)
    if not isinstance(found, str):
        raise _NoValueError
    return found
