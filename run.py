#!/usr/bin/env python3
"""Sets ecs_lab up beside this file, and starts it. Needs nothing but Python 3.11 or later.

    python3 run.py                open the course in JupyterLab (the same as: run.py study)
    python3 run.py test [...]     run the tests; what follows goes to pytest
    python3 run.py test --all     run all that CI runs: tests, notebooks, types, lint, lock
    python3 run.py site --open    build the course as a site to read, in build/site, and open it
    python3 run.py WORD [...]     run `ecs-lab WORD ...`; the words: python3 run.py --help

The first run makes .venv and installs the pinned packages of requirements.lock into it.
To start afresh, delete .venv: your notebooks and your progress are not in it.
"""

# This file has to be valid on old versions of Python, so that it can say that they are too old.
import contextlib
import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, Iterator, List, Optional

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# Holds the fingerprint of what is installed; while an installation is under way, UNFINISHED.
STATE = VENV / "ecs-lab-state"
UNFINISHED = "unfinished"
INTERRUPTED = 130


class SetUpError(Exception):
    """A reason to stop: one sentence for the user, with the next step."""


def main(words: List[str]) -> int:
    """Set up what is missing, then run what the words ask for."""
    for name in ("SIGTERM", "SIGHUP"):  # a closed terminal ends things as Ctrl-C does
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    try:
        _check_python()
        with _one_at_a_time():
            if not _is_ready():
                _set_up()
        return _run(*_command(words))
    except SetUpError as reason:
        print("run.py: {}".format(reason), file=sys.stderr)
        return 1
    except OSError as error:
        print("run.py: {}".format(_explain(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next run goes on from here.", file=sys.stderr)
        return INTERRUPTED


def _check_python() -> None:
    if sys.version_info < OLDEST:
        raise SetUpError(
            "this is Python {}.{}, and ecs_lab needs Python 3.11 or later; install it from "
            "https://www.python.org/downloads/ and run it as, for example, "
            "python3.13 run.py".format(*sys.version_info[:2])
        )


# ---- what to run


def _command(words: List[str]) -> List[List[str]]:
    """The command for the words, as [command, folder]; no folder means where the user is."""
    if words[:1] == ["test"]:
        if "--all" in words:
            rest = [word for word in words[1:] if word != "--all"]
            return [[str(PYTHON), str(ROOT / "tools" / "checks.py"), *rest], [str(ROOT)]]
        return [[str(PYTHON), "-m", "pytest", *words[1:]], [str(ROOT)]]
    if words[:1] == ["site"]:
        return [
            [str(PYTHON), str(ROOT / "tools" / "site" / "build_site.py"), *words[1:]],
            [str(ROOT)],
        ]
    command = BIN / ("ecs-lab.exe" if os.name == "nt" else "ecs-lab")
    return [[str(command)] + (words or ["study"]), []]


def _run(command: List[str], folder: List[str]) -> int:
    """Become the command; on Windows, which cannot do that, run it and return its exit code."""
    if folder:
        os.chdir(folder[0])
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # Ctrl-C reached the child as well, which ends in its own way
            continue


# ---- is it set up?


def _fingerprint() -> str:
    """What the environment depends on: the pins, pyproject.toml, this place, this Python."""
    digest = hashlib.sha256()
    for part in (LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes()):
        digest.update(part)
    digest.update("{}\n{}".format(ROOT, os.path.realpath(str(PYTHON))).encode())
    return digest.hexdigest()


def _state() -> str:
    try:
        return STATE.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _is_ready() -> bool:
    return PYTHON.exists() and _state() == _fingerprint()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two runs at the same time do not set up over each other; the second one waits."""
    name = "ecs-lab-{}.lock".format(hashlib.sha256(str(ROOT).encode()).hexdigest()[:16])
    path = os.path.join(tempfile.gettempdir(), name)
    with contextlib.ExitStack() as stack:
        try:
            import fcntl

            handle = stack.enter_context(open(path, "a"))
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another run.py is setting up here; waiting for it ...", flush=True)
                fcntl.flock(handle, fcntl.LOCK_EX)
            # uv and pip hold it as well: should one outlive this process, the next run waits for it
            os.set_inheritable(handle.fileno(), True)
        except (ImportError, PermissionError):
            pass  # Windows, or another user's lock file: two at once are then not caught
        yield


# ---- set it up


def _set_up() -> None:
    started = time.time()
    first = _state() == ""
    print("Setting up ecs_lab in {} ({}).".format(VENV, "once" if first else "again"), flush=True)
    _make_environment()
    STATE.write_text(UNFINISHED, encoding="utf-8")
    _install()
    STATE.write_text(_fingerprint(), encoding="utf-8")
    print("Ready after {:.0f} s.".format(time.time() - started), flush=True)


def _make_environment() -> None:
    """A working .venv: one that is there and whole is kept, a broken or unfinished one replaced."""
    _discard_leftovers()
    if VENV.exists() or VENV.is_symlink():
        if _state() != UNFINISHED and _works():
            return
        _set_aside()
    VENV.mkdir()
    STATE.write_text(UNFINISHED, encoding="utf-8")
    uv = _find_uv()
    if uv:
        command = [*uv, "venv", "--allow-existing", "--python", sys.executable, str(VENV)]
    else:
        command = [sys.executable, "-m", "venv", str(VENV)]
    _do("making the environment", command)


def _works() -> bool:
    code = "import sys; sys.exit(sys.version_info < {})".format(OLDEST)
    try:
        return subprocess.call([str(PYTHON), "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _set_aside() -> None:
    """Remove .venv in a way that can be interrupted; never a folder that is no environment."""
    ours = VENV.is_symlink() or (VENV / "pyvenv.cfg").exists() or _state() == UNFINISHED
    if not ours and any(VENV.iterdir()):
        raise SetUpError("{} is not a Python environment; move it away and run again.".format(VENV))
    if VENV.is_symlink():
        VENV.unlink()
        return
    VENV.rename(ROOT / ".venv-old-{}".format(time.time_ns()))
    _discard_leftovers()


def _discard_leftovers() -> None:
    for old in ROOT.glob(".venv-old-*"):
        shutil.rmtree(str(old), ignore_errors=True)


def _install() -> None:
    """Install the pins, checked by their hashes, and this project as it lies here."""
    python = ["--python", str(PYTHON)]
    pins = ["--require-hashes", "-r", str(LOCK)]
    # hatchling is among the pins, so that this needs no network and no second environment
    project = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    count = sum(line[:1].isalnum() for line in LOCK.read_text(encoding="utf-8").splitlines())
    label = "installing {} packages with ".format(count)
    uv = _find_uv() or _fetch_uv()
    if uv:
        _do(label + "uv", [*uv, "pip", "install", *python, *pins])
        _do("installing the course", [*uv, "pip", "install", *python, *project])
    else:
        pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
        _do(label + "pip", pip + pins)
        _do("installing the course", pip + project)


def _find_uv() -> Optional[List[str]]:
    """How to call a uv that is on this machine: on PATH, or as a module of a Python."""
    for command in (["uv"], [sys.executable, "-m", "uv"], [str(PYTHON), "-m", "uv"]):
        if shutil.which(command[0]) and _quiet([*command, "--version"]):
            return command
    return None


def _fetch_uv() -> Optional[List[str]]:
    """Install the pinned uv with pip: 6 s in all where pip alone takes 33 s (docs/adr/0001)."""
    wanted, taking = [], False
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if line[:1].strip() and not line.startswith("#"):
            taking = line.startswith("uv==")
        if taking:
            wanted.append(line)
    pins = VENV / "uv.lock.txt"
    pins.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    try:
        _do("fetching uv", [*pip, "--only-binary", ":all:", "--require-hashes", "-r", str(pins)])
    except SetUpError as error:
        if "No matching distribution" not in str(error):
            raise
        return None  # no wheel of uv for this machine: pip will do
    return [str(PYTHON), "-m", "uv"]


def _quiet(command: List[str]) -> bool:
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


# ---- run one step of it, and say well what went wrong


def _do(label: str, command: List[str]) -> None:
    """Run one step, showing that it works; on failure say why in one sentence."""
    started = time.time()
    live = sys.stdout.isatty()
    output = b""
    print("  {} ...".format(label), end="" if live else "\n", flush=True)
    child = subprocess.Popen(
        command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, close_fds=False, start_new_session=True,
    )  # fmt: skip
    try:
        while True:
            try:
                output, _ = child.communicate(timeout=1)
                break
            except subprocess.TimeoutExpired:
                if live:
                    seconds = time.time() - started
                    print("\r  {} ... {:.0f} s".format(label, seconds), end="", flush=True)
    except KeyboardInterrupt:
        _end(child)
        raise
    if live:
        print("\r  {} ... {:.1f} s".format(label, time.time() - started), flush=True)
    if child.returncode != 0:
        raise SetUpError(_why(label, output.decode("utf-8", "replace")))


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a step and all that it started, so that nothing writes into .venv any more."""
    if os.name == "nt":
        child.terminate()
    else:
        os.killpg(child.pid, signal.SIGTERM)
    child.communicate()


def _environment() -> Dict[str, str]:
    """The user's environment without what would send packages elsewhere than into .venv."""
    mine = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in mine}


# what pip and uv print -> what it means
SIGNS = (
    (("No space left", "os error 28", "disk full"), "the disk is full; free 1 GB and run again."),
    (
        ("ensurepip is not", "No module named ensurepip", "No module named venv"),
        "this Python came without its venv module; install that (apt install python3-venv) or uv.",
    ),
    (
        ("dns error", "error sending request", "Failed to establish a new connection",
         "Connection refused", "ConnectTimeout", "Read timed out", "Name or service not known",
         "tunnel error", "NewConnectionError", "ProxyError", "Could not connect",
         "operation timed out", "Network is unreachable", "client error (Connect)"),
        "the package index cannot be reached; check the network (and HTTPS_PROXY), and run again.",
    ),
    (
        ("Permission denied", "os error 13", "os error 30", "Read-only file system"),
        "there is no right to write here; put the folder where you may write, and run again.",
    ),
)  # fmt: skip


def _why(label: str, output: str) -> str:
    for signs, sentence in SIGNS:
        if any(sign.lower() in output.lower() for sign in signs):
            return "{} failed: {}".format(label, sentence)
    last = "\n".join("    " + line for line in output.strip().splitlines()[-15:])
    return "{} failed; its last words were:\n{}\nDelete {} and run again.".format(label, last, VENV)


def _explain(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "there is no right to write in {}; put it where you may, and run again.".format(ROOT)
    if error.errno == errno.ENOSPC:
        return "the disk is full; free 1 GB and run again."
    return "{}; mend that and run again.".format(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
