"""Grading a notebook from end to end: a child runs the cells, the referee forms the verdict."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from books import notebook_data, write_notebook

from ecs_lab.exercises import catalog, learner
from ecs_lab.grading.expected import expected
from ecs_lab.grading.grade import GradeReport, StartError, grade
from ecs_lab.grading.limits import Limits
from ecs_lab.paths import notebooks_dir

if TYPE_CHECKING:
    from pathlib import Path

ID = "start-first-cluster"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork and no signals")
QUICK = Limits(cell_s=3.0, grace_s=0.5)

OPEN = "import boto3\nfrom ecs_lab import Lab\nlab = Lab()\necs = boto3.client('ecs')"
BUILD = """ecs.create_cluster(
    clusterName="shop",
    settings=[{"name": "containerInsights", "value": "enabled"}],
    tags=[{"key": "team", "value": "web"}],
)"""


def run(tmp_path: Path, *cells: str, ids: tuple[str, ...] = (ID,)) -> GradeReport:
    """Grade a notebook of these cells."""
    path = write_notebook(tmp_path / "learner.ipynb", *cells)
    loops = any("while True" in cell for cell in cells)
    return grade(path, [catalog.load(name) for name in ids], QUICK if loops else None)


def told(report: GradeReport) -> str:
    """All notes and the tally, as one text."""
    return "\n".join([*report.notes, report.tally])


ONE_OF_EACH_TOPIC = list({each.partition("-")[0]: each for each in catalog.ids()}.values())
"""The notebooks with all their solutions are graded below."""


@pytest.mark.parametrize("sample", ["solution", "nearly_right"])
@pytest.mark.parametrize("exercise_id", ONE_OF_EACH_TOPIC)
def test_the_verdict_is_that_of_the_terminal(tmp_path: Path, exercise_id: str, sample: str) -> None:
    """Check by check, with the same feedback: there is one check engine."""
    exercise = catalog.load(exercise_id)
    here = learner.grade(exercise, learner.play(learner.sample(exercise, sample)))
    report = run(tmp_path, exercise.code(sample), ids=(exercise_id,))
    assert report.reports[exercise_id] == here
    assert here.passed is (sample == "solution")


@pytest.mark.notebook
@pytest.mark.parametrize("original", sorted(notebooks_dir().glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_notebook_of_the_course_earns_nothing_until_its_exercises_are_done(
    tmp_path: Path, original: Path
) -> None:
    """As handed out it runs without an error and earns 0; with the solutions it earns all."""
    exercises = [catalog.load(name) for name in expected(original).ids]
    data = json.loads(original.read_text("utf-8"))
    handed_out = grade(original, exercises)
    assert (handed_out.points, handed_out.notes) == (0, ())
    solutions = [exercise.code("solution") for exercise in exercises]
    data["cells"] += notebook_data(solutions)["cells"]
    done = tmp_path / original.name
    done.write_text(json.dumps(data), "utf-8")
    report = grade(done, exercises)
    assert (report.points, report.notes) == (report.possible, ())


def test_full_points_for_a_right_notebook(tmp_path: Path) -> None:
    """Points earned and possible agree with the exercise's."""
    report = run(tmp_path, OPEN, BUILD)
    assert report.points == report.possible == catalog.load(ID).points
    assert told(report) == "It has 2 code cells, opened 1 lab and made 1 AWS call."


def test_partial_credit_for_a_partly_right_notebook(tmp_path: Path) -> None:
    """Each check is worth its own points."""
    report = run(tmp_path, OPEN, "ecs.create_cluster(clusterName='shop')")
    assert 0 < report.points < report.possible
    missed = [result for result in report.reports[ID].results if not result.passed]
    assert all(result.found and result.expected for result in missed)


def test_the_verdict_in_the_notebook_is_the_grader_s(tmp_path: Path) -> None:
    """`lab.check` in the notebook shows what the grader found."""
    report = run(tmp_path, OPEN, BUILD, f"print(lab.check('{ID}').points)")
    assert report.output.strip().endswith(str(report.points))


def test_load_and_interruptions_reach_the_graders_lab(tmp_path: Path) -> None:
    """What no AWS call makes can be caused from a graded notebook too, and refused there."""
    wrong = (
        "try:\n    lab.set_load('shop', 'web', vcpus=1)\n"
        "except Exception as error:\n    print(error)"
    )
    agent = wrong.replace("set_load('shop', 'web', vcpus=1)", "stop_agent('i-0')")
    report = run(tmp_path, OPEN, BUILD, "print(lab.interrupt_spot(2))", wrong, agent)
    assert "[]" in report.output
    assert "There is no service 'web' in cluster 'shop'." in report.output
    assert "There is no running EC2 instance 'i-0' with an ECS agent" in report.output


