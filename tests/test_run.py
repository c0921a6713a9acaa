"""run.py with a stand-in for uv: when it sets up, what it says, and what it never touches."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from surroundings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in for uv is a POSIX script")

PYTHON = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
# Makes an environment of two scripts, and notes each call. FAKE says how it fails.
UV = f"""#!{sys.executable} -ES
import os, pathlib, sys, time
words, fake = sys.argv[1:], os.environ.get("FAKE", "")
here = pathlib.Path(__file__).parent.parent
with open(here / "calls", "a") as calls:
    print(*words[:2], file=calls)
if words[0] == "venv":
    folder = pathlib.Path(words[-1], "bin")
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "pyvenv.cfg").write_text("home = x")
    (folder / "python").unlink(missing_ok=True)
    (folder / "python").write_text({PYTHON!r})
    (folder / "python").chmod(0o755)
elif words[:2] == ["pip", "install"]:
    if fake == "hang":
        print("started", flush=True)
        (here / "hanging").touch()
        time.sleep(5)
    if fake.startswith("say "):
        sys.exit(fake[4:])
    script = pathlib.Path(words[words.index("--python") + 1]).parent / "ecs-lab"
    script.write_text("#!/bin/sh\\necho ecs-lab got: $*\\n[ $1 != fails ] || exit 7\\n")
    script.chmod(0o755)
