"""Running a learner's file: what is noted, what counts, and what is left untouched."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from exercise_making import SCRIPT, make

from ecs_lab.exercises import learner, progress
from ecs_lab.exercises.learner import NotReadableError, Ran, grade, play, read
from ecs_lab.lab import open_labs


def script(folder: Path, code: str) -> Ran:
    """What came of running a script."""
    path = folder / "mine.py"
    path.write_text(code, "utf-8")
    return play(read(path))


def notebook(folder: Path, *cells: str, tags: tuple[str, ...] = ()) -> Path:
    """A notebook of these code cells, with some prose; `tags` go on the first cell."""
    code = [
        {"cell_type": "code", "source": text.splitlines(keepends=True), "outputs": [],
         "execution_count": None, "metadata": {"tags": list(tags)} if not place else {}}
        for place, text in enumerate(cells)
    ]  # fmt: skip
    prose = {"cell_type": "markdown", "source": "# A heading", "metadata": {}}
    path = folder / "mine.ipynb"
    body = {"cells": [prose, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(body), "utf-8")
    return path


def test_script_is_graded_on_what_it_left(tmp_path: Path) -> None:
    """The state of the lab that the script made is checked."""
    ran = script(tmp_path, SCRIPT.format(names=["shop"]))
    report = grade(make(tmp_path), ran)
    assert report.points == 1
    assert ran.troubles == []


def test_script_sees_itself_as_the_main_program(tmp_path: Path) -> None:
    """`if __name__ == "__main__"`, sys.argv and imports from beside it work as usual."""
    (tmp_path / "beside.py").write_text("names = ['shop', 'till']", "utf-8")
    code = "import sys, beside\nif __name__ == '__main__' and sys.argv[0].endswith('mine.py'):\n"
    body = SCRIPT.format(names="beside.names").replace("\n", "\n    ")
    before = sys.modules["__main__"], list(sys.argv), list(sys.path)
    assert grade(make(tmp_path), script(tmp_path, code + body)).passed
    assert (sys.modules["__main__"], sys.argv, sys.path) == before
    sys.modules.pop("beside")


def test_error_is_told_with_its_line_and_what_was_built_counts(tmp_path: Path) -> None:
    """A script stops at its error; one sentence says where, and the state is checked."""
    ran = script(tmp_path, SCRIPT.format(names=["shop"]) + "\nnothing.here\n")
    (trouble,) = ran.troubles
    assert trouble == "mine.py, line 7 (nothing.here): NameError: name 'nothing' is not defined"
    assert grade(make(tmp_path), ran).points == 1


def test_error_of_aws_is_told_in_its_words(tmp_path: Path) -> None:
    """AWS's sentence is not wrapped in another."""
    code = "from ecs_lab import Lab\nLab().client('ecs').describe_services(services=['x'])\n"
    (trouble,) = script(tmp_path, code).troubles
    assert ": An error occurred (ClusterNotFoundException)" in trouble


def test_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    """A file that is no Python is told like any other error."""
    (trouble,) = script(tmp_path, "x = 1\nif x\n    pass\n").troubles
    assert trouble.startswith("mine.py, line 2 (if x): SyntaxError")


@pytest.mark.parametrize("ending", ["import sys; sys.exit()", "raise SystemExit(0)"])
def test_script_may_end_by_sys_exit(tmp_path: Path, ending: str) -> None:
    """Ending without complaint is no trouble."""
    ran = script(tmp_path, SCRIPT.format(names=["shop"]) + f"\n{ending}\n")
    assert ran.troubles == []
    assert grade(make(tmp_path), ran).points == 1


def test_sys_exit_with_a_complaint_is_told(tmp_path: Path) -> None:
    """Ending with a code is."""
    (trouble,) = script(tmp_path, "import sys\nsys.exit(3)\n").troubles
    assert "sys.exit ends the run here" in trouble


def test_input_has_nobody_to_answer(tmp_path: Path) -> None:
    """A question to the learner does not hang."""
    (trouble,) = script(tmp_path, "name = input('Name? ')\n").troubles
    assert "input() has nobody to answer" in trouble


def test_what_is_printed_is_kept_up_to_a_limit(tmp_path: Path) -> None:
    """Output is there to be shown, but cannot fill the memory."""
    assert script(tmp_path, "print('hello')").output == "hello\n"
    flood = script(tmp_path, "for _ in range(10_000): print('x' * 100)").output
    assert len(flood) < learner.OUTPUT_CHARACTERS + 100


def test_closed_and_reset_labs_count(tmp_path: Path) -> None:
    """What stood in a lab before it was closed, or reset, is checked as well."""
    closed = SCRIPT.format(names=["shop", "till"]) + "\nlab.close()\n"
    assert grade(make(tmp_path), script(tmp_path, closed)).passed
    reset = SCRIPT.format(names=["shop", "till"]) + "\nlab.reset()\n"
    assert grade(make(tmp_path), script(tmp_path, reset)).passed


