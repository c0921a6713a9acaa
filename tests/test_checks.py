"""tools/checks.py: every part runs, and a failure is not lost."""

from __future__ import annotations

import runpy
import subprocess
import sys

from surroundings import REPOSITORY

CHECKS = str(REPOSITORY / "tools" / "checks.py")
FAKE = """
import runpy, sys
checks = runpy.run_path({path!r})
checks["PARTS"].clear()
checks["PARTS"].update(
    good=[sys.executable, "-c", "print('good ran')"],
    bad=[sys.executable, "-c", "raise SystemExit(3)"],
    last=[sys.executable, "-c", "print('last ran')"],
    lacking=[sys.executable, "-c", "raise SystemExit(77)"],
)
if {whole}:
    checks["PARTS"].pop("bad")
sys.exit(checks["main"]({words}))
"""


def run(*words: str, whole: bool = False) -> tuple[int, str]:
    """The exit code and output of the checks, with four parts: one fails (unless `whole`), and one
    lacks what it needs.
    """
    code = FAKE.format(path=CHECKS, words=list(words), whole=whole)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_all_parts_run_though_one_fails() -> None:
    """The summary names each part with its outcome and its time, and the exit code is 1."""
    code, output = run()
    assert code == 1
    assert "good ran" in output
    assert "last ran" in output
    summary = output.partition("== summary\n")[2].splitlines()
    assert [line.split()[:2] for line in summary] == [
        ["good", "ok"],
        ["bad", "FAILED"],
        ["last", "ok"],
        ["lacking", "NOT"],
    ]
    assert all(line.endswith(" s") for line in summary)


def test_named_parts_run_alone() -> None:
    """Without the failing part, all is well."""
    code, output = run("good", "last")
    assert code == 0
    assert "bad" not in output


def test_part_that_lacks_something_is_no_failure_unless_it_was_named() -> None:
    """A machine without Chromium can run all the rest; who asks for the browser wants it."""
    code, output = run(whole=True)
    assert (code, "lacking    NOT RUN" in output) == (0, True)
    code, output = run("good", "lacking")
    assert (code, "lacking    FAILED (77)" in output) == (1, True)


def test_unknown_part_is_named() -> None:
    """A wrong name runs nothing."""
    assert run("god") == (2, "There is no part god; the parts: good, bad, last, lacking.\n")


def test_ci_has_all_parts() -> None:
    """Nobody drops a part unseen."""
    parts = [
        "lock",
        "lint",
        "format",
        "types",
        "prose",
        "course",
        "fidelity",
        "coverage",
        "notebooks",
        "site",
        "tests",
        "clients",
        "browser",
        "set-up",
    ]
    assert list(runpy.run_path(CHECKS)["PARTS"]) == parts
