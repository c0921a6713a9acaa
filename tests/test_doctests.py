"""The examples in docstrings."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest
from surroundings import REPOSITORY

MODULES = [
    ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((REPOSITORY / "ecs_lab").rglob("*.py"))
    if ">>> " in path.read_text("utf-8") and "catalog/" not in path.as_posix()
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_do_what_they_show(name: str) -> None:
    """Each example in a module's docstrings gives what stands below it."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    outcome = doctest.testmod(import_module(name), optionflags=flags)
    assert outcome.attempted > 0
    assert outcome.failed == 0
