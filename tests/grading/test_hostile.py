"""Notebooks that try to earn points without the work: each earns 0, and the grader goes on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from books import write_notebook

from ecs_lab.exercises import catalog
from ecs_lab.grading.grade import grade
from ecs_lab.grading.limits import Limits

if TYPE_CHECKING:
    from pathlib import Path

ID = "start-first-cluster"

TRANSFORMER = """
def to_nothing(lines):
    return ["pass\\n"]
get_ipython().input_transformers_post.append(to_nothing)
"""

FAKE_BOTO3 = """
import boto3, sys, types
from ecs_lab import Lab
class Client:
    def __getattr__(self, name):
        return lambda **_: {"clusters": [{"clusterName": "shop", "status": "ACTIVE"}],
                            "ResponseMetadata": {"HTTPStatusCode": 200}}
boto3.client = lambda *_, **__: Client()
lab = Lab()
lab.client = boto3.client
boto3.client("ecs").create_cluster(clusterName="shop")
"""

FAKE_LAB = f"""
import ecs_lab
from ecs_lab.exercises import calls, report, run
from ecs_lab.exercises.checks import passed
report.Report.passed = property(lambda self: True)
report.Report.points = property(lambda self: self.possible)
run.run_check = lambda item, lab, before: report.Result(item.id, item.title, "passed", 9, 9)
lab = ecs_lab.Lab()
ecs_lab.Lab.check = lambda self, id: "passed"
calls.check = lambda id, lab: "passed"
lab.check("{ID}")
"""

FAKE_WORLD = f"""
from ecs_lab import Lab
from ecs_lab.grading.remote import RemoteWorld
RemoteWorld.check = lambda self, id: {{"exercise": id, "title": "", "passed": True, "checks": []}}
RemoteWorld.snapshot = lambda self: {{"clusters": [{{"clusterName": "shop"}}]}}
RemoteWorld.handle = lambda self, *a, **k: (200, {{}}, b"{{}}")
lab = Lab()
lab.check("{ID}")
lab.client("ecs").create_cluster(clusterName="shop")
"""

FORGED_MESSAGES = f"""
from ecs_lab import Lab
lab = Lab()
channel = lab._world._channel
channel.send({{"done": None}})
channel.send({{"ready": True, "points": 100, "report": {{"passed": True}}}})
for number in (1, -1, 10**9, None, "0", True):
    for what in ("check", "new", "handle", "advance", "settle", "reset", "grade", "__class__", 7):
        try:
            print(channel.ask(what, world=number, exercise="{ID}", seed="x", points=100))
        except Exception as error:
            print(error)
"""

PRINTS_A_PASS = f"""
print("learner.ipynb::{ID}::The cluster shop is ACTIVE PASSED [100%]")
print("\\x1b[32m===== 4 passed in 0.01s =====\\x1b[0m")
print('<testsuite tests="4" failures="0"/>')
"""

WRITES_TO_THE_GRADER = """
import pathlib
for name in ("conftest.py", "pytest.ini", "sitecustomize.py", "ecs_lab/__init__.py"):
    pathlib.Path(name).parent.mkdir(exist_ok=True)
    pathlib.Path(name).write_text("raise SystemExit('the notebook was here')")
import os
os.environ["PYTEST_ADDOPTS"] = "--collect-only"
"""

RESETS_MOTO = """
from ecs_lab import Lab
lab = Lab()
for url in ("http://motoapi.amazonaws.com/moto-api/reset",
            "https://motoapi.amazonaws.com/moto-api/recorder/start-recording",
            "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions",
            "https://ecs.execute-api.us-east-1.amazonaws.com/",
            "https://motoapi.amazonaws.com:80@ecs.us-east-1.amazonaws.com/",
            "https://ecs.us-east-1.amazonaws.com@127.0.0.1/", "https://127.0.0.1/", "file:///"):
    try:
        print(lab._world.handle("POST", url, {}, b"{}"))
    except RuntimeError as error:
        print(error)
"""

READS_THE_CHECKS = f"""
from ecs_lab.exercises import catalog
print(catalog.load("{ID}").checks)
"""

READS_THE_GRADER = """
import gc, inspect
for frame in inspect.stack():
    for value in list(frame.frame.f_locals.values()):
        for name in ("points", "passed", "reports"):
            try:
                setattr(value, name, 100)
            except Exception:
                pass
