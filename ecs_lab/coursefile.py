"""Course files: the YAML in which questions and exercises are written, read and validated.

    data = load(Path("quizzes/fargate.yaml"), Path("ecs_lab/quiz/schema.json"))

A file that is wrong raises one `CourseFileError` that lists everything wrong in it, sorted by line,
each with the field, what was expected, what was found and what to do. The schema is a JSON Schema
(draft 7) file; a `description` beside a rule in it is the advice shown when that rule is broken.

YAML is read as YAML 1.2 reads it: `true` and `false` are the only booleans, `2026-11-24` and
`8080:80` are text. Aliases are refused, so that what a line says can be read on that line.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import fastjsonschema
import yaml

Step = str | int
"""One step into a course file: a key of a mapping, or a place in a list (from 0)."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a course file, and how to put it right."""

    file: str
    line: int
    field: str
    expected: str
    found: str
    fix: str

    def __str__(self) -> str:
        """One line, in the form that editors turn into a link to the file and line."""
        where = f" {self.field}:" if self.field else ""
        return (
            f"{self.file}:{self.line}:{where} expected {self.expected}; "
            f"found {self.found}. {self.fix}"
        )


class CourseFileError(Exception):
    """A course file that cannot be used; `problems` holds all that is wrong, by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the problems, without the way the call took through our code."""
        return [str(self)]


@dataclass(frozen=True)
class CourseFile:
    """A valid course file: its data, and the line on which each part of it stands."""

    path: Path
    data: dict[str, Any]
    _root: yaml.Node

    def line(self, *steps: Step) -> int:
        """Line number (from 1) of a field, such as `line("questions", 2, "stem")`."""
        return _line(self._root, steps)


def load(path: Path, schema: Path) -> dict[str, Any]:
    """Read a course file and validate it by a JSON Schema file; raises `CourseFileError`."""
    return read(path, schema).data


def read(path: Path, schema: Path) -> CourseFile:
    """Read and validate as `load` does, keeping the line numbers for later messages."""
    root = _parse(path)
    builder = _Builder(str(path))
    data = builder.value(root, ())
    noted = {problem.field for problem in builder.problems}
    faults = [p for p in _schema_problems(path, root, data, schema) if p.field not in noted]
    if builder.problems or faults:
        raise CourseFileError(builder.problems + faults)
    return CourseFile(path, data, root)


def nearest(word: str, known: Iterable[str]) -> str:
    """The advice "Did you mean 'x'?", or the list of known words when none is near."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else f"Known are: {', '.join(words)}."


# ------------------------------------------------------------------ from text to YAML nodes


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # either base
    """PyYAML's safe loader (in C where it was built) with the scalars of YAML 1.2."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    # PyYAML asks these for each node. Course files have no resolvers by path, so that less is to
    # be asked than PyYAML does: a tenth of the time that reading the bank takes.

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """The tag of a node without one: of a plain scalar by how it begins and looks."""
        if kind is not yaml.ScalarNode:
            return f"tag:yaml.org,2002:{'map' if kind is yaml.MappingNode else 'seq'}"
        known = self.yaml_implicit_resolvers.get(value[:1], []) if implicit[0] else []
        return next((tag for tag, form in known if form.match(value)), "tag:yaml.org,2002:str")

    def descend_resolver(self, _parent: yaml.Node | None, _index: object) -> None:
        """Nothing: see above."""

    def ascend_resolver(self) -> None:
        """Nothing: see above."""


