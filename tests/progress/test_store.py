"""The progress file: nothing gets lost, whatever happens to the file."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ecs_lab.progress import Answer, Event, Flag, Sitting, Store, here, store, tables, using
from ecs_lab.progress.store import FILE
from ecs_lab.progress.tables import MIGRATIONS, VERSION


def attempt(points: int) -> Event:
    """A record like any other: an attempt at an exercise that earned so many points."""
    return Event("made-up", "attempt", points, 300)


def points(mine: Store) -> list[int]:
    """What the attempts earned, oldest first."""
    return [event.number for event in mine.all(Event)]


class Told(list[str]):
    """Collects what the learner is told."""

    def __call__(self, text: str) -> None:
        """Take a sentence."""
        self.append(text)


def opened(folder: Path) -> tuple[Store, Told]:
    """The progress in a folder's file, and what it tells."""
    told = Told()
    return Store(folder / FILE, told), told


def test_another_session_reads_what_was_written(tmp_path: Path) -> None:
    """The file outlives the process that wrote it."""
    opened(tmp_path)[0].add(attempt(3))
    assert points(opened(tmp_path)[0]) == [3]


def test_looking_makes_no_file(tmp_path: Path) -> None:
    """Who only asks how they stand gets no folder and no file."""
    mine, told = opened(tmp_path / "none")
    assert points(mine) == []
    assert not (tmp_path / "none").exists()
    assert told == []


