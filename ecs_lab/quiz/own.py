"""A teacher's own questions: files like the course's, in the user's data folder or anywhere.

They pass the same schema and the same linter as the course's, together with it: an id that the
course has, or a question like one of its, is a fault of the new file.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ecs_lab import paths
from ecs_lab.coursefile import CourseFileError, Problem
from ecs_lab.quiz import bank
from ecs_lab.quiz.model import Bank, Question, Topic

Files = str | Path | Iterable[str | Path]
"""Files as a person names them in a call: one, or several."""


class KeptError(Exception):
    """A file of one's own cannot be kept or removed; says why and what to do."""


def folder() -> Path:
    """Where own questions are kept; it need not be there."""
    return paths.data_dir() / "questions"


def files() -> list[Path]:
    """The files that are kept, by name."""
    return sorted(folder().glob("*.yaml"))


def with_own(more: Iterable[Path] = ()) -> Bank:
    """The course's questions, and one's own: those kept, and those of the files named.

    Raises `CourseFileError` for a file that is not right, as `checked` does.
    """
    course = bank.load_bank()
    own = [*files(), *more]
    if not own:
        return course
    return Bank(course.topics + checked(own))


def named(name: str) -> tuple[str, list[Path]]:
    """A topic's name, and the file if it is one: `our-shop.yaml` is the topic our-shop.

    >>> named("fargate"), named("mine/our-shop.yaml")[0]
    (('fargate', []), 'our-shop')
    """
    path = Path(name)
    return (path.stem, [path]) if path.suffix == ".yaml" else (name, [])


def topic(name: str) -> Topic:
    """A topic of the course or one's own; a file is checked as the course's are.

    Raises `UnknownTopicError` or `CourseFileError`.
    """
    _, files = named(name)
    return checked(files)[0] if files else bank.load_topic(name)


def listed(files: Files) -> list[Path]:
    """The files of a call, as paths."""
    return [Path(files)] if isinstance(files, str | Path) else [Path(each) for each in files]


def elsewhere(questions: Iterable[Question]) -> list[str]:
    """Files of questions that neither the course nor `folder()` has, to be found again later."""
    known = {paths.quizzes_dir().resolve(), folder().resolve()}
    files = {Path(question.file).resolve() for question in questions if question.file}
    return sorted(str(file) for file in files if file.parent not in known)


def readable(more: Iterable[Path] = ()) -> Bank:
    """As `with_own`, but without files that are gone or not right by now: to look at the past."""
    topics = [*bank.load_bank().topics]
    for path in (*files(), *more):
        with suppress(CourseFileError):
            topics.append(bank.load_file(path))
    return Bank(tuple(topics))


def checked(own: Iterable[Path]) -> tuple[Topic, ...]:
    """The topics of files that are right; else `CourseFileError` with all that the linter says."""
    from ecs_lab.quiz.lint import lint

    topics = tuple(bank.load_file(path) for path in own)
    course = bank.load_bank()
    names = {str(question.file) for topic in topics for question in topic.questions}
    found = [each for each in lint(Bank(course.topics + topics)) if each.file in names]
    problems = [*found, *_taken(topics, course)]
    if problems:
        raise CourseFileError(problems)
    return topics


def _taken(topics: Iterable[Topic], course: Bank) -> Iterable[Problem]:
    """Files named like a topic of the course."""
    names = {topic.name for topic in course.topics}
    for topic in topics:
        if topic.name in names:
            file = topic.questions[0].file
            found = f"the course's topic {topic.name!r}"
            fix = "Give the file another name."
            yield Problem(file, 1, "", "a file name of its own", found, fix)


def keep(path: Path, *, replace: bool = False) -> tuple[Path, Topic]:
    """Check a file and keep a copy in the data folder; an older one of its name is kept beside it.

    Raises `CourseFileError` for what the linter finds, `KeptError` where there is another one.
    """
    target = folder() / path.name
    same = target.is_file() and target.read_bytes() == path.read_bytes()
    others = [each for each in files() if each != target]
    topic = checked([*others, path])[-1]
    if target.is_file() and not same:
        if not replace:
            raise KeptError(
                f"You already keep other questions as {path.name}. Say --replace to take the new "
                "ones (the old file stays beside it), or give the file another name."
            )
        target.rename(target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
    if not same:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return target, topic


def remove(name: str) -> Path:
    """Put a kept file out of use, under another name beside it. Raises `KeptError`."""
    from ecs_lab.coursefile import nearest

    stem = name.removesuffix(".yaml")
    path = folder() / f"{stem}.yaml"
    if not path.is_file():
        known = [each.stem for each in files()]
        advice = nearest(stem, known) if known else "You keep none."
        raise KeptError(f"You keep no questions named {stem!r}. {advice}")
    aside = path.with_name(f"{path.name}.removed-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    return path.rename(aside)
