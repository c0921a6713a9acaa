"""Files of steps: what is read from them, and that they come out as they went in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecs_lab.steps import shelf
from ecs_lab.steps.script import ScriptError, parse, written
from ecs_lab.steps.shelf import UnknownStepsError

if TYPE_CHECKING:
    from pathlib import Path

OWN = '''"""Mine.

Two words about it.
"""

from ecs_lab import Lab

lab = Lab()

# %% First
# A line,
# and more of it.
#
# Another paragraph.
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html
lab.client("ecs").create_cluster(clusterName="mine")

# %%
print("done")
'''


def test_a_file_has_title_text_pages_and_code() -> None:
    """The docstring is the whole's, comments after a marker the step's; a title may be missing."""
    script = parse(OWN, "mine.py")
    first, second = script.steps
    assert (script.title, script.about) == ("Mine", "Two words about it.")
    assert script.setup == "from ecs_lab import Lab\n\nlab = Lab()"
    assert first.text == ("A line, and more of it.", "Another paragraph.")
    assert [page.rpartition("/")[2] for page in first.pages] == ["clusters.html"]
    assert first.code == 'lab.client("ecs").create_cluster(clusterName="mine")'
    assert (second.title, second.code) == ("Step 2", 'print("done")')


@pytest.mark.parametrize("name", shelf.names())
def test_steps_are_written_as_they_were_read(name: str) -> None:
    """Also a comment, an empty line and the markers; with other codes, only these are others."""
    text = (shelf.CATALOG / f"{name}.py").read_text("utf-8")
    script = shelf.load(name)
    assert written(script) == text
    codes = ["pass"] + [step.code for step in script.steps[1:]]
    again = parse(written(script, codes), "again.py")
    assert [step.code for step in again.steps] == codes
    assert [step.head for step in again.steps] == [step.head for step in script.steps]


@pytest.mark.parametrize("name", shelf.names())
def test_every_step_of_the_package_is_told_and_has_its_page(name: str) -> None:
    """A title, a text, AWS's page beside it, and no code that is too long or wide to read."""
    script = shelf.load(name)
    assert script.about
    assert len(script.steps) >= 5
    for step in script.steps:
        assert step.text, step.title
        assert all(page.startswith("https://docs.aws.amazon.com/") for page in step.pages)
        assert step.pages, step.title
        assert len(step.code.splitlines()) <= 25, step.title


def test_windows_line_ends_make_no_difference() -> None:
    """A file that was saved on Windows has the same steps."""
    windows = parse("\ufeff" + OWN.replace("\n", "\r\n"), "mine.py")
    assert windows == parse(OWN, "mine.py")


def test_unknown_names_get_the_nearest() -> None:
    """A slip of the finger is answered with what was meant, anything else with the list."""
    with pytest.raises(UnknownStepsError, match="Did you mean 'fargate-alb'"):
        shelf.load("fargate-abl")
    with pytest.raises(UnknownStepsError, match="Known are: blue-green, ec2-alb, fargate-alb"):
        shelf.load("kubernetes")


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    """No such file, no step in it, no Python before the first step, no text at all."""
    with pytest.raises(ScriptError, match=r"There is no file .*mine\.py"):
        shelf.load(tmp_path / "mine.py")
    file = tmp_path / "bad.py"
    file.write_text("print(1)\n", "utf-8")
    with pytest.raises(ScriptError, match=r"bad\.py: there is no step in it"):
        shelf.load(str(file))
    file.write_text("lab = Lab(\n# %% First\npass\n", "utf-8")
    with pytest.raises(ScriptError, match=r"bad\.py, line 1: Python cannot read"):
        shelf.load(file)
    file.write_bytes(b"# %% First\n\xff\xfe")
    with pytest.raises(ScriptError, match="not UTF-8"):
        shelf.load(file)
