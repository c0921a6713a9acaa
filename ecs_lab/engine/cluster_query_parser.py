"""Reading an expression of the cluster query language, with errors that name the place.

The grammar, as AWS's page tells it:

    expression  = conjunction { ("or" | "||") conjunction }
    conjunction = negation { ("and" | "&&") negation }
    negation    = ("not" | "!") negation | "(" expression ")" | comparison
    comparison  = subject operator [ literal | "[" literal { "," literal } "]" ]
    literal     = a word without blanks and parentheses | 'text' | "text"

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from ecs_lab.engine.cluster_query import (
    LISTS,
    PRESENCE,
    SUBJECTS,
    Comparison,
    Conjunction,
    Disjunction,
    Expression,
    Not,
    Subject,
    subject,
)

LONGEST = 2000
DEEPEST = 50
"""How many parentheses and negations may be open at a time: the lab's limit, AWS names none."""

OPERATORS = {
    "equals": "==",
    "not_equals": "!=",
    "greater_than": ">",
    "greater_than_equal": ">=",
    "less_than": "<",
    "less_than_equal": "<=",
    "not_exists": "!exists",
    "not_in": "!in",
    "matches": "=~",
    "not_matches": "!~",
}
"""The long forms of the operators, and the short ones."""

_BLANK = re.compile(r"\s*")
_OR = re.compile(r"\|\||or(?![\w:.-])")
_AND = re.compile(r"&&|and(?![\w:.-])")
_NOT = re.compile(r"!|not(?![\w:.-])")
_SUBJECT = re.compile(r"[A-Za-z][\w:./\\-]*")
_OPERATOR = re.compile(r"==|!=|>=|<=|=~|!~|>|<|!?(?:exists|in)(?!\w)|[a-z_]+(?!\w)")
_WORD = re.compile(r"(?:(?!&&|\|\|)[^\s()'\"])+")
_LISTED_WORD = re.compile(r"[^\s()'\",\[\]]+")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SOMETHING = re.compile(r"[\w:.-]+|\S")


class QueryError(ValueError):
    """An expression that is none; `position` is the number of the character where it goes wrong."""

    def __init__(self, text: str, position: int, problem: str) -> None:
        around = text[max(0, position - 30) : position + 30]
        super().__init__(
            f"Invalid cluster query expression at character {position + 1}, near '{around}': "
            f"{problem}."
        )
        self.position = position + 1


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """The expression that a text stands for; raises QueryError. Each text is read only once.

    >>> str(parse("runningTasksCount < 3 && !(task:group == database)"))
    "runningTasksCount < '3' and not task:group == 'database'"
    """
    if len(text) > LONGEST:
        raise QueryError(text, LONGEST, f"expressions have at most {LONGEST} characters")
    return _Reader(text).whole()


class _Reader:
    """A text, and how far it has been read: one method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        expression = self.expression()
        if self.rest():
            raise self.wrong(f"expected 'and', 'or' or the end, found {self.next_thing()}")
        return expression

    def expression(self) -> Expression:
        parts = [self.conjunction()]
        while self.take(_OR):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Disjunction(tuple(parts))

    def conjunction(self) -> Expression:
        parts = [self.negation()]
        while self.take(_AND):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else Conjunction(tuple(parts))

    def negation(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"more than {DEEPEST} parentheses or negations inside each other")
        found: Expression
        if self.take(_NOT):
            found = Not(self.negation())
        elif self.take_char("("):
            found = self.expression()
            if not self.take_char(")"):
                raise self.wrong(f"expected ')', found {self.next_thing()}")
        else:
            found = self.comparison()
        self.depth -= 1
        return found

    def comparison(self) -> Comparison:
        self.rest()
        start = self.at
        name = self.take(_SUBJECT)
        if not name:
            raise self.wrong(f"expected a subject like attribute:NAME, found {self.next_thing()}")
        found = subject(name)
        if found is None:
            known = ", ".join(["attribute:NAME", *SUBJECTS])
            raise QueryError(self.text, start, f"'{name}' is no subject; use one of {known}")
        operator = self.operator(name, found)
        return self.with_argument(name, operator)

    def operator(self, name: str, found: Subject) -> str:
        self.rest()
        start = self.at
        written = self.take(_OPERATOR)
        operator = OPERATORS.get(written, written)
        if not operator:
            raise self.wrong(f"expected an operator such as == or =~, found {self.next_thing()}")
        if operator not in found.operators:
            usable = ", ".join(found.operators)
            raise QueryError(
                self.text, start, f"'{written}' is no operator of {name}; use one of {usable}"
            )
        return operator

    def with_argument(self, name: str, operator: str) -> Comparison:
        self.rest()
        start = self.at
        if operator in PRESENCE:
            values: tuple[str, ...] = ()
        elif operator in LISTS:
            values = self.listed()
        else:
            values = (self.literal(_WORD),)
        try:
            return Comparison(name, operator, values)
        except ValueError as error:
            raise QueryError(self.text, start, f"expected {error}") from None

    def listed(self) -> tuple[str, ...]:
        if not self.take_char("["):
            raise self.wrong(f"expected a list such as [a, b], found {self.next_thing()}")
        values = [self.literal(_LISTED_WORD)]
        while self.take_char(","):
            values.append(self.literal(_LISTED_WORD))
        if not self.take_char("]"):
            raise self.wrong(f"expected ',' or ']', found {self.next_thing()}")
        return tuple(values)

    def literal(self, word: re.Pattern[str]) -> str:
        self.rest()
        quoted = _QUOTED.match(self.text, self.at)
        if quoted:
            self.at = quoted.end()
            return quoted[1] if quoted[1] is not None else str(quoted[2])
        taken = self.take(word)
        if not taken:
            raise self.wrong(f"expected a value, found {self.next_thing()}")
        return taken

    def rest(self) -> bool:
        """Skip blanks; whether anything is left."""
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at < len(self.text)

    def take(self, pattern: re.Pattern[str]) -> str:
        """What the pattern finds here, and go on behind it; an empty text when it finds nothing."""
        self.rest()
        found = pattern.match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return found[0]

    def take_char(self, char: str) -> bool:
        """Whether the character is next, and go on behind it."""
        there = self.rest() and self.text[self.at] == char
        self.at += there
        return there

    def next_thing(self) -> str:
        """What comes next, for an error."""
        if not self.rest():
            return "the end"
        if self.text[self.at] in "'\"":
            return "a quotation mark that is not closed, or a value where none belongs"
        found = _SOMETHING.match(self.text, self.at)
        return f"'{found[0]}'" if found else "the end"

    def wrong(self, problem: str) -> QueryError:
        self.rest()
        return QueryError(self.text, self.at, problem)
