"""Apps in containers: the three forms, what they find, and what they are kept from."""

# What is tested is how apps behave, not how they should look:
# ruff: noqa: D103, PTH103, PTH107, PTH109, PTH110, PTH123, PTH208, SIM105, SIM115

from __future__ import annotations

import builtins
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from places import Nobody, place

from ecs_lab.engine.surroundings import ContainerRun
from ecs_lab.runtime.apps import program_of
from ecs_lab.runtime.inside import OUT_OF_MEMORY, Inside
from ecs_lab.runtime.messages import Request, Response

MAPPED = {"portMappings": [{"containerPort": 80}]}


def script(function: Any) -> tuple[ContainerRun, list[str]]:
    """Run a script in a container: how it ends, and what it printed."""
    inside, world = place()
    run = program_of(script=function).begin(inside)
    return run, [line for _, line in world.lines]


def answer(app: Any, path: str = "/", **form: Any) -> tuple[Response | None, Nobody]:
    """What a web app answers on port 80, and what it did around that."""
    inside, world = place(**MAPPED)
    program = program_of(app, **form)
    program.begin(inside)
    return program.answer(inside, 80, Request(path=path)), world


def ok(start_response: Any, text: str) -> list[bytes]:
    """A plain answer."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text.encode()]


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answers with the path, the container's name and a variable."""
    container: Inside = environ["ecs_lab.container"]
    text = f"{environ['PATH_INFO']} {container.name} {os.environ['COLOUR']}"
    return ok(start_response, text)


class Counter:
    """A web app with a state of its own."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer with the number of requests so far."""
        self.count += 1
        return ok(start_response, str(self.count))


# Forms


def test_a_wsgi_callable_answers_on_the_mapped_ports() -> None:
    """With the request's path, the container, and the container's environment."""
    response, _ = answer(hello, "/shop?page=2")
    assert response is not None
    assert (response.status, response.text) == (200, "/shop app red")


def test_a_web_app_listens_on_its_own_port_if_it_has_one() -> None:
    """Then the mapped ports are nothing to it."""
    inside, _ = place(**MAPPED)
    program = program_of(hello, port=8080)
    assert program.answer(inside, 80, Request()) is None
    assert program.answer(inside, 8080, Request()) is not None


def test_each_container_has_an_app_of_its_own_of_a_class() -> None:
    """Two containers count for themselves."""
    program = program_of(Counter)
    (first, _), (second, _) = place(**MAPPED), place(**MAPPED)
    program.begin(first)
    program.begin(second)
    counts = [program.answer(each, 80, Request()) for each in (first, first, second)]
    assert [each.text for each in counts if each is not None] == ["1", "2", "1"]


def test_a_step_is_called_again_and_again_until_it_gives_an_exit_code() -> None:
    """The first time after a second, then in its interval, and in the background."""

    def count(container: Inside) -> int | None:
        container.memory["n"] = container.memory.get("n", 0) + 1
        return 7 if container.memory["n"] == 3 else None

    inside, world = place()
    program = program_of(step=count, every_s=5)
    assert program.begin(inside).seconds is None
    for _ in range(3):
        program.wake(inside)
    assert world.wakes == [(1.0, False), (5.0, True), (5.0, True)]
    assert world.ended == [(0.0, 7, None)]


def test_a_script_ends_after_what_it_slept_and_its_lines_carry_the_time() -> None:
    """It runs at once; nobody waits."""

    def work(container: Inside) -> int:
        print("begin")
        time.sleep(30)
        container.sleep(10)
        print("end")
        return 3

    inside, world = place()
    run = program_of(script=work).begin(inside)
    assert (run.seconds, run.exit_code) == (40.0, 3)
    assert world.lines == [(0.0, "begin"), (40.0, "end")]


@pytest.mark.parametrize(
    ("text", "code", "printed"),
    [
        ("print('hi')", 0, ["hi"]),
        ("import sys; sys.exit(5)", 5, []),
        ("import sys; sys.exit('no such table')", 1, ["no such table"]),
        ("container.print(container.name)", 0, ["app"]),
        ("def broken(:", 1, ["SyntaxError"]),
    ],
)
def test_a_script_may_be_python_source(text: str, code: int, printed: list[str]) -> None:
    """`container` is there, and sys.exit ends it."""
    run, lines = script(text)
    assert run.exit_code == code
    assert [line.partition(":")[0] for line in lines[-1:]] == printed


# What they find


def test_files_are_the_containers(tmp_path: Path) -> None:
    """open, pathlib and os see one file system, and it is not the machine's."""
    on_the_machine = tmp_path / "secret.txt"
    on_the_machine.write_text("mine")

    def work(container: Inside) -> None:
        os.makedirs("/data/deep")
        with open("/data/a.txt", "w") as file:
            file.write("hello")
        print(Path("/data/a.txt").read_text(), os.listdir("/data"), os.path.exists("/data/deep"))
        print(container.files.read_text("/data/a.txt"), Path("/data").is_dir())
        print(os.path.exists(on_the_machine), os.getcwd())
        open(on_the_machine)

    _, lines = script(work)
    assert lines[:3] == ["hello ['a.txt', 'deep'] True", "hello True", "False /"]
    assert lines[-1].startswith("FileNotFoundError")


def test_urlopen_goes_through_the_lab() -> None:
    """And raises what urllib raises."""

    def work(container: Inside) -> None:
        with urllib.request.urlopen("http://localhost/") as response:
            print(response.status, response.read(), response.headers["Content-Type"])
        try:
            urllib.request.urlopen("http://localhost/missing")
        except urllib.error.HTTPError as error:
            print(error.code, error.read())
        try:
            urllib.request.urlopen("http://elsewhere/")
        except urllib.error.URLError as error:
            print(error.reason)

    _, lines = script(work)
    assert lines == ["200 b'hello\\n' text/plain", "404 b'missing'", "nobody answers"]


