"""The cluster query language: expressions that select container instances, such as
`attribute:ecs.instance-type =~ g2.* and runningTasksCount < 3`.

Here is what an expression means; `cluster_query_parser.py` reads one. Placement constraints of
type memberOf and the filter of ListContainerInstances are written in it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from ecs_lab.engine.model import ContainerInstance

NEGATED = {"!=": "==", "!in": "in", "!~": "=~", "!exists": "exists"}
"""The operators that say the opposite of another one."""

EQUALITY, ORDER = ("==", "!="), (">", ">=", "<", "<=")
LISTS, PATTERNS, PRESENCE = ("in", "!in"), ("=~", "!~"), ("exists", "!exists")


class Expression(Protocol):
    """What an expression, and each part of it, can do; `str` of it is an expression again."""

    def matches(self, instance: ContainerInstance) -> bool:
        """Whether the container instance is one of those that the expression selects."""

    @property
    def changes(self) -> bool:
        """Whether the answer may become another while tasks are placed."""


class Subject(NamedTuple):
    """What an expression can ask about: how it is read, its operators, and what a literal is.

    `converted` raises ValueError for a literal that is none of this subject's.
    """

    read: Callable[[ContainerInstance], list[Any]]
    operators: tuple[str, ...]
    converted: Callable[[str], Any] = str
    changes: bool = False


def instant(text: str) -> float:
    """Seconds since the epoch of a date or a date and time; without a time zone it is UTC.

    >>> instant("2018-06-18T22:28:28Z") - instant("2018-06-18")
    80908.0
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?", text):
        raise ValueError("a date such as 2018-06-18 or 2018-06-18T22:28:28Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a day and a time that exist") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def version(text: str) -> tuple[int, ...]:
    """The numbers of an agent's version; the same as a version with zeros at its end.

    >>> version("1.14.5") < version("1.90.0"), version("1.14") == version("1.14.0")
    (True, True)
    """
    if not re.fullmatch(r"v?\d{1,9}(\.\d{1,9}){0,3}", text):
        raise ValueError("a version such as 1.14.5")
    numbers = [int(each) for each in text.removeprefix("v").split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def count(text: str) -> int:
    """A number of tasks."""
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError("a whole number such as 1")
    return int(text)


def _agent_version(instance: ContainerInstance) -> list[Any]:
    try:
        return [version(str(instance.version_info.get("agentVersion", "")))]
    except ValueError:
        return []


def _running(instance: ContainerInstance) -> list[Any]:
    return [sum(1 for each in instance.tasks.values() if each.last_status == "RUNNING")]


def _groups(instance: ContainerInstance) -> list[Any]:
    return [each.group for each in instance.tasks.values() if not each.stopping]


SUBJECTS = {
    "agentConnected": Subject(
        lambda instance: [str(instance.agent_connected).lower()], EQUALITY + LISTS + PATTERNS
    ),
    "agentVersion": Subject(_agent_version, EQUALITY + ORDER, version),
    "ec2InstanceId": Subject(
        lambda instance: [instance.ec2_instance_id], EQUALITY + LISTS + PATTERNS
    ),
    "registeredAt": Subject(lambda instance: [instance.registered_at_s], EQUALITY + ORDER, instant),
    "runningTasksCount": Subject(_running, EQUALITY + ORDER, count),
    "task:group": Subject(_groups, EQUALITY + LISTS + PATTERNS + PRESENCE, changes=True),
}
"""Every subject but `attribute:NAME`, with the operators that AWS's page lists for it.

AWS lists none for task:group. The lab takes the tasks that are to run (desired status RUNNING), as
distinctInstance does, and lets it have all operators but those of order.
"""

ATTRIBUTE = "attribute:"


def subject(name: str) -> Subject | None:
    """The subject of that name, or None."""
    if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        return Subject(_nothing, EQUALITY + ORDER + LISTS + PATTERNS + PRESENCE)
    return SUBJECTS.get(name)


def _nothing(instance: ContainerInstance) -> list[Any]:
    raise AssertionError(f"attributes of {instance.id} are read by their name")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`subject operator argument`; the operator in its short form, and the argument's literals.

    An instance without the attribute is selected neither by == nor by !=: AWS says of
    `attribute:stack != prod` that it lists the instances with the attribute unless it is prod.
    """

    subject: str
    operator: str
    values: tuple[str, ...] = ()
    literals: tuple[Any, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Convert the literals once; raises ValueError for what is no regular expression."""
        found = subject(self.subject)
        assert found is not None
        converted: tuple[Any, ...]
        if self.operator in PATTERNS:
            converted = tuple(_pattern(each) for each in self.values)
        else:
            converted = tuple(found.converted(each) for each in self.values)
        object.__setattr__(self, "literals", converted)

    @property
    def changes(self) -> bool:
        """Only task:group looks at tasks that are not RUNNING yet."""
        return self.subject == "task:group"

    def matches(self, instance: ContainerInstance) -> bool:
        """Whether the instance's value stands in that relation to the literals."""
        found = self._found(instance)
        if self.operator not in NEGATED:
            return any(self._holds(self.operator, each) for each in found)
        opposite = any(self._holds(NEGATED[self.operator], each) for each in found)
        absence_counts = self.operator == "!exists" or self.subject == "task:group"
        return not opposite and (bool(found) or absence_counts)

    def _found(self, instance: ContainerInstance) -> list[Any]:
        if self.subject.startswith(ATTRIBUTE):
            name = self.subject.removeprefix(ATTRIBUTE)
            there = name in instance.attributes
            return [instance.attributes[name] or ""] if there else []
        return SUBJECTS[self.subject].read(instance)

    def _holds(self, operator: str, value: Any) -> bool:
        if operator == "exists":
            return True
        if operator == "=~":
            return self.literals[0].fullmatch(value) is not None
        if operator in ("==", "in"):
            return value in self.literals
        return _ordered(operator, value, self.literals[0])

    def __str__(self) -> str:
        if self.operator in PRESENCE:
            return f"{self.subject} {self.operator}"
        quoted = [_quoted(each) for each in self.values]
        argument = f"[{', '.join(quoted)}]" if self.operator in LISTS else quoted[0]
        return f"{self.subject} {self.operator} {argument}"


def _pattern(text: str) -> re.Pattern[str]:
    """A regular expression that has to fit the whole value.

    AWS takes Java's syntax; the lab reads it as Python's, which is the same in all but rare cases
    (Java's classes such as Alpha in braces are refused).
    """
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"a regular expression ({error})") from None


