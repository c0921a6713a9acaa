"""Checking in a child process, once and at each save."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ecs_lab.exercises import catalog
from ecs_lab.exercises.learner import read, sample
from ecs_lab.exercises.watch import Judge, Outcome, saved, stamp

ID = "start-first-cluster"
EXERCISE = catalog.load(ID)


def judged(code: str, folder: Path, *, limit_s: float = 30) -> Outcome:
    """The outcome of a script for the first exercise."""
    path = folder / "mine.py"
    path.write_text(code, "utf-8")
    with Judge(limit_s, again=True) as judge:
        return judge(read(path), [ID])


@pytest.mark.parametrize("start_method", ["spawn", None])
def test_verdict_is_that_of_the_check_engine(start_method: str | None) -> None:
    """However the child is started, it says what checking in this process says."""
    with Judge(60, again=True, start_method=start_method) as judge:
        right = judge(sample(EXERCISE, "solution"), [ID])
        nearly = judge(sample(EXERCISE, "nearly_right"), [ID])
    assert right.passed
    assert right.troubles == ()
    assert [result.id for result in nearly.reports[0].results if not result.passed] == [
        "insights_on"
    ]


def test_endless_loop_is_stopped_and_what_was_built_counts(tmp_path: Path) -> None:
    """One sentence says so, with the line; the state so far is checked."""
    code = EXERCISE.code("solution") + "\nwhile True:\n    pass\n"
    outcome = judged(code, tmp_path, limit_s=3)
    (trouble,) = outcome.troubles
    assert "still running after 3 s, so it was stopped: an endless loop?" in trouble
    if hasattr(signal, "setitimer"):
        assert "while True" in trouble or "pass" in trouble
        assert outcome.passed


def test_code_that_cannot_be_interrupted_is_ended_from_outside(tmp_path: Path) -> None:
    """A loop that swallows everything costs its process, not ours."""
    code = "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass\n"
    if not hasattr(signal, "setitimer"):
        code = "while True: pass\n"
    outcome = judged(code, tmp_path, limit_s=0.5)
    assert outcome.reports == ()
    assert not outcome.passed
    assert "still running after 0.5 s" in outcome.troubles[0]
    assert multiprocessing.active_children() == []


def test_process_that_ends_itself_is_told(tmp_path: Path) -> None:
    """`os._exit` takes the verdict with it, and a sentence says so."""
    outcome = judged("import os\nos._exit(0)\n", tmp_path)
    assert "ended its own Python process" in outcome.troubles[0]
    assert not outcome.passed


def test_what_was_printed_comes_back(tmp_path: Path) -> None:
    """Output and errors are part of the outcome."""
    outcome = judged("print('hello')\n1 / 0\n", tmp_path)
    assert outcome.output == "hello\n"
    assert "ZeroDivisionError" in outcome.troubles[0]


def test_save_in_place_and_by_replacement_are_both_seen(tmp_path: Path) -> None:
    """Editors write a file anew, or put another in its place; a lost file is waited for."""
    path = tmp_path / "mine.py"
    path.write_text("1", "utf-8")
    seen = stamp(path)
    assert saved(path, seen) is None
    path.write_text("22", "utf-8")
    assert (second := saved(path, seen)) is not None
    (tmp_path / "new").write_text("33", "utf-8")
    path.unlink()
    assert saved(path, second) is None
    (tmp_path / "new").replace(path)
    assert saved(path, second) is not None


@contextmanager
def watching(file: Path, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[str]]:
    """A real `ecs-lab watch` on a file."""
    command = [sys.executable, "-m", "ecs_lab", "watch", str(file), ID]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=stdin,
        text=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def verdict(process: subprocess.Popen[str]) -> str:
    """What is printed up to the end of the next verdict."""
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Watching for the next save"):
            break
    return "".join(lines)


def test_each_save_is_checked_again(tmp_path: Path) -> None:
    """The verdict follows the file, from nearly right by way of broken to right; Ctrl-C ends it."""
    file = tmp_path / "mine.py"
    file.write_text(EXERCISE.code("nearly_right"), "utf-8")
    with watching(file) as process:
        assert "Not yet, 3 of 4 points" in verdict(process)
        file.write_text("half = (\n", "utf-8")
        assert "SyntaxError" in verdict(process)
        file.write_text(EXERCISE.code("solution"), "utf-8")
        assert "Passed, 4 of 4 points" in verdict(process)
        if os.name != "nt":  # where a Ctrl-C cannot be sent to one process alone
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=60)
            assert process.returncode == 0
            assert out.strip() == "Stopped watching. Your file is as you saved it."
    assert file.read_text("utf-8") == EXERCISE.code("solution")


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals")
def test_keys_give_hints_and_end_the_watch(tmp_path: Path) -> None:
    """h shows the next hint, r checks again, q ends; the terminal is left as it was."""
    import pty
    import termios

    file = tmp_path / "mine.py"
    file.write_text(EXERCISE.code("starter"), "utf-8")
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    with watching(file, stdin=theirs) as process:
        verdict(process)
        os.write(ours, b"hr")
        again = verdict(process)
        assert "Hint 1 of 3" in again
        assert "0 of 4 points" in again
        os.write(ours, b"q")
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)