def test_functions_for_hooks_are_taken_and_never_asked(tmp_path: Path) -> None:
    """The learner's code does not run in the grader's process; the notebook goes on."""
    hook = "lab.hooks['test-green'] = print\nprint(lab.hooks['test-green'] is print)"
    report = run(tmp_path, OPEN, BUILD, hook)
    assert "functions in lab.hooks are not asked there" in report.output
    assert report.output.strip().endswith("True")
    assert report.reports[ID].passed


def test_what_was_right_when_it_was_checked_counts(tmp_path: Path) -> None:
    """Later steps of a notebook may take away what an exercise asked for."""
    undo = "ecs.delete_cluster(cluster='shop')"
    assert run(tmp_path, OPEN, BUILD, f"lab.check('{ID}')", undo).reports[ID].passed
    assert not run(tmp_path, OPEN, BUILD, undo).reports[ID].passed


@pytest.mark.parametrize("end", ["lab.reset()", "lab.close()", "lab = Lab()"])
def test_what_a_lab_held_when_it_was_left_counts(tmp_path: Path, end: str) -> None:
    """A lab that is reset, closed or replaced was graded as it stood."""
    assert run(tmp_path, OPEN, BUILD, end).reports[ID].passed


def test_each_exercise_may_have_a_lab_of_its_own(tmp_path: Path) -> None:
    """Of all labs the best one counts, exercise by exercise."""
    ids = tuple(catalog.ids())[:2]
    cells = [catalog.load(name).code("solution") for name in ids]
    report = run(tmp_path, *cells, ids=ids)
    assert [report.reports[name].passed for name in ids] == [True, True]


def test_an_error_in_a_cell_costs_only_that_cell(tmp_path: Path) -> None:
    """The cells after it still run."""
    report = run(tmp_path, OPEN, "x = 1\nprint(missing)", BUILD)
    assert report.reports[ID].passed
    assert "Code cell 2 raised NameError in line 2: name 'missing' is not defined" in told(report)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("while True: pass", "Code cell 2 ran longer than 3 s and was stopped."),
        ("import sys; sys.exit(1)", "Code cell 2 raised SystemExit"),
        ("def broken(:", "Code cell 2 raised SyntaxError in line 1"),
        ("raise BaseException", "Code cell 2 raised BaseException"),
        ("class E(Exception):\n    __str__ = None\nraise E", "Code cell 2 raised"),
        ("import io, sys; sys.stdout = sys.stderr = io.StringIO()", "3 code cells"),
        ("print('x' * 10_000_000)", "3 code cells"),
        pytest.param("x = bytearray(6 * 2**30)", "Code cell 2 raised MemoryError", marks=LINUX),
        ("import threading\nthreading.Thread(target=lab._world.now).start()", "3 code cells"),
        ("input()", "Code cell 2 raised EOFError"),
    ],
)
def test_cells_after_a_bad_one_still_run(tmp_path: Path, cell: str, said: str) -> None:
    """The report says what happened in the bad cell, and the next one earns its points."""
    report = run(tmp_path, OPEN, cell, BUILD)
    assert report.reports[ID].passed
    assert said in told(report)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("import os; os._exit(0)", "ended with exit code 0. Not run after that: 1 code cell."),
        pytest.param(
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "ended by signal SIGKILL",
            marks=POSIX,
        ),
        ("import os; os.closerange(0, 256); lab.now", "In code cell 3 the notebook's process"),
        (
            "import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass",
            "ran longer than 3 s and could not be stopped. Not run after that: 1 code cell.",
        ),
        (
            (
                "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'garbage!')\n"
                "    except OSError: pass"
            ),
            "broke the connection to the lab: it sent a message of 1,734,439,522 bytes",
        ),
        (
            "lab._world.handle('POST', 'https://ecs.us-east-1.amazonaws.com', {}, bytes(2**23))",
            "broke the connection to the lab: it sent a message of",
        ),
    ],
)
def test_what_was_built_before_the_process_ended_counts(
    tmp_path: Path, cell: str, said: str
) -> None:
    """A notebook whose process is gone is graded on what stands in its labs."""
    report = run(tmp_path, OPEN, BUILD, cell, "print('not reached')")
    assert report.reports[ID].passed
    assert said in told(report)
    assert "not reached" not in report.output


def test_a_notebook_without_its_output_still_has_a_result(tmp_path: Path) -> None:
    """IPython itself fails without `sys.stdout`; the report says in which cell."""
    report = run(tmp_path, OPEN, BUILD, "import sys; sys.stdout = sys.stderr = None", "1 + 1")
    assert report.reports[ID].passed
    assert "Code cell 4 raised AttributeError" in told(report)


