"""The records as tables of a SQLite file: their schema, its history, and rows in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from ecs_lab.progress.records import Answer, Event, Flag, Record, Sitting

if TYPE_CHECKING:
    import sqlite3

R = TypeVar("R", bound=Record)

TABLES: dict[type[Record], str] = {
    Answer: "answer",
    Sitting: "sitting",
    Flag: "flag",
    Event: "event",
}

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE event (
        exercise TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
        number INTEGER NOT NULL, possible INTEGER NOT NULL)""",
    ),
    (
        "ALTER TABLE event RENAME TO event_1",
        """CREATE TABLE event (
        exercise TEXT NOT NULL, kind TEXT NOT NULL,
        number INTEGER NOT NULL, possible INTEGER NOT NULL,
        at TEXT NOT NULL, id TEXT PRIMARY KEY NOT NULL)""",
        """INSERT INTO event
        SELECT exercise, kind, number, possible, at, lower(hex(randomblob(8)))
        FROM event_1 ORDER BY rowid""",
        "DROP TABLE event_1",
        """CREATE TABLE answer (
        question TEXT NOT NULL, correct INTEGER NOT NULL, seconds REAL NOT NULL,
        mode TEXT NOT NULL, sitting TEXT NOT NULL, chosen TEXT NOT NULL,
        at TEXT NOT NULL, id TEXT PRIMARY KEY NOT NULL)""",
        "CREATE INDEX answer_question ON answer (question)",
        "CREATE INDEX answer_sitting ON answer (sitting)",
        """CREATE TABLE sitting (
        kind TEXT NOT NULL, title TEXT NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL,
        exam TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT NOT NULL,
        at TEXT NOT NULL, id TEXT PRIMARY KEY NOT NULL)""",
        """CREATE TABLE flag (
        id TEXT PRIMARY KEY NOT NULL, up INTEGER NOT NULL, at TEXT NOT NULL)""",
    ),
)
"""What brings the file from each version to the next; a new file goes through all of them."""

VERSION = len(MIGRATIONS)
"""The version that this program writes, kept in the file's `user_version`."""


def migrate(db: sqlite3.Connection, version: int) -> None:
    """Bring the tables from a version up to date; the caller holds the transaction."""
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            db.execute(statement)
    db.execute(f"PRAGMA user_version={VERSION}")


def write(db: sqlite3.Connection, records: Iterable[Record]) -> None:
    """Put records in; one whose id is there already replaces it, unless it is older."""
    for record in records:
        table, names = TABLES[type(record)], _names(type(record))
        places = ", ".join("?" * len(names))
        changed = ", ".join(f"{name}=excluded.{name}" for name in names if name != "id")
        db.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) "  # noqa: S608  # ours
            f"ON CONFLICT(id) DO UPDATE SET {changed} WHERE excluded.at >= {table}.at",
            [_plain(getattr(record, name)) for name in names],
        )


def read(db: sqlite3.Connection, kind: type[R], where: dict[str, str]) -> list[R]:
    """Records of a kind whose fields have the given values, oldest first."""
    unknown = where.keys() - set(_names(kind))
    assert not unknown, f"{kind.__name__} has no field {unknown}"
    tests = " AND ".join(f"{name}=?" for name in where) or "1"
    rows = db.execute(
        f"SELECT {', '.join(_names(kind))} FROM {TABLES[kind]} "  # noqa: S608  # our own names
        f"WHERE {tests} ORDER BY at, rowid",
        list(where.values()),
    )
    return [_record(kind, row) for row in rows]


def _record(kind: type[R], row: tuple[Any, ...]) -> R:
    types = (str(field.type).partition("[")[0] for field in fields(kind))
    values = [_BACK.get(each, _same)(value) for each, value in zip(types, row, strict=True)]
    return kind(**dict(zip(_names(kind), values, strict=True)))


def _names(kind: type[Record]) -> list[str]:
    return [field.name for field in fields(kind)]


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | tuple) else value


def _same(value: Any) -> Any:
    return value


_BACK: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "dict": json.loads,
    "tuple": lambda text: tuple(json.loads(text)),
}
"""How a value comes back from its column, by the type that its field names."""
