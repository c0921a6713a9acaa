"""The layers: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest
from surroundings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = REPOSITORY / "ecs_lab"
MODULES = sorted(PACKAGE.rglob("*.py"))

# A part may import parts of a lower layer and, within its own, those that do not import it back.
LAYERS = [
    {"engine", "iam"},
    {"paths", "coursefile", "progress"},
    {"runtime"},
    {"aws"},
    {"worlds"},
    {"registry", "traffic"},
    {"lab", "acting", "causing", "containers"},
    {"diagram", "cost", "exercises", "quiz", "grading", "exam", "export", "steps"},
    {"overview"},
    {"widgets", "playground", "desk", "study", "serve", "cli"},
    {"__init__", "__main__"},
]
# Anybody may read the version.
FACE = "__init__"
MAY_IMPORT = {"moto": {"aws"}}
# The core runs in a browser tab, where none of these is.
CORE = {
    "engine", "iam", "runtime", "aws", "traffic", "lab", "exercises", "quiz", "coursefile", "exam",
    "progress", "cost", "steps",
}  # fmt: skip
NOT_IN_A_BROWSER = {"threading", "socket", "subprocess", "multiprocessing", "_thread", "pygraphviz"}
# Commands of the terminal live beside their feature; the browser tab does not load them.
TERMINAL_ONLY = {"command", "watch", "asking"}


def layer(part: str) -> int:
    """The number of the layer that a part of the package belongs to."""
    for number, parts in enumerate(LAYERS):
        if part in parts:
            return number
    pytest.fail(f"ecs_lab.{part} belongs to no layer; say in tests/test_imports.py to which")


def part_of(path: Path) -> str:
    """The part of the package that a module belongs to: `engine` for engine/clock.py."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Full names of all that a module imports, at its top or in a function, but not for types."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from_names(node, path)


def _from_names(node: ast.ImportFrom, path: Path) -> Iterator[str]:
    package = ["ecs_lab", *path.relative_to(PACKAGE).parent.parts]
    base = package[: len(package) - node.level + 1] if node.level else []
    module = ".".join([*base, *([node.module] if node.module else [])])
    if module == "ecs_lab":
        yield from (f"ecs_lab.{alias.name}" for alias in node.names)
    else:
        yield module


def own_parts(path: Path) -> set[str]:
    """The other parts of ecs_lab that a module imports."""
    found = set()
    for name in imports(path):
        if name == "ecs_lab" or name.startswith("ecs_lab."):
            part = name.split(".")[1] if "." in name else FACE
            exists = (PACKAGE / part).is_dir() or (PACKAGE / f"{part}.py").is_file()
            found.add(part if exists else FACE)
    return found - {part_of(path)}


def name_of(path: Path) -> str:
    """A module's path, for the test's name."""
    return path.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down_the_layers(path: Path) -> None:
    """A module imports nothing of a layer above its own."""
    mine = layer(part_of(path))
    above = {part for part in own_parts(path) - {FACE} if layer(part) > mine}
    assert not above, f"{name_of(path)} imports {above}, which lie above it"


def test_parts_of_one_layer_do_not_import_each_other_in_a_circle() -> None:
    """Within a layer, too, imports have a direction."""
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        graph.setdefault(part_of(path), set()).update(own_parts(path) - {FACE})
    done: set[str] = set()
    while ready := {part for part in graph if part not in done and graph[part] <= done}:
        done |= ready
    assert done == set(graph), f"these import each other: {sorted(set(graph) - done)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_aws_imports_moto(path: Path) -> None:
    """moto's inside is touched in one place."""
    roots = {name.split(".")[0] for name in imports(path)}
    for package, allowed in MAY_IMPORT.items():
        assert package not in roots or part_of(path) in allowed


@pytest.mark.parametrize("path", sorted((PACKAGE / "engine").rglob("*.py")), ids=name_of)
def test_engine_needs_only_the_standard_library(path: Path) -> None:
    """ECS itself is pure Python: no AWS library, no I/O of others."""
    roots = {name.split(".")[0] for name in imports(path)} - {"ecs_lab"}
    assert roots <= sys.stdlib_module_names


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if part_of(p) in CORE and p.stem not in TERMINAL_ONLY],
    ids=name_of,
)
def test_core_needs_nothing_that_a_browser_tab_lacks(path: Path) -> None:
    """No threads, sockets, subprocesses or native wheels where Pyodide has to run the code."""
    roots = {name.split(".")[0] for name in imports(path)}
    assert not roots & NOT_IN_A_BROWSER


def test_import_ecs_lab_loads_neither_moto_nor_boto3() -> None:
    """`import ecs_lab` is quick because the lab's libraries load when a lab is made."""
    code = (
        "import sys, ecs_lab; "
        "print(*sorted({'moto', 'boto3', 'botocore', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_public_names_are_listed_and_found() -> None:
    """`dir(ecs_lab)` lists every public name, and each can be had."""
    import ecs_lab

    assert set(ecs_lab.__all__) <= set(dir(ecs_lab))
    for name in ecs_lab.__all__:
        assert getattr(ecs_lab, name) is not None


def test_unknown_public_name_is_an_attribute_error() -> None:
    """A name that the package does not have fails as in any module."""
    import ecs_lab

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ecs_lab.nothing
