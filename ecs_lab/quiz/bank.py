"""The question bank: `quizzes/*.yaml` read into `Topic`, `Question` and `Option`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ecs_lab import coursefile, paths
from ecs_lab.quiz import bank_cache
from ecs_lab.quiz.model import CHOICE, Bank, Case, Option, Question, Topic

SCHEMA = Path(__file__).with_name("schema.json")


class UnknownTopicError(LookupError):
    """A topic that no question file has; says which one was probably meant."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no topic {name!r}. {coursefile.nearest(name, known)}")

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence, without the way the call took through our code."""
        return [str(self)]


def topic_names(folder: Path | None = None) -> list[str]:
    """Names of the topics of a folder, by the alphabet; without one, of the course and one's own.

    Reads no file.
    """
    return sorted(_topic_files(folder))


def _topic_files(folder: Path | None) -> dict[str, Path]:
    """The files of the topics by name; the course's stand before one's own of the same name."""
    folders = [folder] if folder else [paths.data_dir() / "questions", paths.quizzes_dir()]
    return {path.stem: path for each in folders for path in each.glob("*.yaml")}


def load_topic(name: str, folder: Path | None = None) -> Topic:
    """The questions on one topic; raises `UnknownTopicError` or `coursefile.CourseFileError`.

    Without a folder it is a topic of the course, or of one's own questions.
    """
    known = _topic_files(folder)
    if name not in known:
        raise UnknownTopicError(name, sorted(known))
    return _topic(known[name])


def load_file(path: Path) -> Topic:
    """The questions of any file; raises `coursefile.CourseFileError`."""
    return _topic(path)


def load_bank(folder: Path | None = None) -> Bank:
    """Every topic, in the order of study; one `CourseFileError` names all faults of all files."""
    topics, problems = [], []
    for path in sorted((folder or paths.quizzes_dir()).glob("*.yaml")):
        try:
            topics.append(_topic(path))
        except coursefile.CourseFileError as error:
            problems += error.problems
    if problems:
        raise coursefile.CourseFileError(problems)
    return Bank(tuple(sorted(topics, key=lambda topic: (topic.order, topic.name))))


def _topic(path: Path) -> Topic:
    """The topic of a file; one of the course itself is kept in the cache, read and checked."""
    if path.parent != paths.quizzes_dir():
        return _read(path)[0]
    key = bank_cache.digest(path, SCHEMA)
    if found := bank_cache.kept(path.stem, key):
        return _built(path, *found)
    topic, data, lines = _read(path)
    bank_cache.keep(path.stem, key, data, lines)
    return topic


def _read(path: Path) -> tuple[Topic, dict[str, Any], list[int]]:
    """A file's topic, with its data and its questions' lines; raises `CourseFileError`."""
    file = coursefile.read(path, SCHEMA)
    raws = file.data["questions"]
    problems = [p for i, raw in enumerate(raws) for p in _problems(file, i, raw)]
    if problems:
        raise coursefile.CourseFileError(problems)
    lines = [file.line("questions", index) for index in range(len(raws))]
    return _built(path, file.data, lines), file.data, lines


def _problems(
    file: coursefile.CourseFile, index: int, raw: dict[str, Any]
) -> Iterator[coursefile.Problem]:
    """What the schema cannot see: a day that there is not, and a case that there is not."""
    cases = [case["id"] for case in file.data.get("cases", [])]
    try:
        date.fromisoformat(raw["as_of"])
    except ValueError:
        yield _problem(file, index, "as_of", "a day of the calendar", repr(raw["as_of"]),
                       "Write the day the sources were read.")  # fmt: skip
    if "case" in raw and raw["case"] not in cases:
        advice = coursefile.nearest(raw["case"], cases) if cases else "Write it under 'cases'."
        yield _problem(file, index, "case", "the id of a case of this file", repr(raw["case"]),
                       advice)  # fmt: skip


def _problem(
    file: coursefile.CourseFile, index: int, field: str, expected: str, found: str, fix: str
) -> coursefile.Problem:
    line = file.line("questions", index, field)
    return coursefile.Problem(
        str(file.path), line, f"questions[{index}].{field}", expected, found, fix
    )


def _built(path: Path, data: dict[str, Any], lines: list[int]) -> Topic:
    cases = {raw["id"]: Case(raw["id"], raw["text"].strip()) for raw in data.get("cases", [])}
    questions = tuple(
        _question(path, raw, cases, line)
        for raw, line in zip(data["questions"], lines, strict=True)
    )
    return Topic(path.stem, data["title"], data["order"], questions)


def _question(path: Path, raw: dict[str, Any], cases: dict[str, Case], line: int) -> Question:
    return Question(
        id=raw["id"],
        topic=path.stem,
        stem=raw["stem"].strip(),
        options=tuple(_option(option) for option in raw["options"]),
        concepts=tuple(raw["concepts"]),
        difficulty=raw["difficulty"],
        exams=tuple(raw["exams"]),
        sources=tuple(raw["sources"]),
        as_of=date.fromisoformat(raw["as_of"]),
        section=raw["section"],
        select=raw.get("select", 1),
        exam_today=raw.get("exam_today"),
        proof=raw.get("proof", ""),
        picture=raw.get("picture", ""),
        kind=raw.get("type", CHOICE),
        others=tuple(raw.get("others", ())),
        case=cases.get(raw.get("case", "")),
        file=str(path),
        line=line,
    )


def _option(raw: dict[str, Any]) -> Option:
    return Option(
        raw["text"].strip(), raw["why"].strip(), raw.get("correct", False), raw.get("match", "")
    )
