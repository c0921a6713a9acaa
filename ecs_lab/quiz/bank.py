"""The question bank: `quizzes/*.yaml` read into `Topic`, `Question` and `Option`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ecs_lab import coursefile, paths
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
    """Names of the topics, by the alphabet; reads no file."""
    return sorted(path.stem for path in (folder or paths.quizzes_dir()).glob("*.yaml"))


def load_topic(name: str, folder: Path | None = None) -> Topic:
    """The questions on one topic; raises `UnknownTopicError` or `coursefile.CourseFileError`."""
    folder = folder or paths.quizzes_dir()
    known = topic_names(folder)
    if name not in known:
        raise UnknownTopicError(name, known)
    return _topic(folder / f"{name}.yaml")


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
    file = coursefile.read(path, SCHEMA)
    cases = {raw["id"]: Case(raw["id"], raw["text"].strip()) for raw in file.data.get("cases", [])}
    raws = file.data["questions"]
    questions = tuple(_question(file, i, raw, cases) for i, raw in enumerate(raws))
    return Topic(path.stem, file.data["title"], file.data["order"], questions)


def _question(
    file: coursefile.CourseFile, index: int, raw: dict[str, Any], cases: dict[str, Case]
) -> Question:
    return Question(
        id=raw["id"],
        topic=file.path.stem,
        stem=raw["stem"].strip(),
        options=tuple(_option(option) for option in raw["options"]),
        concepts=tuple(raw["concepts"]),
        difficulty=raw["difficulty"],
        exams=tuple(raw["exams"]),
        sources=tuple(raw["sources"]),
        as_of=_date(file, index, raw["as_of"]),
        section=raw["section"],
        select=raw.get("select", 1),
        exam_today=raw.get("exam_today"),
        proof=raw.get("proof", ""),
        picture=raw.get("picture", ""),
        kind=raw.get("type", CHOICE),
        others=tuple(raw.get("others", ())),
        case=_case(file, index, raw, cases),
        file=str(file.path),
        line=file.line("questions", index),
    )


def _option(raw: dict[str, Any]) -> Option:
    return Option(
        raw["text"].strip(), raw["why"].strip(), raw.get("correct", False), raw.get("match", "")
    )


def _case(
    file: coursefile.CourseFile, index: int, raw: dict[str, Any], cases: dict[str, Case]
) -> Case | None:
    name = raw.get("case")
    if name is None or name in cases:
        return cases.get(name or "")
    advice = coursefile.nearest(name, cases) if cases else "Write it under 'cases'."
    problem = coursefile.Problem(
        str(file.path), file.line("questions", index, "case"), f"questions[{index}].case",
        "the id of a case of this file", repr(name), advice,
    )  # fmt: skip
    raise coursefile.CourseFileError([problem])


def _date(file: coursefile.CourseFile, index: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        steps = ("questions", index, "as_of")
        problem = coursefile.Problem(
            str(file.path), file.line(*steps), f"questions[{index}].as_of",
            "a day of the calendar", repr(text), "Write the day the sources were read.",
        )  # fmt: skip
        raise coursefile.CourseFileError([problem]) from None