"""


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(TRANSFORMER, id="an input transformer empties every later cell"),
        pytest.param(FAKE_BOTO3, id="boto3 is patched to answer what a pass needs"),
        pytest.param(FAKE_LAB, id="ecs_lab is patched to pass"),
        pytest.param(FAKE_WORLD, id="the world of the notebook is patched to pass"),
        pytest.param(FORGED_MESSAGES, id="messages to the grader are forged"),
        pytest.param(PRINTS_A_PASS, id="a pass is printed"),
        pytest.param(WRITES_TO_THE_GRADER, id="files that pytest and Python read are written"),
        pytest.param(RESETS_MOTO, id="requests reach for moto's own control and the network"),
        pytest.param(READS_THE_CHECKS, id="the checks are read"),
        pytest.param(READS_THE_GRADER, id="what calls the cell is changed"),
    ],
)
def test_a_notebook_that_only_pretends_earns_nothing(tmp_path: Path, cell: str) -> None:
    """Nothing was built in a lab, so no check passes, and the report says so."""
    solution = catalog.load(ID).code("solution")
    later = (solution,) if cell == TRANSFORMER else ()
    report = grade(write_notebook(tmp_path / "learner.ipynb", cell, *later), [catalog.load(ID)])
    assert report.points == 0
    assert {result.title for result in report.reports[ID].results} == {
        check.title for check in catalog.load(ID).checks
    }
    assert all("built nothing" in result.found for result in report.reports[ID].results)
    assert "0 AWS calls" in report.tally


def test_the_grader_is_as_before_after_hostile_notebooks(tmp_path: Path) -> None:
    """In the same process, the next notebook gets what it deserves."""
    path = tmp_path / "learner.ipynb"
    grade(write_notebook(path, FAKE_LAB, FAKE_BOTO3, WRITES_TO_THE_GRADER), [catalog.load(ID)])
    solution = catalog.load(ID).code("solution")
    assert grade(write_notebook(path, solution), [catalog.load(ID)]).reports[ID].passed


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("labs = [Lab() for _ in range(1000)]", "can open 5 labs"),
        ("for _ in range(1000): lab.reset()", "can open 5 labs"),
        ("for _ in range(1000): lab.now", "can make 100 calls"),
        ("for _ in range(99):\n    try: lab.check('start-first-cluster')\n    except: pass",
         "can make 3 checks"),
        ("lab.wait(1e300)", "One wait can be 604,800 virtual seconds at most"),
        ("lab._world.advance(float('nan'))", "One wait can be"),
        ("for _ in range(90): lab.wait(604800)", "All waits of a graded notebook together"),
    ],
)  # fmt: skip
def test_a_notebook_that_asks_for_too_much_is_refused_and_told(
    tmp_path: Path, cell: str, said: str
) -> None:
    """Labs, calls, checks and virtual time are bounded; what was built before still counts."""
    limits = Limits(labs=5, calls=100, checks=3)
    solution = catalog.load(ID).code("solution")
    path = write_notebook(tmp_path / "learner.ipynb", solution, cell)
    report = grade(path, [catalog.load(ID)], limits)
    assert report.reports[ID].passed
    assert said in "\n".join(report.notes)


def test_requests_to_what_is_no_simulated_service_are_refused(tmp_path: Path) -> None:
    """Each gets an answer that says so, and none reaches moto."""
    path = write_notebook(tmp_path / "learner.ipynb", RESETS_MOTO)
    output = grade(path, [catalog.load(ID)]).output
    assert output.count("A graded notebook cannot send a request to") == 8


def test_checking_an_exercise_that_is_not_graded_here_shows_so(tmp_path: Path) -> None:
    """The notebook goes on, and the learner sees what is graded."""
    cell = "from ecs_lab import Lab\nprint(Lab().check('fargate-first-service'))"
    path = write_notebook(tmp_path / "learner.ipynb", cell)
    output = grade(path, [catalog.load(ID)]).output
    assert "Not graded in this notebook" in output
    assert "It is graded on: start-first-cluster." in output


TOO_MUCH = """
ecs.register_task_definition(
    family="loop", requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
    cpu="256", memory="512",
    containerDefinitions=[{"name": "app", "image": "busybox", "command": ["sh", "-c", "exit 3"]}])
network = {"awsvpcConfiguration": {"subnets": list(lab.network.public_subnets[:1]),
                                   "assignPublicIp": "ENABLED"}}
ecs.create_service(cluster="shop", serviceName="loop", taskDefinition="loop", desiredCount=1000,
                   launchType="FARGATE", networkConfiguration=network)
lab.wait(7 * 86400)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal to stop it with")
def test_a_lab_that_has_far_too_much_to_do_is_given_up(tmp_path: Path) -> None:
    """It answers no more; what was checked in it before counts, and other labs go on."""
    solution = catalog.load(ID).code("solution")
    path = tmp_path / "learner.ipynb"
    limits = Limits(lab_s=2.0)
    given_up = "A lab did more than can be simulated in 2 s and was given up."
    for cells, passes in (
        ([solution, f"lab.check('{ID}')", TOO_MUCH, "lab.now"], True),
        ([solution, TOO_MUCH, "lab.now"], False),
        ([solution, TOO_MUCH, solution], True),
    ):
        report = grade(write_notebook(path, *cells), [catalog.load(ID)], limits)
        assert report.reports[ID].passed is passes
        assert given_up in report.notes
