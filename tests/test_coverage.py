"""tools/coverage.py: what the course has for each concept, and what it lacks."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
from surroundings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tool() -> dict[str, Any]:
    """The tool's names."""
    return runpy.run_path(str(REPOSITORY / "tools" / "coverage.py"))


def test_a_concept_is_found_where_it_is_taught_practised_and_asked(tool: dict[str, Any]) -> None:
    """The clinic's own concept has its section, its exercises, its questions and proofs."""
    found = {each.id: each for each in tool["collect"]()}["TR-02"]
    place = "[16 The image](../notebooks/16-troubleshooting-clinic.ipynb#The-image)"
    assert place in found.sections
    assert "clinic-image-tag" in found.exercises
    assert found.questions >= found.proven >= 1
    assert found.gaps == []


def test_only_core_concepts_have_gaps_and_each_is_named(tool: dict[str, Any]) -> None:
    """An extra concept may go without; a core one says what it lacks."""
    rows = [tool["Covered"](name, "T", name, core) for name, core in (("A", True), ("B", False))]
    assert rows[0].gaps == ["section", "exercise", "2 questions"]
    assert rows[1].gaps == []
    assert "**0 of 1 core concepts**" in tool["as_page"](rows)


def test_a_gap_is_an_error_and_so_is_an_old_page(
    tool: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is said, and the page that is written has the gap as well."""
    main, names = tool["main"], tool["main"].__globals__
    names["PAGE"] = tmp_path / "coverage.md"
    names["collect"] = lambda: [tool["Covered"]("A", "T", "name", True)]
    assert main(["--check"]) == 1
    assert "coverage.md is out of date" in capsys.readouterr().out
    assert main([]) == 1
    assert "A (name) has no section" in capsys.readouterr().out
    names["collect"] = lambda: [tool["Covered"]("B", "T", "name", False)]
    assert main(["--check"]) == 1
    assert (main([]), main(["--check"])) == (0, 0)