def test_a_notebook_has_so_much_time_in_all(tmp_path: Path) -> None:
    """When it is used up, the cell is stopped and none runs after it."""
    path = write_notebook(tmp_path / "learner.ipynb", "while True: pass", "1", "2")
    report = grade(path, [catalog.load(ID)], Limits(cell_s=60, notebook_s=1))
    assert report.notes == (
        "Code cell 1 was running when the notebook's 1 s were used up and was stopped.",
        "The notebook used up its 1 s. Not run after that: 2 code cells.",
    )


def test_magics_await_and_files_work_as_in_jupyter(tmp_path: Path) -> None:
    """Cells run in IPython, in a folder that is writable and on the import path."""
    report = run(
        tmp_path,
        "%%writefile helper.py\nname = 'shop'",
        "%time import helper\nimport asyncio\nawait asyncio.sleep(0)\n!echo from the shell",
        OPEN,
        BUILD.replace('"shop"', "helper.name"),
    )
    assert report.reports[ID].passed
    assert "from the shell" in report.output


def test_nothing_of_the_grader_s_environment_reaches_the_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No AWS setting, token or home folder; the notebook's folder is its own."""
    monkeypatch.setenv("GITHUB_TOKEN", "not-for-learners")
    report = run(tmp_path, "import os, pathlib\nprint(dict(os.environ), pathlib.Path.home())")
    assert "not-for-learners" not in report.output
    assert "AWS_SECRET_ACCESS_KEY" not in report.output
    assert str(tmp_path) not in report.output


def test_the_notebook_s_process_never_loads_moto(tmp_path: Path) -> None:
    """Its labs are in the grader's process, so it starts quickly."""
    report = run(tmp_path, OPEN, BUILD, "import sys\nprint('moto' in sys.modules)")
    assert report.output.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "It is empty."), (b"\x89PNG\xff", "not UTF-8"), (b"{}", "no list of cells")],
)
def test_a_file_that_is_no_notebook_earns_nothing_and_says_why(
    tmp_path: Path, content: bytes, said: str
) -> None:
    """Every check says what is wrong with the file."""
    path = tmp_path / "learner.ipynb"
    path.write_bytes(content)
    report = grade(path, [catalog.load(ID)])
    assert report.points == 0
    assert all(said in result.found for result in report.reports[ID].results)


def test_a_notebook_without_code_earns_nothing_and_says_so(tmp_path: Path) -> None:
    """No process is started for it."""
    report = run(tmp_path)
    assert report.points == 0
    assert report.notes == ("The notebook has no code cells.",)


def test_the_report_is_plain_data(tmp_path: Path) -> None:
    """It can be written as JSON."""
    data = json.loads(json.dumps(run(tmp_path, OPEN, BUILD).to_json()))
    assert (data["notebook"], data["points"]) == ("learner.ipynb", catalog.load(ID).points)
    assert [exercise["exercise"] for exercise in data["exercises"]] == [ID]


def test_a_child_that_cannot_start_is_no_zero_for_the_learner(tmp_path: Path) -> None:
    """A fault of the grader's machine raises and says what to do."""
    path = write_notebook(tmp_path / "learner.ipynb", OPEN)
    with pytest.raises(StartError, match="no fault of the notebook"):
        grade(path, [catalog.load(ID)], Limits(start_s=0.001))


@POSIX
def test_no_process_and_no_folder_is_left_behind(tmp_path: Path) -> None:
    """Processes that the notebook started end with it, and its folder is removed."""
    psutil = pytest.importorskip("psutil")
    started = run(
        tmp_path,
        "import os, subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "for _ in range(20):\n    if os.fork() == 0:\n        time.sleep(600)\n",
        "print(os.getpgid(0), os.getcwd())",
    )
    group, folder = started.output.split()
    running = [p for p in psutil.process_iter(["status"]) if _group(p.pid) == int(group)]
    # A container may have no init that reaps what was killed.
    assert not [p for p in running if p.info["status"] != psutil.STATUS_ZOMBIE]
    assert not tmp_path.joinpath(folder).exists()


def _group(pid: int) -> int:
    import os

    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return -1


@pytest.mark.parametrize(("name", "points"), [("starter", 0), ("solution", 6)])
def test_the_grader_builds_it_in_its_own_process(tmp_path: Path, name: str, points: int) -> None:
    """A graded notebook asks for it as any learner does, and is judged on what it mended."""
    exercise = catalog.load("clinic-image-tag", learner="#1")
    path = write_notebook(tmp_path / "learner.ipynb", exercise.code(name))
    report = grade(path, [exercise])
    assert report.points == points
    assert "cluster library" in report.variants[0]
