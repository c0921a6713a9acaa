"""How long pictures take: run this file. It prints figures and asserts nothing.

Each picture is drawn from its snapshot to finished SVG: graph, changes, DOT, Graphviz, style sheet.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "diagram"))

import snapshots as lab

ROUNDS = 20


def milliseconds(work: Callable[[], Any]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print the first picture of the process, then the median of each kind."""
    importing = milliseconds(lambda: __import__("ecs_lab.diagram"))
    from ecs_lab.diagram import draw

    first = milliseconds(lambda: draw(lab.two_instances()).svg)
    print(f"import ecs_lab.diagram            {importing:8.1f} ms")
    print(f"first picture of the process      {first:8.1f} ms")
    samples = {
        "empty lab": lab.empty_lab(),
        "2 instances, 4 tasks": lab.two_instances(),
        "Fargate, 15 tasks": lab.fargate(15),
        "100 instances, 1,000 tasks": lab.crowd(1000, 100),
        "1,000 instances, 10,000 tasks": lab.crowd(10_000, 1000),
    }
    for name, snapshot in samples.items():
        before = draw(snapshot)
        taken = [milliseconds(lambda: draw(snapshot, previous=before).svg) for _ in range(ROUNDS)]  # noqa: B023 (called at once)
        print(f"{name:<32}  {statistics.median(taken):8.1f} ms")


if __name__ == "__main__":
    main()