def _ordered(operator: str, value: Any, literal: Any) -> bool:
    """Compare two values; texts (of attributes) count as numbers if both of them are."""
    if isinstance(value, str) and _NUMBER.fullmatch(value) and _NUMBER.fullmatch(literal):
        value, literal = float(value), float(literal)
    if operator == ">":
        return bool(value > literal)
    if operator == ">=":
        return bool(value >= literal)
    return bool(value < literal) if operator == "<" else bool(value <= literal)


_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of an expression."""

    part: Expression

    @property
    def changes(self) -> bool:
        """As its part does."""
        return self.part.changes

    def matches(self, instance: ContainerInstance) -> bool:
        """Whether the part does not match."""
        return not self.part.matches(instance)

    def __str__(self) -> str:
        return f"not {_inside(self.part)}"


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Expressions joined by `and`."""

    parts: tuple[Expression, ...]

    @property
    def changes(self) -> bool:
        """If one of its parts does."""
        return any(each.changes for each in self.parts)

    def matches(self, instance: ContainerInstance) -> bool:
        """Whether all parts match."""
        return all(each.matches(instance) for each in self.parts)

    def __str__(self) -> str:
        return " and ".join(_inside(each) for each in self.parts)


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Expressions joined by `or`."""

    parts: tuple[Expression, ...]

    @property
    def changes(self) -> bool:
        """If one of its parts does."""
        return any(each.changes for each in self.parts)

    def matches(self, instance: ContainerInstance) -> bool:
        """Whether one part matches."""
        return any(each.matches(instance) for each in self.parts)

    def __str__(self) -> str:
        return " or ".join(_inside(each) for each in self.parts)


def _inside(part: Expression) -> str:
    return f"({part})" if isinstance(part, (Conjunction, Disjunction)) else str(part)
