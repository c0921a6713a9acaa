"""The progress of one learner: a file of records, or memory where there is no file to be had.

The file is `progress.sqlite3` in `ecs_lab.paths.data_dir()`. Each record is written when it is
added, in a transaction of its own, so that a killed program loses nothing that it had added.
Several programs may write at once. A record that cannot be written now (no place to write, a locked
file) is kept in memory, counts, and is written with the next one that can be; a damaged file is
moved aside, never deleted. Either is said once.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ecs_lab import paths
from ecs_lab.progress import tables
from ecs_lab.progress.records import Record

if TYPE_CHECKING:
    import sqlite3

R = TypeVar("R", bound=Record)

FILE = "progress.sqlite3"
BUSY_S = 2.0
"""How long to wait for another program that is writing."""


def _tell(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201  # words for a person, in notebook and terminal alike


@dataclass
class Store:
    """The records of one learner; without a path they live in memory.

    `tell` gets the sentences that a learner should read, each once.
    """

    path: Path | None = None
    tell: Callable[[str], None] = _tell
    _pending: dict[tuple[type[Record], str], Record] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def add(self, *records: Record) -> None:
        """Keep records, all or none of them; one with a known id replaces what it was before."""
        for record in records:
            key = type(record), record.id
            self._pending.pop(key, None)
            self._pending[key] = record
        self.flush()

    def all(self, kind: type[R], /, **where: str) -> list[R]:
        """Records of a kind, oldest first; `sitting="..."` gives those with that value only."""
        found: list[R] = []
        if self.path is not None and self.path.exists():
            self._use(self.path, lambda db: found.extend(tables.read(db, kind, where)))
        return self._with_pending(kind, found, where)

    def one(self, kind: type[R], record_id: str) -> R | None:
        """The record with an id, or None."""
        return next(iter(self.all(kind, id=record_id)), None)

    def flush(self) -> None:
        """Write what could not be written before."""
        if self.path is None or not self._pending:
            return
        waiting = list(self._pending.values())
        if self._use(self.path, lambda db: tables.write(db, waiting), writing=True):
            self._pending.clear()

    def _with_pending(self, kind: type[R], found: list[R], where: dict[str, str]) -> list[R]:
        """What was found in the file, brought up to date with what waits to be written."""
        waiting = {
            record.id: record for record in self._pending.values() if isinstance(record, kind)
        }
        kept = [record for record in found if record.id not in waiting]
        mine = [
            record
            for record in waiting.values()
            if all(getattr(record, name) == value for name, value in where.items())
        ]
        return sorted([*kept, *mine], key=lambda record: record.at) if mine else kept

    def _use(
        self, path: Path, work: Callable[[sqlite3.Connection], None], *, writing: bool = False
    ) -> bool:
        """Whether the work could be done on the file; a sentence has told why when it could not."""
        try:
            import sqlite3
        except ImportError:  # a Python built without it, or a browser's before it is loaded
            self._tell_unwritten("this Python has no sqlite3")
            return False
        for _ in range(2):  # again once, after a damaged file was moved aside
            try:
                with _open(path, writing=writing) as db:
                    work(db)
                    if writing:
                        self._tell_limits(db)
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

    def _tell_limits(self, db: sqlite3.Connection) -> None:
        """Say what a learner should know of where this is kept, if it is no ordinary folder."""
        if sys.platform == "emscripten":
            self._tell_once(
                "This Python runs in a browser, which may forget your progress with its tab. "
                "To keep it: from ecs_lab.progress import exchange, here; "
                "print(exchange.exported(here()))"
            )
        elif db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            self._tell_once(
                f"Your progress is kept in {self.path}, on a drive where SQLite has no write-ahead "
                "log: all is kept, but notebooks that write at once wait for each other. "
                "Set ECS_LAB_DATA to a folder on this machine's own disk."
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


_mine: dict[Path, Store] = {}
_instead: list[Store] = []


def here() -> Store:
    """The progress of whoever runs this: the file in the data folder, or what `using` put in."""
    if _instead:
        return _instead[-1]
    path = paths.data_dir() / FILE
    if path not in _mine:
        _mine[path] = Store(path)
        atexit.register(_mine[path].flush)
    return _mine[path]


@contextmanager
def using(store: Store) -> Iterator[Store]:
    """Within the block, `here()` is this store: so that a trial run records nothing."""
    _instead.append(store)
    try:
        yield store
    finally:
        _instead.pop()


class _NewerFileError(Exception):
    """The file was written by a newer ecs_lab, which knows better what is in it."""


@contextmanager
def _open(path: Path, *, writing: bool) -> Iterator[sqlite3.Connection]:
    """The file, its tables up to date; what is written is kept if the block does not raise."""
    import sqlite3

    if not writing and _is_read_only(path):
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as db:
            yield db
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as db:
        if _version(db) < tables.VERSION:
            _bring_up_to_date(db)
        with _transaction(db) if writing else nullcontext():
            yield db


def _is_read_only(path: Path) -> bool:
    """Whether nobody of us writes in the folder, and all is in the file itself: SQLite would want
    to make files beside it even to read.
    """
    return not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    import sqlite3

    with suppress(sqlite3.OperationalError):  # a network drive, or another did it just now
        db.execute("PRAGMA journal_mode=WAL")
    with _transaction(db):
        tables.migrate(db, _version(db))  # asked again: another may just have done it


def _version(db: sqlite3.Connection) -> int:
    """The version of the file's tables. Raises `_NewerFileError` for one we do not know."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > tables.VERSION:
        raise _NewerFileError(f"a newer ecs_lab wrote it, in version {version}; update ecs_lab")
    return version


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
