"""Exercises made for a test: a valid folder that each test changes as it needs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from ecs_lab.exercises import catalog
from ecs_lab.exercises.catalog import CATALOG, Exercise

YAML: dict[str, Any] = {
    "id": "made-up",
    "title": "A made-up exercise",
    "topic": "made",
    "section": "notebooks/00-start-here.ipynb#Made",
    "concepts": ["OV-02"],
    "grade": "open",
    "minutes": 3,
    "task": "Create the cluster shop, with the tag team=web and nothing else.",
    "given": "An empty lab.",
    "hints": [
        "A first nudge, not much.",
        "A second, clearer hint.",
        "The third: nearly all of it.",
    ],
    "solution_reason": "Because a cluster is what the checks of this exercise look for.",
    "nearly_right": {"misses": ["second"], "because": "It forgets the second half of it all."},
    "sources": ["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/Welcome.html"],
    "as_of": "2026-11-24",
}

CHECKS = """
from ecs_lab.exercises.checks import check, missed, passed

def clusters(lab):
    return [arn.split("/")[-1] for arn in lab.client("ecs").list_clusters()["clusterArns"]]

@check("The cluster shop is there")
def first(lab):
    if "shop" in clusters(lab):
        return passed
    return missed(expected="shop", found=clusters(lab), why="It has to be created.")

@check("The cluster till is there", points=2)
def second(lab):
    if "till" in clusters(lab):
        return passed
    return missed(expected="till", found=clusters(lab), see="https://example.com/page")
"""

SCRIPT = """
from ecs_lab import Lab
lab = Lab()
for name in {names}:
    lab.client("ecs").create_cluster(clusterName=name)
"""

SAMPLES = {
    "starter": [],
    "solution": ["shop", "till"],
    "nearly_right": ["shop"],
    "other_way": ["till", "shop"],
}


def make(folder: Path, checks: str = CHECKS, **changes: Any) -> Exercise:
    """A valid exercise in a catalog of its own below `folder`, with some fields changed."""
    home = folder / "catalog" / "made-up"
    home.mkdir(parents=True, exist_ok=True)
    write_yaml(home, **changes)
    (home / "checks.py").write_text(checks, "utf-8")
    for name, clusters in SAMPLES.items():
        (home / f"{name}.py").write_text(SCRIPT.format(names=clusters), "utf-8")
    return catalog.load("made-up", home.parent)


def write_yaml(home: Path, **changes: Any) -> Path:
    """Write exercise.yaml with some fields changed; a field set to None is left out."""
    fields = {name: value for name, value in {**YAML, **changes}.items() if value is not None}
    path = home / "exercise.yaml"
    path.write_text(yaml.safe_dump(fields, sort_keys=False), "utf-8")
    return path


def copy_of_the_course(folder: Path, exercise_id: str) -> Path:
    """A catalog with a copy of one real exercise, to break things in."""
    home = folder / "catalog"
    shutil.copytree(CATALOG / exercise_id, home / exercise_id)
    return home