def test_file_is_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ECS_LAB_DATA` names the folder."""
    monkeypatch.setenv("ECS_LAB_DATA", str(tmp_path / "mine"))
    here().add(attempt(1))
    assert (tmp_path / "mine" / FILE).is_file()


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_damaged_file_is_kept_aside_and_told_once(tmp_path: Path, ending: str) -> None:
    """A file that is no database is moved, with all that is in it, and a new one is begun."""
    damaged = b"this was never a database, or is one no more" * 30
    (tmp_path / FILE).write_bytes(damaged)
    if ending:
        (tmp_path / f"{FILE}{ending}").write_bytes(b"left over")
    mine, told = opened(tmp_path)
    mine.add(attempt(2))
    mine.add(attempt(3))
    assert points(mine) == [2, 3]
    (aside,) = [p for p in tmp_path.glob(f"{FILE}.damaged-*") if not p.name.endswith("-wal")]
    assert aside.read_bytes() == damaged
    (sentence,) = told
    assert str(aside) in sentence


def test_file_with_damaged_pages_is_kept_aside(tmp_path: Path) -> None:
    """So is a real progress file whose middle was overwritten; what happens next is recorded."""
    mine, told = opened(tmp_path)
    for number in range(200):
        mine.add(attempt(number))
    path = tmp_path / FILE
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    body = bytearray(path.read_bytes())
    body[4096:] = b"\xff" * (len(body) - 4096)
    path.write_bytes(bytes(body))
    mine.add(attempt(300))
    assert points(mine) == [300]
    assert len(told) == 1
    (aside,) = tmp_path.glob(f"{FILE}.damaged-*")
    assert aside.read_bytes() == bytes(body)


def test_locked_file_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program holds the file, events count from memory; then they are written."""
    monkeypatch.setattr(store, "BUSY_S", 0.05)
    mine, told = opened(tmp_path)
    mine.add(attempt(1))
    with closing(sqlite3.connect(tmp_path / FILE)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        mine.add(attempt(2))
        mine.add(Flag("made-up"))
        assert points(mine) == [1, 2]
        assert mine.one(Flag, "made-up") is not None
        assert len(told) == 1
        assert "kept in memory" in told[0]
    mine.add(attempt(3))
    fresh = opened(tmp_path)[0]
    assert points(fresh) == [1, 2, 3]
    assert fresh.one(Flag, "made-up") is not None


def test_no_place_to_write_is_told_once(tmp_path: Path) -> None:
    """Where no folder can be made, progress lives in memory, and one sentence says so."""
    (tmp_path / "file").write_text("a file, not a folder", "utf-8")
    mine, told = opened(tmp_path / "file" / "below")
    for number in (1, 2, 3):
        mine.add(attempt(number))
    assert points(mine) == [1, 2, 3]
    (sentence,) = told
    assert "kept in memory" in sentence
    assert "ECS_LAB_DATA" in sentence


def test_pending_events_are_written_at_the_end(tmp_path: Path) -> None:
    """What could not be written is, when the process ends and the way is free again."""
    blocked = tmp_path / "data"
    blocked.write_text("in the way", "utf-8")
    mine, _ = opened(blocked)
    mine.add(attempt(3))
    blocked.unlink()
    mine.flush()
    assert points(opened(blocked)[0]) == [3]


def test_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An older ecs_lab does not touch what a newer one wrote."""
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("CREATE TABLE future (x)")
        db.execute(f"PRAGMA user_version={VERSION + 1}")
    before = (tmp_path / FILE).read_bytes()
    mine, told = opened(tmp_path)
    mine.add(attempt(3))
    assert points(mine) == [3]
    assert (tmp_path / FILE).read_bytes() == before
    assert "newer ecs_lab" in told[0]


def write_many(folder: str) -> None:
    """What one of several notebooks does at once."""
    mine = Store(Path(folder) / FILE)
    for _ in range(20):
        mine.add(attempt(1))
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
    assert points(opened(tmp_path)[0]) == [1] * 80


def test_telling_goes_to_the_error_stream(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without anything else said, sentences are printed beside the output, not into it."""
    (tmp_path / "file").write_text("", "utf-8")
    Store(tmp_path / "file" / FILE).add(attempt(1))
    out, err = capsys.readouterr()
    assert out == ""
    assert "kept in memory" in err


def test_trial_run_records_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens within `using` goes elsewhere."""
    monkeypatch.setenv("ECS_LAB_DATA", str(tmp_path))
    with using(Store()) as trial:
        here().add(attempt(3))
    assert points(trial) == [3]
    assert points(here()) == []


def test_every_record_comes_back_as_it_was(tmp_path: Path) -> None:
    """Numbers, truth, places and what a sitting plans keep their types through the file."""
    mine, _ = opened(tmp_path)
    answer = Answer("a-question", False, 12.5, "exam", "one", (2, 0))
    sitting = Sitting("practice", "Fargate", {"questions": ["a"], "seed": 7}, exam="DVA-C03")
    mine.add(answer, sitting, Flag("a-question"))
    fresh = opened(tmp_path)[0]
    assert fresh.all(Answer) == [answer]
    assert fresh.one(Sitting, sitting.id) == sitting
    assert fresh.one(Flag, "a-question") == mine.one(Flag, "a-question")


def test_the_later_of_two_records_with_one_id_stands(tmp_path: Path) -> None:
    """A sitting is replaced by what became of it, and never by what it was before."""
    mine, _ = opened(tmp_path)
    early = Sitting("practice", "Fargate", {}, {"position": 1}, at="2026-11-26T10:00:00+00:00")
    late = replace(early, state={"position": 2}, at="2026-11-26T10:00:01+00:00")
    for order in ((early, late), (late, early)):
        for record in order:
            mine.add(record)
        assert mine.all(Sitting) == [late]


def test_records_are_found_by_a_field_also_while_they_wait(tmp_path: Path) -> None:
    """What could not be written yet is searched like what was."""
    (tmp_path / "file").write_text("", "utf-8")
    for mine in (Store(tmp_path / FILE), Store(tmp_path / "file" / FILE, Told())):
        mine.add(Answer("a", True, sitting="one"), Answer("b", True, sitting="two"))
        assert [each.question for each in mine.all(Answer, sitting="two")] == ["b"]


FIRST = (
    """CREATE TABLE event (
    exercise TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
    number INTEGER NOT NULL, possible INTEGER NOT NULL)""",
    "INSERT INTO event VALUES ('made-up', '2026-11-01T09:00:00+00:00', 'attempt', 2, 3)",
    "INSERT INTO event VALUES ('made-up', '2026-11-01T09:00:00+00:00', 'attempt', 3, 3)",
    "INSERT INTO event VALUES ('made-up', '2026-11-01T09:05:00+00:00', 'hint', 1, 0)",
    "PRAGMA user_version=1",
)


def test_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """A learner who had only exercises keeps all of them, in their order."""
    with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
        for statement in FIRST:
            db.execute(statement)
    mine, told = opened(tmp_path)
    mine.add(Answer("a", True))
    assert points(mine) == [2, 3, 1]
    assert len({event.id for event in mine.all(Event)}) == 3
    assert (told, mine.all(Event)[0].at) == ([], "2026-11-01T09:00:00+00:00")


def test_a_failed_migration_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a step to the next version did before it failed is taken back."""
    mine, _ = opened(tmp_path)
    mine.add(attempt(1))
    monkeypatch.setattr(tables, "VERSION", VERSION + 1)
    broken = (*MIGRATIONS, ("DROP TABLE event", "ALTER TABLE nothing RENAME TO something"))
    monkeypatch.setattr(tables, "MIGRATIONS", broken)
    later, told = opened(tmp_path)
    later.add(attempt(2))
    assert "kept in memory" in told[0]
    monkeypatch.undo()
    assert points(opened(tmp_path)[0]) == [1]


KILLED = """
import itertools, sys
from pathlib import Path
from ecs_lab.progress import Answer, Store
mine = Store(Path(sys.argv[1]))
for number in itertools.count():
    print(number, flush=True)  # the answer in flight
    mine.add(Answer(str(number), True))
"""


def test_a_killed_program_loses_at_most_the_answer_in_flight(tmp_path: Path) -> None:
    """Every answer before the last one begun is in the file, and the file is sound."""
    path = tmp_path / FILE
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) == 30:
                writer.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
                break
        begun = 30 + sum(1 for _ in writer.stdout)
    kept = [int(answer.question) for answer in Store(path).all(Answer)]
    assert kept in (list(range(begun)), list(range(begun + 1)))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_without_sqlite_progress_lives_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python without sqlite3, as in some browsers, keeps everything and says so once."""
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    mine, told = opened(tmp_path)
    mine.add(attempt(1))
    mine.add(attempt(2))
    assert points(mine) == [1, 2]
    assert len(told) == 1
    assert "no sqlite3" in told[0]


@pytest.mark.skipif(os.name != "posix", reason="the file system without shared memory is POSIX's")
def test_without_write_ahead_log_all_is_kept_and_it_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a drive without shared memory SQLite falls back to its journal."""
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3,
        "connect",
        lambda path, **more: connect(f"file:{path}?vfs=unix-dotfile", uri=True, **more),
    )
    mine, told = opened(tmp_path)
    mine.add(attempt(1))
    mine.add(attempt(2))
    assert points(opened(tmp_path)[0]) == [1, 2]
    assert len(told) == 1
    assert "no write-ahead log" in told[0]


def test_in_a_browser_it_is_said_how_to_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of a browser's Python may go with the tab."""
    monkeypatch.setattr(sys, "platform", "emscripten")
    mine, told = opened(tmp_path)
    mine.add(attempt(1))
    mine.add(attempt(2))
    assert points(mine) == [1, 2]
    assert len(told) == 1
    assert "with its tab" in told[0]


READER = """
import os, sqlite3, sys
from pathlib import Path
from ecs_lab.progress import Event, Store
if os.getuid() == 0:
    os.setuid(65534)  # whom the folder does not belong to
mine = Store(Path(sys.argv[1]))
mine.add(Event("made-up", "attempt", 2, 300))
print([event.number for event in mine.all(Event)])
"""


@pytest.mark.skipif(os.name != "posix", reason="folders that only their owner writes are POSIX's")
def test_read_only_folder_is_read_and_new_records_stay_in_memory(tmp_path: Path) -> None:
    """Who may read the file but not write it sees what is in it, and one sentence says the rest."""
    opened(tmp_path)[0].add(attempt(1))
    made_by_pytest = [each for each in tmp_path.parents if each.name.startswith(("py", "popen"))]
    for folder in (tmp_path, *made_by_pytest):
        folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", READER, str(tmp_path / FILE)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    for folder in (tmp_path, *made_by_pytest):
        folder.chmod(0o700)
    assert done.stdout.strip() == "[1, 2]", done.stderr
    assert done.stderr.count("kept in memory") == 1
