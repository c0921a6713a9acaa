"""Progress: what a learner has tried, which hints were used, and what is passed.

One SQLite file, `progress.sqlite3` in `ecs_lab.paths.data_dir()`, to which events are only ever
added; what is done follows from the events. Several notebooks may write at once. An event that
cannot be written now (no place to write, a locked file) is kept in memory, counts, and is written
with the next one that can be; a damaged file is moved aside, never deleted. Either is said once.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ecs_lab import paths

if TYPE_CHECKING:
    import sqlite3

    from ecs_lab.exercises.report import Report

FILE = "progress.sqlite3"
VERSION = 1
"""Version of the file's tables, kept in its `user_version`."""
BUSY_S = 2.0
"""How long to wait for another program that is writing."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `number` is the points earned, or the number of the hint."""

    exercise: str
    at: str
    kind: str  # "attempt", "hint" or "solution"
    number: int = 0
    possible: int = 0


@dataclass(frozen=True)
class Standing:
    """How a learner stands with one exercise."""

    exercise: str
    attempts: int = 0
    points: int = 0
    possible: int = 0
    hints: int = 0
    first_pass: str = ""
    gave_up: bool = False

    @property
    def passed(self) -> bool:
        """Whether an attempt earned every point."""
        return bool(self.first_pass)


def _tell(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201  # words for a person, in notebook and terminal alike


@dataclass
class Progress:
    """The progress of one learner; without a path it lives in memory.

    `tell` gets the sentences that a learner should read, each once.
    """

    path: Path | None = None
    tell: Callable[[str], None] = _tell
    _pending: list[Event] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)

    def attempt(self, report: Report) -> None:
        """Record a check of an exercise, and what it earned."""
        self._add(Event(report.exercise, _now(), "attempt", report.points, report.possible))

    def hint(self, exercise: str, number: int) -> None:
        """Record that a hint (1, 2, ...) was read."""
        self._add(Event(exercise, _now(), "hint", number))

    def solution(self, exercise: str) -> None:
        """Record that the solution was read before the exercise was passed."""
        self._add(Event(exercise, _now(), "solution"))

    def of(self, exercise: str) -> Standing:
        """How the learner stands with an exercise."""
        standing = Standing(exercise)
        for event in self.events():
            if event.exercise == exercise:
                standing = _after(standing, event)
        return standing

    def events(self) -> list[Event]:
        """Everything recorded, oldest first, with what could not be written yet."""
        written: list[Event] = []
        if self.path is not None and self.path.exists():
            self._use(self.path, lambda db: written.extend(_select(db)))
        return [*written, *self._pending]

    def flush(self) -> None:
        """Write what could not be written before."""
        if self.path is None or not self._pending:
            return
        if self._use(self.path, lambda db: _insert(db, self._pending)):
            self._pending.clear()

    def _add(self, event: Event) -> None:
        self._pending.append(event)
        self.flush()

    def _use(self, path: Path, work: Callable[[sqlite3.Connection], None]) -> bool:
        """Whether the work could be done on the file; a sentence has told why when it could not."""
        try:
            import sqlite3
        except ImportError:  # a Python built without it, or a browser's before it is loaded
            self._tell_unwritten("this Python has no sqlite3")
            return False
        for _ in range(2):  # again once, after a damaged file was moved aside
            try:
                with _open(path) as db:
                    work(db)
            except (_NewerFileError, OSError) as error:
                self._tell_unwritten(str(error))
                return False
            except sqlite3.DatabaseError as error:
                code = error.sqlite_errorcode & 0xFF  # without what SQLite adds to it
                damaged = code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
                if not (damaged and self._moved_aside(path)):
                    self._tell_unwritten(str(error))
                    return False
            else:
                return True
        return False

    def _tell_unwritten(self, reason: str) -> None:
        self._tell_once(
            f"Your progress cannot be written to {self.path} now ({reason}). It is kept in memory "
            "and written as soon as that works; set ECS_LAB_DATA to use another folder."
        )

    def _moved_aside(self, path: Path) -> bool:
        """Whether the damaged file is out of the way, with what SQLite keeps beside it."""
        aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
        try:
            for end in ("", "-wal", "-shm"):
                if (part := path.with_name(path.name + end)).exists():
                    part.rename(aside.with_name(aside.name + end))
        except OSError:
            return False
        self._tell_once(
            f"Your progress file was damaged. It is kept as {aside}, and a new one has been begun."
        )
        return True

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self.tell(text)


_mine: dict[Path, Progress] = {}
_instead: list[Progress] = []


def here() -> Progress:
    """The progress of whoever runs this: the file in the data folder, or what `using` put in."""
    if _instead:
        return _instead[-1]
    path = paths.data_dir() / FILE
    if path not in _mine:
        _mine[path] = Progress(path)
        atexit.register(_mine[path].flush)
    return _mine[path]


@contextmanager
def using(progress: Progress) -> Iterator[Progress]:
    """Within the block, `here()` is this progress: so that a trial run records nothing."""
    _instead.append(progress)
    try:
        yield progress
    finally:
        _instead.pop()


class _NewerFileError(Exception):
    """The file was written by a newer ecs_lab, which knows better what is in it."""


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, open for one transaction that is kept if the block does not raise."""
    import sqlite3

    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=BUSY_S)) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise _NewerFileError(f"a newer ecs_lab wrote it, in version {version}; update ecs_lab")
        if version < VERSION:
            with suppress(sqlite3.OperationalError):  # a network drive, or another did it just now
                db.execute("PRAGMA journal_mode=WAL")
            db.execute(_TABLE)
            db.execute(f"PRAGMA user_version={VERSION}")
        with db:
            yield db


_TABLE = """CREATE TABLE IF NOT EXISTS event (
    exercise TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
    number INTEGER NOT NULL, possible INTEGER NOT NULL)"""


def _select(db: sqlite3.Connection) -> list[Event]:
    rows = db.execute("SELECT exercise, at, kind, number, possible FROM event ORDER BY rowid")
    return [Event(*row) for row in rows]


def _insert(db: sqlite3.Connection, events: Iterable[Event]) -> None:
    db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", map(astuple, events))


def _after(standing: Standing, event: Event) -> Standing:
    """The standing once the event has happened."""
    if event.kind == "hint":
        return replace(standing, hints=max(standing.hints, event.number))
    if event.kind == "solution":
        return replace(standing, gave_up=True)
    full = event.number == event.possible
    return replace(
        standing,
        attempts=standing.attempts + 1,
        points=max(standing.points, event.number),
        possible=event.possible,
        first_pass=standing.first_pass or (event.at if full else ""),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
