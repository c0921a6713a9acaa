"""The question files once read, kept in the user's cache folder: YAML takes ten times as long.

One JSON file for each topic holds the data of a file that was valid, the lines of its questions,
and a digest of what it was made from: the YAML, the schema and this package's version. When any of
them changes, the file is read anew. JSON, because a cache must not be able to run code. A folder
that cannot be written is no trouble: nothing is kept then.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ecs_lab import __version__, paths


def digest(*files: Path) -> str:
    """What the files' contents come to, with this version of the package."""
    parts = [__version__.encode(), *(file.read_bytes() for file in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def kept(topic: str, key: str) -> tuple[dict[str, Any], list[int]] | None:
    """The data and question lines of a topic's file, if they were kept under this digest."""
    try:
        found = json.loads(_file(topic).read_text("utf-8"))
        return (found["data"], found["lines"]) if found["digest"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(topic: str, key: str, data: dict[str, Any], lines: list[int]) -> None:
    """Keep them; whoever reads at the same time sees the old file or the new one, whole."""
    file = _file(topic)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(f".{os.getpid()}.new")
        new.write_text(json.dumps({"digest": key, "data": data, "lines": lines}), "utf-8")
        new.replace(file)


def _file(topic: str) -> Path:
    return paths.cache_dir() / "questions" / f"{topic}.json"
