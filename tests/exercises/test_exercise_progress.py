"""The progress file: nothing gets lost, whatever happens to the file."""

from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ecs_lab.exercises import progress
from ecs_lab.exercises.progress import FILE, VERSION, Progress
from ecs_lab.exercises.report import Report, Result


def report(points: int, possible: int = 3, exercise: str = "made-up") -> Report:
    """A report with some of its points earned."""
    result = Result("one", "One", "passed" if points == possible else "missed", points, possible)
    return Report(exercise, "Made up", (result,))


class Told(list[str]):
    """Collects what the learner is told."""

    def __call__(self, text: str) -> None:
        """Take a sentence."""
        self.append(text)


def opened(folder: Path) -> tuple[Progress, Told]:
    """The progress in a folder's file, and what it tells."""
    told = Told()
    return Progress(folder / FILE, told), told


def test_standing_follows_from_what_happened(tmp_path: Path) -> None:
    """Attempts, best points, hints and the first pass are told from the events."""
    mine, told = opened(tmp_path)
    mine.attempt(report(2))
    mine.hint("made-up", 1)
    mine.hint("made-up", 2)
    mine.attempt(report(1))
    mine.attempt(report(3, exercise="other"))
    standing = mine.of("made-up")
    assert (standing.attempts, standing.points, standing.possible) == (2, 2, 3)
    assert (standing.hints, standing.passed, standing.gave_up) == (2, False, False)
    assert mine.of("other").passed
    assert told == []


def test_first_pass_keeps_its_time(tmp_path: Path) -> None:
    """Passing again, or failing later, changes nothing about having passed."""
    mine, _ = opened(tmp_path)
    mine.attempt(report(3))
    first = mine.of("made-up").first_pass
    mine.attempt(report(3))
    mine.attempt(report(0))
    standing = mine.of("made-up")
    assert (standing.first_pass, standing.points, standing.passed) == (first, 3, True)
    assert first == mine.events()[0].at


def test_another_session_reads_what_was_written(tmp_path: Path) -> None:
    """The file outlives the process that wrote it."""
    opened(tmp_path)[0].attempt(report(3))
    assert opened(tmp_path)[0].of("made-up").passed


def test_looking_makes_no_file(tmp_path: Path) -> None:
    """Who only asks how they stand gets no folder and no file."""
    mine, told = opened(tmp_path / "none")
    assert mine.of("made-up").attempts == 0
    assert not (tmp_path / "none").exists()
    assert told == []


def test_file_is_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ECS_LAB_DATA` names the folder."""
    monkeypatch.setenv("ECS_LAB_DATA", str(tmp_path / "mine"))
    progress.here().attempt(report(1))
    assert (tmp_path / "mine" / FILE).is_file()


def test_trial_run_records_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens within `using` goes elsewhere."""
    monkeypatch.setenv("ECS_LAB_DATA", str(tmp_path))
    with progress.using(Progress()) as trial:
        progress.here().attempt(report(3))
    assert trial.of("made-up").passed
    assert not progress.here().of("made-up").passed


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_damaged_file_is_kept_aside_and_told_once(tmp_path: Path, ending: str) -> None:
    """A file that is no database is moved, with all that is in it, and a new one is begun."""
    damaged = b"this was never a database, or is one no more" * 30
    (tmp_path / FILE).write_bytes(damaged)
    if ending:
        (tmp_path / f"{FILE}{ending}").write_bytes(b"left over")
    mine, told = opened(tmp_path)
    mine.attempt(report(2))
    mine.attempt(report(3))
    assert mine.of("made-up").attempts == 2
    (aside,) = [p for p in tmp_path.glob(f"{FILE}.damaged-*") if not p.name.endswith("-wal")]
    assert aside.read_bytes() == damaged
    (sentence,) = told
    assert str(aside) in sentence


def test_file_with_damaged_pages_is_kept_aside(tmp_path: Path) -> None:
    """So is a real progress file whose middle was overwritten; what happens next is recorded."""
    mine, told = opened(tmp_path)
    for points in range(200):
        mine.attempt(report(points, 300))
    path = tmp_path / FILE
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    body = bytearray(path.read_bytes())
    body[4096:] = b"\xff" * (len(body) - 4096)
    path.write_bytes(bytes(body))
    mine.attempt(report(300, 300))
    assert mine.of("made-up").passed
    assert len(told) == 1
    (aside,) = tmp_path.glob(f"{FILE}.damaged-*")
    assert aside.read_bytes() == bytes(body)


def test_locked_file_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program holds the file, events count from memory; then they are written."""
    monkeypatch.setattr(progress, "BUSY_S", 0.05)
    mine, told = opened(tmp_path)
    mine.attempt(report(1))
    with closing(sqlite3.connect(tmp_path / FILE)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        mine.attempt(report(2))
        mine.hint("made-up", 1)
        assert mine.of("made-up").hints == 1
        assert len(told) == 1
        assert "kept in memory" in told[0]
    mine.attempt(report(3))
    fresh = opened(tmp_path)[0]
    assert [event.number for event in fresh.events()] == [1, 2, 1, 3]


def test_no_place_to_write_is_told_once(tmp_path: Path) -> None:
    """Where no folder can be made, progress lives in memory, and one sentence says so."""
    (tmp_path / "file").write_text("a file, not a folder", "utf-8")
    mine, told = opened(tmp_path / "file" / "below")
    for points in (1, 2, 3):
        mine.attempt(report(points))
    assert mine.of("made-up").passed
    (sentence,) = told
    assert "kept in memory" in sentence
    assert "ECS_LAB_DATA" in sentence


def test_pending_events_are_written_at_the_end(tmp_path: Path) -> None:
    """What could not be written is, when the process ends and the way is free again."""
    blocked = tmp_path / "data"
    blocked.write_text("in the way", "utf-8")
    mine, _ = opened(blocked)
    mine.attempt(report(3))
    blocked.unlink()
    mine.flush()
    assert opened(blocked)[0].of("made-up").passed


def test_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An older ecs_lab does not touch what a newer one wrote."""
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("CREATE TABLE future (x)")
        db.execute(f"PRAGMA user_version={VERSION + 1}")
    before = (tmp_path / FILE).read_bytes()
    mine, told = opened(tmp_path)
    mine.attempt(report(3))
    assert mine.of("made-up").passed
    assert (tmp_path / FILE).read_bytes() == before
    assert "newer ecs_lab" in told[0]


def write_many(folder: str) -> None:
    """What one of several notebooks does at once."""
    mine = Progress(Path(folder) / FILE)
    for _ in range(20):
        mine.attempt(report(1))
    mine.flush()


def test_several_notebooks_write_at_once(tmp_path: Path) -> None:
    """Four processes that begin together on no file lose no event between them."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(str(tmp_path),)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    assert len(opened(tmp_path)[0].events()) == 80


def test_telling_goes_to_the_error_stream(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without anything else said, sentences are printed beside the output, not into it."""
    (tmp_path / "file").write_text("", "utf-8")
    Progress(tmp_path / "file" / FILE).attempt(report(1))
    out, err = capsys.readouterr()
    assert out == ""
    assert "kept in memory" in err