def test_time_is_the_containers() -> None:
    """time.time tells the lab's time, and sleeping moves it for the app."""

    def work(container: Inside) -> None:
        print(time.time(), container.now)
        time.sleep(1.5)
        print(time.time())

    _, lines = script(work)
    assert lines == ["1000000000.0 2001-09-09 01:46:40+00:00", "1000000001.5"]


def test_too_much_memory_kills_the_container() -> None:
    """With exit code 137 and Docker's reason, in the middle of what it did."""

    def work(container: Inside) -> None:
        container.use_memory(50)
        print("fits")
        container.use_memory(101)
        print("never")

    run, lines = script(work)
    assert (run.exit_code, run.reason, lines) == (137, OUT_OF_MEMORY, ["fits"])


# What they are kept from

SELF = Path(__file__)
BEFORE = {
    "open": builtins.open,
    "io.open": io.open,
    "sleep": time.sleep,
    "time": time.time,
    "environ": os.environ,
    "exit": os._exit,
    "listdir": os.listdir,
    "urlopen": urllib.request.urlopen,
}


def now() -> dict[str, Any]:
    """What is swapped while an app runs."""
    return {
        "open": builtins.open,
        "io.open": io.open,
        "sleep": time.sleep,
        "time": time.time,
        "environ": os.environ,
        "exit": os._exit,
        "listdir": os.listdir,
        "urlopen": urllib.request.urlopen,
    }


def loop() -> None:
    while True:
        pass


def loop_that_catches_all() -> None:
    while True:
        try:
            len("a")
        except:  # noqa: E722 - what a careless app does
            pass


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1)


def recurse_deeply() -> None:
    sys.setrecursionlimit(10**9)
    recurse()


HOSTILE: dict[str, Any] = {
    "raises": lambda: 1 / 0,
    "raises what is no Exception": lambda: (_ for _ in ()).throw(BaseException("odd")),
    "loops": loop,
    "loops and catches all": loop_that_catches_all,
    "recurses": recurse,
    "exits the process": lambda: os._exit(3),
    "aborts the process": lambda: os.abort(),
    "runs a command": lambda: os.system("touch /tmp/hostile"),
    "starts a process": lambda: subprocess.run(["touch", "/tmp/hostile"], check=False),
    "forks": getattr(os, "fork", lambda: 1 / 0),
    "signals": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "opens a socket": lambda: socket.create_connection(("127.0.0.1", 80)),
    "makes a socket": socket.socket,
    "starts a thread": lambda: threading.Thread(target=loop).start(),
    "reads a file past open": lambda: os.open(SELF, os.O_RDONLY),
    "writes a file past open": lambda: io.FileIO("/tmp/hostile", "w"),
    "deletes the user's file": lambda: os.remove(SELF),
    "lists the user's home": lambda: list(os.scandir(Path.home())),
    "changes the folder": lambda: os.chdir("/"),
    "asks for input": lambda: input(),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_app_ends_and_leaves_the_process_as_it_was(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its script ends with code 1 and the reason in its output; nothing else has changed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    environment, streams, tracer = dict(os.environ), (sys.stdout, sys.stderr), sys.gettrace()
    run, lines = script(lambda container: HOSTILE[what]() and None)
    assert run.exit_code == 1
    assert lines[-1]
    assert now() == BEFORE
    assert (dict(os.environ), (sys.stdout, sys.stderr), sys.gettrace()) == (
        environment,
        streams,
        tracer,
    )
    assert sys.getprofile() is None
    assert SELF.exists()
    assert not Path("/tmp/hostile").exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("what", "status"), [("raises", 500), ("loops", 504), ("loops and catches all", 504)]
)
def test_a_web_app_that_goes_wrong_answers_with_an_error(what: str, status: int) -> None:
    """And answers the next request again."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/wrong":
            HOSTILE[what]()
        return ok(start_response, "well")

    inside, world = place(**MAPPED)
    program = program_of(app)
    wrong = program.answer(inside, 80, Request(path="/wrong"))
    right = program.answer(inside, 80, Request())
    assert wrong is not None
    assert right is not None
    assert (wrong.status, right.text) == (status, "well")
    assert world.lines[-1][1]
    assert world.ended == []


def test_sys_exit_in_a_request_ends_the_container() -> None:
    """Nobody is left to answer."""
    response, world = answer(lambda environ, start_response: sys.exit(4))
    assert response is None
    assert world.ended == [(0.0, 4, None)]


def test_a_traceback_shows_the_apps_own_lines() -> None:
    """Not those of the lab in between."""
    _, lines = script(lambda container: HOSTILE["raises"]())
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert not any("ecs_lab/runtime" in line for line in lines)


def test_huge_output_is_cut() -> None:
    """An app that prints without end fills no memory."""

    def work(container: Inside) -> None:
        for _ in range(100_000):
            print("x" * 1000)

    _, lines = script(work)
    assert sum(map(len, lines)) < 5_000_000
    assert "the rest" in lines[-1]


def test_ctrl_c_reaches_the_learner() -> None:
    """A KeyboardInterrupt in an app comes through, and the names are back."""

    def work(container: Inside) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        script(work)
    assert now() == BEFORE


def test_a_tracer_comes_back_after_an_app() -> None:
    """Coverage and debuggers go on."""

    def tracer(frame: Any, event: str, argument: Any) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        script("print('hi')")
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is tracer
