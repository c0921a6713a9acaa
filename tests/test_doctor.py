"""`ecs-lab doctor`: finds what is missing, and says what to do."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import boto3
import pytest
from click.testing import CliRunner

from ecs_lab.cli import cli
from ecs_lab.study import doctor

if TYPE_CHECKING:
    from pathlib import Path


def test_this_installation_is_well() -> None:
    """Where the tests run, nothing is a problem, and no request leaves the machine."""
    answer = CliRunner().invoke(cli, ["doctor", "--json"])
    findings = json.loads(answer.output)
    assert [finding for finding in findings if finding["state"] == "problem"] == []
    assert answer.exit_code == 0
    assert findings[-1]["found"] == "built a cluster; no request left this machine"


def test_table_has_a_line_for_each_look() -> None:
    """The table names every look."""
    answer = CliRunner().invoke(cli, ["doctor"])
    for name in ("Python", "packages", "pictures", "JupyterLab", "working copy", "lab"):
        assert name in answer.output


def test_problem_has_a_next_step_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data folder that cannot be made is a problem that says what to do."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ECS_LAB_DATA", str(tmp_path / "file" / "data"))
    answer = CliRunner().invoke(cli, ["doctor", "--json"])
    assert answer.exit_code == 1
    problems = [f for f in json.loads(answer.output) if f["state"] == "problem"]
    assert [problem["name"] for problem in problems] == ["progress"]
    assert "ECS_LAB_DATA" in problems[0]["next_step"]


def test_every_finding_that_is_not_well_has_a_next_step(tmp_path: Path) -> None:
    """A problem or a note without advice would leave the learner alone."""
    for finding in doctor.examine(tmp_path / "none"):
        assert finding.state == "ok" or finding.next_step


def test_look_that_fails_is_a_finding() -> None:
    """A look that raises becomes a problem, and the others still run."""

    def broken() -> doctor.Finding:
        raise RuntimeError("no such thing")

    assert doctor._look("broken", broken).state == "problem"


def test_way_out_is_closed_while_the_lab_runs() -> None:
    """A connection that something tries meanwhile is refused and noted."""
    refused = pytest.raises(ConnectionRefusedError)
    with doctor._no_way_out() as tried, socket.socket() as probe, refused:
        probe.connect(("127.0.0.1", 9))
    assert tried == ["('127.0.0.1', 9)"]


def test_coverage_lists_every_operation_of_the_api() -> None:
    """As many as botocore knows, each answering as the table says."""
    from ecs_lab.engine.clock import Clock
    from ecs_lab.engine.ecs import Ecs
    from ecs_lab.engine.errors import NotSimulatedError

    covered = json.loads(CliRunner().invoke(cli, ["doctor", "--coverage", "--json"]).output)
    by_name = {each["operation"]: each for each in covered}
    assert by_name["RunTask"]["works"]
    assert len(by_name) == len(boto3.client("ecs", "us-east-1").meta.service_model.operation_names)
    not_done = [each for each in covered if not each["works"]]
    assert not_done
    for each in not_done:
        with pytest.raises(NotSimulatedError) as refused:
            Ecs(Clock(0.0)).call(each["operation"])
        assert refused.value.message == each["sentence"]
        assert "`ecs-lab doctor --coverage`" in each["sentence"]


def test_coverage_counts() -> None:
    """The table ends with how many work."""
    output = CliRunner().invoke(cli, ["doctor", "--coverage"]).output
    works = output.count(" works ")
    rest = output.count("not simulated")
    assert f"{works} of {works + rest} operations work; {rest} answer NotSimulatedException." in (
        " ".join(output.split())
    )