def test_best_of_several_labs_counts(tmp_path: Path) -> None:
    """A second lab that is worse takes nothing away."""
    code = SCRIPT.format(names=["shop", "till"]) + SCRIPT.format(names=["other"])
    assert grade(make(tmp_path), script(tmp_path, code)).passed


def test_no_lab_at_all_is_graded_as_an_empty_one(tmp_path: Path) -> None:
    """A file that builds nothing gets the feedback for nothing built."""
    report = grade(make(tmp_path), script(tmp_path, "x = 1"))
    assert [result.status for result in report.results] == ["missed", "missed"]


CHECKED_THEN_SPOILT = """
import boto3
from ecs_lab import Lab
lab = Lab()
ecs = boto3.client("ecs")
ecs.create_cluster(clusterName="shop",
                   settings=[{"name": "containerInsights", "value": "enabled"}],
                   tags=[{"key": "team", "value": "web"}])
lab.check("start-first-cluster")
lab.hint("start-first-cluster")
ecs.delete_cluster(cluster="shop")
"""


def test_check_in_the_code_counts_and_nothing_is_recorded(tmp_path: Path) -> None:
    """The better of lab.check and the last state counts; the learner's progress stays."""
    from ecs_lab.exercises import catalog

    ran = script(tmp_path, CHECKED_THEN_SPOILT)
    assert grade(catalog.load("start-first-cluster"), ran).passed
    standing = progress.of("start-first-cluster")
    assert (standing.attempts, standing.hints) == (0, 0)


def test_check_of_a_better_state_counts_though_nothing_passes(tmp_path: Path) -> None:
    """Points that a lab.check earned are not lost by what was taken away later."""
    from ecs_lab.exercises import catalog

    nearly = CHECKED_THEN_SPOILT.replace('"enabled"', '"disabled"')
    assert grade(catalog.load("start-first-cluster"), script(tmp_path, nearly)).points == 3


def test_labs_are_closed_and_others_left_open(tmp_path: Path) -> None:
    """Only the labs that the file opened are closed after it."""
    from ecs_lab.lab import Lab

    with Lab() as mine:
        script(tmp_path, SCRIPT.format(names=["shop"]))
        assert open_labs() == [mine]


def test_exercises_are_those_the_code_names(tmp_path: Path) -> None:
    """In the order of first mention; words that are no ids do not count."""
    code = 'lab.check("fargate-right-size")\nlab.hint(\'start-first-cluster\')\nx = "web"\n'
    path = tmp_path / "mine.py"
    path.write_text(code + code, "utf-8")
    assert read(path).exercises == ["fargate-right-size", "start-first-cluster"]


def test_notebook_goes_on_after_an_error(tmp_path: Path) -> None:
    """Its cells run in order, each error is told with cell and line, and the last state counts."""
    path = notebook(
        tmp_path,
        SCRIPT.format(names=["shop"]),
        "x = 1\nnothing.here",
        "lab.client('ecs').create_cluster(clusterName='till')",
    )
    ran = play(read(path))
    assert ran.troubles == [
        "cell 3, line 2 (nothing.here): NameError: name 'nothing' is not defined"
    ]
    assert grade(make(tmp_path), ran).passed


def test_notebook_runs_in_ipython(tmp_path: Path) -> None:
    """Magics and display work as in JupyterLab; a tagged cell may fail."""
    path = notebook(
        tmp_path,
        "1 / 0",
        "%time x = 2\nfrom IPython.display import display\ndisplay(x)",
        "%%bash\nexit 0",
        tags=("raises-exception",),
    )
    assert play(read(path)).troubles == []


def test_notebook_runs_without_ipython(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no IPython, its own lines are passed over and the Python runs."""
    monkeypatch.setitem(sys.modules, "IPython.core.interactiveshell", None)
    names = "from ecs_lab import Lab\n%matplotlib inline\nlab = Lab()\n!ls\n"
    path = notebook(tmp_path, names, "lab.client('ecs').create_cluster(clusterName='shop')\nnope")
    ran = play(read(path))
    assert [trouble.split(":")[0] for trouble in ran.troubles] == ["cell 3, line 2 (nope)"]
    assert grade(make(tmp_path), ran).points == 1


@pytest.mark.parametrize("body", ["", "not JSON", "[]", '{"cells": 3}', '{"cells": [{}]}', "null"])
def test_what_is_no_notebook_is_told_in_a_sentence(tmp_path: Path, body: str) -> None:
    """Whatever is in the file, there is no traceback."""
    path = tmp_path / "mine.ipynb"
    path.write_text(body, "utf-8")
    with pytest.raises(NotReadableError, match="is no notebook that can be read"):
        read(path)


def test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file, a folder and bytes that are no text each get a sentence."""
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.py", "", "bytes.py"):
        with pytest.raises(NotReadableError):
            read(tmp_path / name)


def test_learners_own_ipython_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written to the learner's IPython folder, and no shell stays behind."""
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    play(read(notebook(tmp_path, "x = 1")))
    assert not (tmp_path / "ipython").exists()
    assert not InteractiveShell.initialized()
