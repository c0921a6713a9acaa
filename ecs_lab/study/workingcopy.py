"""The learner's working copy of the notebooks: made once, added to, never written over.

A manifest in the folder says which version of each file was handed out. A copy that is still as it
was handed out follows the course; one that the learner has changed stays as it is.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

MANIFEST = ".ecs-lab.json"
FIRST = "notebooks/00-start-here.ipynb"


class CopyError(Exception):
    """The working copy cannot be made or changed: one sentence, with the next step."""


@dataclass
class Changes:
    """What bringing a working copy up to date did, by paths below its folder."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """The learner's own versions that stay, though the course has a newer one."""


def default_folder() -> Path:
    """`~/ecs_lab`: it outlives a clone or an environment that is thrown away (docs/adr/0002)."""
    return Path.home() / "ecs_lab"


def bring_up_to_date(folder: Path, course: Path) -> Changes:
    """Make or complete the working copy in a folder from the course's notebooks."""
    changes = Changes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handed_out = _read_manifest(folder)
        for name, original in originals(course).items():
            _bring_one(folder / name, original, name, handed_out, changes)
        _write_manifest(folder, handed_out)
    except OSError as error:
        raise CopyError(_explain(folder, error)) from error
    return changes


def restore(folder: Path, course: Path, word: str) -> tuple[Path, Path | None]:
    """Put the original of a notebook back; the path, and where the learner's own is kept.

    Nothing is kept, and None returned, where the copy is missing or just as the course has it.
    """
    name = find(course, word)
    original, mine = originals(course)[name], folder / name
    try:
        kept = None
        if mine.exists():
            if mine.read_bytes() == original.read_bytes():
                return mine, None
            kept = _free_name(mine)
            mine.rename(kept)
        handed_out = _read_manifest(folder)
        _place(original, mine)
        handed_out[name] = fingerprint(original)
        _write_manifest(folder, handed_out)
    except OSError as error:
        raise CopyError(_explain(folder, error)) from error
    return mine, kept


def originals(course: Path) -> dict[str, Path]:
    """The course's files: path below the working copy's folder -> the original."""
    found = {
        f"notebooks/{path.relative_to(course).as_posix()}": path
        for path in sorted(course.rglob("*"))
        if path.is_file() and not _hidden(path.relative_to(course))
    }
    if not found:
        raise CopyError(f"The course has no notebooks in {course}; install ecs-lab again.")
    return found


def find(course: Path, word: str) -> str:
    """The course's file that a word means: its name, its path or the beginning of its name."""
    by_stem = {Path(name).stem: name for name in originals(course) if name.endswith(".ipynb")}
    stem = Path(word.replace("\\", "/")).name.removesuffix(".ipynb")
    if stem in by_stem:
        return by_stem[stem]
    begins = [known for known in by_stem if stem and known.startswith(stem)]
    if len(begins) == 1:
        return by_stem[begins[0]]
    near = difflib.get_close_matches(stem, by_stem, n=1) or sorted(by_stem)
    raise CopyError(f"The course has no notebook '{word}'; did you mean {' or '.join(near)}?")


def fingerprint(path: Path) -> str:
    """What a person wrote in a file; a notebook's outputs are not part of that."""
    data = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = json.loads(data)["cells"]
            written = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
            data = json.dumps(written).encode()
        except (ValueError, KeyError, TypeError):
            pass  # no notebook: any byte counts
    return hashlib.sha256(data).hexdigest()


def _bring_one(
    mine: Path, original: Path, name: str, handed_out: dict[str, str], changes: Changes
) -> None:
    wanted, before = fingerprint(original), handed_out.get(name)
    there = fingerprint(mine) if mine.is_file() else None
    if there == wanted:
        handed_out[name] = wanted
    elif not os.path.lexists(mine):
        changes.added.append(name)
        _place(original, mine)
        handed_out[name] = wanted
    elif there == before:
        changes.updated.append(name)
        _place(original, mine)
        handed_out[name] = wanted
    elif before != wanted:
        changes.kept.append(name)


def _place(original: Path, target: Path) -> None:
    """Copy a file so that it is there whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.new")
    shutil.copyfile(original, half)
    half.replace(target)


def _free_name(mine: Path) -> Path:
    """A name beside a file that nothing has yet, with the time in it."""
    now = dt.datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    number = 1
    while True:
        more = f"-{number}" if number > 1 else ""
        kept = mine.with_name(f"{mine.stem}.mine-{now}{more}{mine.suffix}")
        if not os.path.lexists(kept):
            return kept
        number += 1


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)


def _read_manifest(folder: Path) -> dict[str, str]:
    """What was handed out; an unreadable manifest counts as none, which keeps every own file."""
    try:
        files = json.loads((folder / MANIFEST).read_text("utf-8"))["handed_out"]
        return {str(name): str(value) for name, value in files.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_manifest(folder: Path, handed_out: dict[str, str]) -> None:
    text = json.dumps({"handed_out": handed_out}, indent=1, sort_keys=True) + "\n"
    half = folder / f"{MANIFEST}.new"
    half.write_text(text, "utf-8")
    half.replace(folder / MANIFEST)


def _explain(folder: Path, error: OSError) -> str:
    what = error.strerror or str(error)
    return f"Cannot write the working copy in {folder} ({what}); name another place with --folder."