def _scalar(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_scalar("bool", r"^(?:true|false)$", "tf")
_scalar("null", r"^(?:null|~|)$", "n~")
_Loader.yaml_implicit_resolvers[""] = [("tag:yaml.org,2002:null", re.compile("^$"))]
_scalar("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789")
_scalar("float", r"^[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$", "-+0123456789")


def _parse(path: Path) -> yaml.Node:
    """The node tree of a YAML file, or the one problem that keeps it from being read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = yaml.compose(text, Loader=_Loader)
    except OSError as error:
        _fail(path, "a file that can be read", error.strerror or str(error), "Check the path.")
    except UnicodeDecodeError as error:
        _fail(path, "text in UTF-8", f"byte {error.object[error.start]:#04x} at byte "
              f"{error.start}", "Save the file in UTF-8.")  # fmt: skip
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = (error.problem or str(error)).removeprefix("but ").removeprefix("found ")
        _fail(path, "valid YAML", found, _YAML_HELP, mark.line + 1 if mark else 1)
    except yaml.YAMLError as error:
        _fail(path, "valid YAML", " ".join(str(error).split()), _YAML_HELP)
    if root is None:
        _fail(path, "a mapping of fields", "an empty file", "Copy another course file to start.")
    return root


_YAML_HELP = (
    "Indent with spaces, and put text that holds ': ' or begins with a special sign in quotes."
)


def _fail(path: Path, expected: str, found: str, fix: str, line: int = 1) -> NoReturn:
    raise CourseFileError([Problem(str(path), line, "", expected, found, fix)]) from None


class _Builder:
    """Turns YAML nodes into plain data, noting what the schema cannot see."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._seen: set[int] = set()
        self._scalars: Callable[[yaml.Node], Any] = yaml.SafeLoader("").construct_object

    def value(self, node: yaml.Node, steps: tuple[Step, ...]) -> Any:
        """The data of one node; `steps` lead to it from the root."""
        if id(node) in self._seen:
            self._note(node, steps, "a value", "an alias (*name)", "Write the value out.")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, steps)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*steps, i)) for i, item in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:str":
            return node.value
        return self._tagged(node, steps)

    def _mapping(self, node: yaml.MappingNode, steps: tuple[Step, ...]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in data:
                self._note(key_node, (*steps, key), "each key once", f"a second {key!r}",
                           "Keep one of the two.")  # fmt: skip
            data[key] = self.value(value_node, (*steps, key))
        return data

    def _tagged(self, node: yaml.Node, steps: tuple[Step, ...]) -> Any:
        try:
            return self._scalars(node)
        except (yaml.YAMLError, ValueError):
            self._note(node, steps, "plain text, a number, true or false", f"the tag {node.tag}",
                       "Remove the tag, or put the text in quotes.")  # fmt: skip
            return None

    def _note(
        self, node: yaml.Node, steps: tuple[Step, ...], expected: str, found: str, fix: str
    ) -> None:
        line = node.start_mark.line + 1
        self.problems.append(Problem(self._file, line, _field(steps), expected, found, fix))


def _field(steps: Iterable[Step]) -> str:
    """Steps as a reader writes them: `questions[2].options[0].text` (lists from 0)."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps).lstrip(".")


def _line(node: yaml.Node, steps: Iterable[Step]) -> int:
    """Line (from 1) of the key, or of the list item, that the steps lead to."""
    line = node.start_mark.line
    for step in steps:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
    return line + 1


# ------------------------------------------------------------------ from data to problems


@lru_cache(maxsize=16)
def _compiled(schema: Path) -> Callable[[Any], Any]:
    """The schema as one Python function: says yes or no, and fast (0.2 ms for 20 questions)."""
    rules = json.loads(schema.read_text(encoding="utf-8"))
    check: Callable[[Any], Any] = fastjsonschema.compile(rules)
    return check


def _schema_problems(path: Path, root: yaml.Node, data: Any, schema: Path) -> Iterator[Problem]:
    """Everything in which the data departs from the schema.

    The compiled function stops at the first fault, so only a file with a fault pays for
    jsonschema, which finds them all but takes close to a second to import beside JupyterLab.
    """
    try:
        _compiled(schema)(data)
    except fastjsonschema.JsonSchemaValueException as error:
        found = list(_all_faults(path, root, data, schema))
        yield from found or [
            Problem(str(path), 1, "", "what the schema allows", error.message, "Put it right.")
        ]


def _all_faults(path: Path, root: yaml.Node, data: Any, schema: Path) -> Iterator[Problem]:
    from jsonschema import Draft7Validator

    rules = json.loads(schema.read_text(encoding="utf-8"))
    for error in Draft7Validator(rules).iter_errors(data):
        yield from _from_error(path, root, error)


def _from_error(path: Path, root: yaml.Node, error: Any) -> Iterator[Problem]:
    """One fault of jsonschema as problems, one for each key that it is about."""
    file, steps, rules = str(path), tuple(error.absolute_path), error.schema
    known = rules.get("properties", {})
    if error.validator == "additionalProperties":
        for key in [key for key in error.instance if key not in known]:
            at = (*steps, key)
            found, fix = f"the unknown key {key!r}", nearest(key, known)
            yield Problem(file, _line(root, at), _field(at), "a known key", found, fix)
    elif error.validator == "required":  # jsonschema reports each missing key by itself
        key = next(k for k in error.validator_value if error.message.startswith(repr(k)))
        fix = f"Add it. {known.get(key, {}).get('description', '')}".strip()
        yield Problem(file, _line(root, steps), _field(steps), f"the key {key!r}", "none", fix)
    else:
        expected, found = _in_words(error.validator, error.validator_value, error.instance)
        fix = rules.get("description", "Change it to what is expected.")
        if error.validator == "enum" and isinstance(error.instance, str):
            fix = nearest(error.instance, map(str, error.validator_value))
        yield Problem(file, _line(root, steps), _field(steps), expected, found, fix)


def _in_words(rule: str, limit: Any, value: Any) -> tuple[str, str]:
    """(expected, found) of a broken rule, in words."""
    shown = _shown(value)
    if rule == "type":
        return _TYPES.get(str(limit), f"one of {limit}"), shown
    if rule == "enum":
        return f"one of {', '.join(map(str, limit))}", shown
    if rule in _RULES:
        return _RULES[rule].format(limit), shown
    return f"what the rule {rule!r} of the schema allows", shown


_RULES = {
    "minItems": "a list of at least {}",
    "maxItems": "a list of at most {}",
    "uniqueItems": "a list with each entry once",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "a number from {} up",
    "maximum": "a number up to {}",
    "pattern": "text of the form {}",
}

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of fields",
    "null": "nothing",
}


def _shown(value: Any) -> str:
    """A value as a short piece of a sentence."""
    if isinstance(value, dict):
        return f"a mapping of {len(value)} fields"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
