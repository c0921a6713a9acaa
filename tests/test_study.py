"""`ecs-lab study` and `ecs-lab reset`: the learner's work is never written over."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from surroundings import POISON

from ecs_lab.cli import cli
from ecs_lab.study import server
from ecs_lab.study.workingcopy import MANIFEST, CopyError, bring_up_to_date, find, restore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "notebooks/01-ec2.ipynb"


def write(path: Path, *sources: str, outputs: object = None) -> None:
    """A small notebook with these cells."""
    cells = [
        {"cell_type": "code", "source": [source], "outputs": [outputs] if outputs else []}
        for source in sources
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), "utf-8")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two notebooks and a picture."""
    folder = tmp_path / "course"
    write(folder / "00-start.ipynb", "start")
    write(folder / "01-ec2.ipynb", "first version")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "vpc.svg").write_text("<svg/>")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "00-start.ipynb").write_text("{}")
    return folder


@pytest.fixture
def mine(tmp_path: Path, course: Path) -> Path:
    """A working copy of it, just made."""
    folder = tmp_path / "mine"
    bring_up_to_date(folder, course)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, with their content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_working_copy_has_all_of_the_course(tmp_path: Path, course: Path) -> None:
    """The first time, every file but hidden ones is copied."""
    changes = bring_up_to_date(tmp_path / "mine", course)
    expected = ["notebooks/00-start.ipynb", NAME, "notebooks/pictures/vpc.svg"]
    assert changes.added == expected
    assert set(files(tmp_path / "mine")) == {MANIFEST, *expected}


def test_second_time_changes_nothing(mine: Path, course: Path) -> None:
    """Studying again leaves every byte as it was."""
    before = files(mine)
    changes = bring_up_to_date(mine, course)
    assert (changes.added, changes.updated, changes.kept) == ([], [], [])
    assert files(mine) == before


def test_learners_changes_stay(mine: Path, course: Path) -> None:
    """A changed notebook stays, and nothing is said while the course has no newer one."""
    write(mine / NAME, "my own answer")
    before = files(mine)
    assert bring_up_to_date(mine, course).kept == []
    assert files(mine) == before


def test_changed_copy_stays_when_the_course_has_a_newer_one(mine: Path, course: Path) -> None:
    """A changed notebook is kept against a newer original, and that is reported."""
    write(mine / NAME, "my own answer")
    write(course / "01-ec2.ipynb", "second version")
    mine_before = (mine / NAME).read_bytes()
    changes = bring_up_to_date(mine, course)
    assert changes.kept == [NAME]
    assert changes.updated == []
    assert (mine / NAME).read_bytes() == mine_before


def test_unchanged_copy_follows_the_course(mine: Path, course: Path) -> None:
    """A copy that was only run, not changed, is brought up to date."""
    write(mine / NAME, "first version", outputs={"text": "ran"})
    write(course / "01-ec2.ipynb", "second version")
    assert bring_up_to_date(mine, course).updated == [NAME]
    assert (mine / NAME).read_bytes() == (course / "01-ec2.ipynb").read_bytes()


def test_new_notebook_of_the_course_is_added(mine: Path, course: Path) -> None:
    """A later version's new notebook appears beside the learner's own."""
    write(course / "03-fargate.ipynb", "new")
    assert bring_up_to_date(mine, course).added == ["notebooks/03-fargate.ipynb"]


def test_folder_with_files_of_ones_own_is_not_written_over(tmp_path: Path, course: Path) -> None:
    """A file that was there before and is not ours stays."""
    folder = tmp_path / "mine"
    write(folder / NAME, "something quite different")
    before = (folder / NAME).read_bytes()
    assert bring_up_to_date(folder, course).kept == [NAME]
    assert (folder / NAME).read_bytes() == before


@pytest.mark.parametrize("manifest", ["", "not JSON", "[]", '{"handed_out": 3}'])
def test_damaged_manifest_costs_no_work(mine: Path, course: Path, manifest: str) -> None:
    """Without a readable manifest, every changed file counts as the learner's."""
    (mine / MANIFEST).write_text(manifest)
    write(mine / NAME, "my own answer")
    before = (mine / NAME).read_bytes()
    assert bring_up_to_date(mine, course).kept == [NAME]
    assert (mine / NAME).read_bytes() == before


def test_interrupted_copy_is_completed(mine: Path, course: Path) -> None:
    """A first time that stopped half-way leaves the next time working."""
    (mine / NAME).unlink()
    (mine / MANIFEST).unlink()
    assert bring_up_to_date(mine, course).added == [NAME]


def test_reset_restores_and_keeps_the_old_one(mine: Path, course: Path) -> None:
    """The original is back, and what was there has a name with the time in it."""
    write(mine / NAME, "my own answer")
    before = (mine / NAME).read_bytes()
    path, kept = restore(mine, course, "01-ec2")
    assert path.read_bytes() == (course / "01-ec2.ipynb").read_bytes()
    assert kept is not None
    assert re.fullmatch(r"01-ec2\.mine-\d{4}-\d\d-\d\d-\d{6}\.ipynb", kept.name)
    assert kept.read_bytes() == before


def test_reset_never_writes_over_an_older_keep(mine: Path, course: Path) -> None:
    """Several resets within one second keep several notebooks."""
    kept = set()
    for number in range(3):
        write(mine / NAME, f"answer {number}")
        _, path = restore(mine, course, "01-ec2")
        kept.add(path)
    texts = {path.read_text("utf-8") for path in kept if path}
    assert len(texts) == 3


