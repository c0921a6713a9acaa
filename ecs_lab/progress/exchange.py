"""A learner's progress as JSON: out to a file, and in again, on this machine or another.

Taking in adds what is not there yet and keeps whatever is later, so that doing it twice, or after
both sides went on, loses nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from ecs_lab.progress.records import Record
from ecs_lab.progress.store import Store
from ecs_lab.progress.tables import TABLES, VERSION

FORMAT = "ecs-lab progress"
_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "dict": dict,
    "tuple": list,
}


class NotProgressError(ValueError):
    """A text is no progress that can be taken in; says where it is wrong."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence alone."""
        return [str(self)]


def exported(store: Store) -> str:
    """All records as JSON: a list for each kind, under the name of its table."""
    kinds = {table: [asdict(each) for each in store.all(kind)] for kind, table in TABLES.items()}
    return json.dumps({"format": FORMAT, "version": VERSION, **kinds}, indent=1) + "\n"


def imported(text: str, store: Store) -> int:
    """Take in what `exported` gave; how many records were new or later than those here.

    Raises `NotProgressError`, and nothing is changed then.
    """
    records = _records(_checked(text))
    before = {(kind, each.id): each for kind in TABLES for each in store.all(kind)}
    news = [each for each in records if _is_news(each, before.get((type(each), each.id)))]
    store.add(*news)
    return len(news)


def _is_news(record: Record, known: Record | None) -> bool:
    return known is None or record.at > known.at


def _checked(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise NotProgressError(f"This is no JSON: {error}.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise NotProgressError(f'This is no exported progress: "format" is not "{FORMAT}".')
    if not isinstance(data.get("version"), int) or data["version"] > VERSION:
        raise NotProgressError("A newer ecs_lab exported this progress; update ecs_lab.")
    return data


def _records(data: dict[str, Any]) -> list[Record]:
    found: list[Record] = []
    for kind, table in TABLES.items():
        raws = data.get(table, [])
        if not isinstance(raws, list):
            raise NotProgressError(f'"{table}" is not a list.')
        found += [_record(kind, raw, f"{table}[{place}]") for place, raw in enumerate(raws)]
    return found


def _record(kind: type[Record], raw: Any, where: str) -> Record:
    names = {field.name: str(field.type).partition("[")[0] for field in fields(kind)}
    if not isinstance(raw, dict) or raw.keys() != names.keys():
        raise NotProgressError(f"{where}: expected the fields {', '.join(names)}.")
    for name, type_ in names.items():
        if not isinstance(raw[name], _TYPES[type_]):
            raise NotProgressError(f"{where}.{name}: {raw[name]!r} is not of the right type.")
    _moment(raw["at"], f"{where}.at")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()
    }
    return kind(**values)


def _moment(text: str, where: str) -> None:
    try:
        zone = datetime.fromisoformat(text).tzinfo
    except ValueError:
        zone = None
    if zone is None:
        raise NotProgressError(f"{where}: {text!r} is no moment with its time zone.")