"""


class Clone:
    """A folder with run.py, a lock of one package, and a stand-in for uv on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv = folder / ".venv"
        (folder / "bin").mkdir(parents=True)
        shutil.copy(REPOSITORY / "run.py", folder)
        (folder / "pyproject.toml").write_text("[project]\n")
        (folder / "requirements.lock").write_text("click==8 \\\n    --hash=sha256:0\n")
        (folder / "bin" / "uv").write_text(UV)
        (folder / "bin" / "uv").chmod(0o755)

    def start(self, *words: str, fake: str = "") -> subprocess.Popen[str]:
        """Start run.py; `fake` says how the stand-in for uv is to fail."""
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return subprocess.Popen(
            [sys.executable, str(self.folder / "run.py"), *words],
            env={"PATH": path, "FAKE": fake, "HOME": str(self.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str, fake: str = "") -> tuple[int, str]:
        """Run run.py to its end: exit code and output."""
        child = self.start(*words, fake=fake)
        output, _ = child.communicate(timeout=60)
        return child.returncode, output

    def calls(self) -> list[str]:
        """What uv was called with since the last time this was asked, but for its version."""
        notes = self.folder / "calls"
        lines = notes.read_text().splitlines() if notes.exists() else []
        notes.unlink(missing_ok=True)
        return [line for line in lines if not line.startswith("--version")]


ALL = ["venv --allow-existing", "pip install", "pip install"]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A fresh clone in a folder whose name has a space."""
    return Clone(tmp_path / "my clone")


def test_first_run_sets_up_and_studies(clone: Clone) -> None:
    """Without words, the environment is made and the course opened."""
    code, output = clone.run()
    assert code == 0
    assert output.startswith(f"Setting up ecs_lab in {clone.venv} (once).\n")
    assert output.endswith("ecs-lab got: study\n")
    assert clone.calls() == ALL


def test_repeated_run_sets_nothing_up(clone: Clone) -> None:
    """The second run goes straight to the command."""
    clone.run()
    clone.calls()
    assert clone.run("doctor", "--json") == (0, "ecs-lab got: doctor --json\n")
    assert clone.calls() == []


def test_exit_code_is_passed_through(clone: Clone) -> None:
    """What the command returns, run.py returns."""
    assert clone.run("fails")[0] == 7


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_changed_pins_are_installed(clone: Clone, name: str) -> None:
    """After an update of the clone the environment follows."""
    clone.run()
    clone.calls()
    with (clone.folder / name).open("a") as file:
        file.write("# changed\n")
    assert "(again)" in clone.run()[1]
    assert clone.calls() == ["pip install", "pip install"]
    assert clone.run()[1] == "ecs-lab got: study\n"


def test_failed_installation_does_not_count(clone: Clone) -> None:
    """After a failure, the next run makes a new environment."""
    assert clone.run(fake="say boom")[0] == 1
    clone.calls()
    assert clone.run()[0] == 0
    assert clone.calls() == ALL
    assert not list(clone.folder.glob(".venv-old-*"))


def test_ctrl_c_in_the_middle_leaves_the_next_run_working(clone: Clone) -> None:
    """An interrupted installation says so without a traceback, and is begun anew."""
    child = clone.start(fake="hang")
    until = time.monotonic() + 30
    while not (clone.folder / "hanging").exists() and time.monotonic() < until:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    output, _ = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Traceback" not in output
    assert output.endswith("Stopped. The next run goes on from here.\n")
    clone.calls()
    assert clone.run()[0] == 0
    assert clone.calls() == ALL


def test_killed_installation_is_begun_anew(clone: Clone) -> None:
    """Where run.py alone is killed, the next run waits for what it had started, and begins anew."""
    child = clone.start(fake="hang")
    until = time.monotonic() + 30
    while not (clone.folder / "hanging").exists() and time.monotonic() < until:
        time.sleep(0.02)
    child.kill()
    child.communicate()
    clone.calls()
    code, output = clone.run()
    assert code == 0
    assert output.startswith("Another run.py is setting up here; waiting for it ...\n")
    assert clone.calls() == ALL


def test_broken_environment_is_rebuilt(clone: Clone) -> None:
    """An environment whose Python is gone is made again."""
    clone.run()
    clone.calls()
    (clone.venv / "bin" / "python").unlink()
    (clone.venv / "bin" / "python").symlink_to("/no/such/python")
    assert clone.run()[0] == 0
    assert clone.calls() == ALL


def test_environment_made_by_others_is_used(clone: Clone) -> None:
    """A .venv that `uv run` made stays, with what is in it."""
    (clone.venv / "bin").mkdir(parents=True)
    (clone.venv / "bin" / "python").write_text(PYTHON)
    (clone.venv / "bin" / "python").chmod(0o755)
    (clone.venv / "pyvenv.cfg").write_text("home = x")
    (clone.venv / "own-file").write_text("stays")
    assert clone.run()[0] == 0
    assert clone.calls() == ["pip install", "pip install"]
    assert (clone.venv / "own-file").exists()


def test_folder_that_is_no_environment_is_left_alone(clone: Clone) -> None:
    """Something else called .venv is not deleted."""
    clone.venv.mkdir()
    (clone.venv / "thesis.txt").write_text("years of work")
    code, output = clone.run()
    assert code == 1
    assert output.endswith(
        f"{clone.venv} is not a Python environment; move it away and run again.\n"
    )
    assert (clone.venv / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    ("uv_says", "run_says"),
    [
        ("error sending request for url (https://x)", "the package index cannot be reached; check"),
        ("No space left on device (os error 28)", "the disk is full; free 1 GB and run again."),
        ("Permission denied (os error 13)", "there is no right to write here; put the folder"),
    ],
)
def test_known_failure_is_one_sentence(clone: Clone, uv_says: str, run_says: str) -> None:
    """What uv reports at length is said in one sentence with the next step."""
    code, output = clone.run(fake=f"say {uv_says}")
    assert code == 1
    last = output.splitlines()[-1]
    assert last.startswith("run.py: installing 1 packages with uv failed: " + run_says)


def test_unknown_failure_shows_the_last_words(clone: Clone) -> None:
    """What is not foreseen is shown as it came."""
    _, output = clone.run(fake="say hash mismatch for click")
    assert "    hash mismatch for click\n" in output


def test_folder_without_write_access_is_one_sentence(clone: Clone) -> None:
    """A file in the way of .venv stands for every error of the file system."""
    clone.venv.write_text("")
    code, output = clone.run()
    assert code == 1
    assert "Traceback" not in output


def test_two_at_the_same_time_set_up_once(clone: Clone) -> None:
    """The second run waits for the first, and then finds all done."""
    first, second = clone.start("one"), clone.start("two")
    outputs = [first.communicate(timeout=60)[0], second.communicate(timeout=60)[0]]
    assert (first.returncode, second.returncode) == (0, 0)
    assert sum("Setting up" in output for output in outputs) == 1
    assert clone.calls() == ALL


def test_words_after_test_go_to_pytest(clone: Clone) -> None:
    """`run.py test -q nothing` is pytest's to answer."""
    code, output = clone.run("test", "-q", "-p", "no:cacheprovider", "no_such_test.py")
    assert code == 4
    assert "no_such_test.py" in output


def test_site_is_built_by_its_own_program(clone: Clone) -> None:
    """`run.py site --open` sets up and hands the words on."""
    program = clone.folder / "tools" / "site" / "build_site.py"
    program.parent.mkdir(parents=True)
    program.write_text("import sys; print('site:', *sys.argv[1:])")
    code, output = clone.run("site", "--open")
    assert code == 0
    assert output.endswith("site: --open\n")


OLD = """
import contextlib, errno, hashlib, os, pathlib, runpy, shutil, signal, subprocess, sys, tempfile
import typing
sys.version_info = (3, 8, 1, "final", 0)
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def test_old_python_is_told_so_in_one_sentence(clone: Clone) -> None:
    """An older Python names what is needed, and makes nothing."""
    done = subprocess.run(
        [sys.executable, "-c", OLD, str(clone.folder / "run.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert re.fullmatch(
        r"run\.py: this is Python 3\.8, and .* Python 3\.11 or later.*\n", done.stderr
    )
    assert not clone.venv.exists()


def test_run_py_parses_on_old_pythons() -> None:
    """The sentence can only be printed where the file is valid."""
    ast.parse((REPOSITORY / "run.py").read_text("utf-8"), feature_version=(3, 6))