def test_reset_of_an_untouched_copy_keeps_nothing(mine: Path, course: Path) -> None:
    """There is no second file where nothing was changed."""
    before = files(mine)
    assert restore(mine, course, "01-ec2")[1] is None
    assert files(mine) == before


@pytest.mark.parametrize(
    "word", ["01-ec2", "01-ec2.ipynb", NAME, "01", "01-ec", "notebooks\\01-ec2.ipynb"]
)
def test_notebook_is_found_by_any_of_its_names(course: Path, word: str) -> None:
    """A name, a file name, a path or the beginning of the name will do."""
    assert find(course, word) == NAME


@pytest.mark.parametrize("word", ["0", "", "nothing", "01-ecs2"])
def test_unknown_notebook_gets_a_suggestion(course: Path, word: str) -> None:
    """A wrong name is answered with the right ones; a beginning of two is no name."""
    with pytest.raises(CopyError, match="did you mean 0"):
        find(course, word)


def test_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, course: Path) -> None:
    """Where nothing can be written, the sentence names the folder and the option."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CopyError, match=r"^Cannot write the working copy in .* with --folder\.$"):
        bring_up_to_date(tmp_path / "file" / "mine", course)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind((server.HOST, 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_port_in_use_is_one_sentence_and_leaves_nothing(tmp_path: Path, taken_port: int) -> None:
    """A port that is taken stops `study` before anything is written."""
    folder = tmp_path / "mine"
    words = ["study", "--no-browser", "--port", str(taken_port), "--folder", str(folder)]
    answer = CliRunner().invoke(cli, words)
    assert answer.exit_code == 1
    assert answer.output == (
        f"Error: Port {taken_port} cannot be used (in use, or reserved); "
        "name another with --port, or leave --port out.\n"
    )
    assert not folder.exists()


def test_taken_ports_are_passed_over(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --port, the first free port is taken."""
    monkeypatch.setattr(server, "USUAL_PORT", taken_port)
    assert server.find_port(None) != taken_port


def test_no_free_port_is_one_sentence(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all usual ports are taken, the sentence says how to name another."""
    monkeypatch.setattr(server, "USUAL_PORT", taken_port)
    monkeypatch.setattr(server, "TRIES", 1)
    with pytest.raises(server.ServerError, match="is free; name one with --port"):
        server.find_port(None)


def test_kernels_inherit_no_aws_settings() -> None:
    """Keys, profile, region and endpoint are gone, and the files point nowhere."""
    environment = {"PATH": "kept", **POISON}
    server.clean(environment)
    left = {name: value for name, value in environment.items() if name.startswith("AWS_")}
    assert left == {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert environment["PATH"] == "kept"


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_study_serves_the_first_notebook_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    """The printed address answers, the news pop-up is off, and Ctrl-C ends it unasked."""
    with socket.socket() as probe:
        probe.bind((server.HOST, 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "mine"
    words = ["study", "--no-browser", "--port", str(port), "--folder", str(folder)]
    with subprocess.Popen(
        [sys.executable, "-m", "ecs_lab", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    ) as child:
        try:
            address = _address(child)
            assert f":{port}/lab/tree/notebooks/00-start-here.ipynb?token=" in address
            _look_at(address)
            child.send_signal(signal.SIGINT)
            rest, _ = child.communicate(timeout=30)
        finally:
            child.kill()
    assert child.returncode == 0
    assert rest.endswith(f"Stopped. Your notebooks are in {folder}\n")
    assert "Parent appears to have exited" not in rest  # which a kernel that was left would say
    assert not (tmp_path / ".jupyter").exists()


def _look_at(address: str) -> None:
    """The page is there, JupyterLab's news are off, and a kernel starts."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    base, token = address.partition("/lab/")[0], address.partition("token=")[2]
    name = "@jupyterlab/apputils-extension:notification"
    with opener.open(address) as page:
        assert page.status == 200
    with opener.open(f"{base}/lab/api/settings/{name}?token={token}") as page:
        assert json.load(page)["schema"]["properties"]["fetchNews"]["default"] == "false"
    with opener.open(f"{base}/api/kernels?token={token}", data=b"{}") as page:
        assert page.status == 201


def _address(child: subprocess.Popen[str]) -> str:
    """The address that `study` prints, read within a minute."""
    assert child.stdout is not None
    lines: list[str] = []
    until = time.monotonic() + 60
    while time.monotonic() < until and (line := child.stdout.readline()):
        lines.append(line)
        if line.startswith("Address"):
            child.stdout.readline()  # Ctrl-C stops.
            return line.split()[1]
    pytest.fail("no address was printed:\n" + "".join(lines))


def test_reset_on_the_command_line_says_where_both_are(tmp_path: Path) -> None:
    """`ecs-lab reset` names the restored notebook and the kept one."""
    folder = tmp_path / "mine"
    first = CliRunner().invoke(cli, ["reset", "00", "--folder", str(folder)])
    assert first.output == f"{folder}/notebooks/00-start-here.ipynb is as the course has it.\n"
    write(folder / "notebooks" / "00-start-here.ipynb", "my own")
    second = CliRunner().invoke(cli, ["reset", "00", "--folder", str(folder)])
    assert second.output.startswith(
        f"Restored {folder}/notebooks/00-start-here.ipynb\nYours is now"
    )
