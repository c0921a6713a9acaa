"""How the lab grows: services of 100 to 5,000 tasks, a rolling deployment, and what peers do.

    python tests/benchmarks/bench_scale.py             tables in Markdown
    python tests/benchmarks/bench_scale.py --plot X    and the plot as SVG

Nothing here asserts a time, because machines are noisy; the README carries one machine's figures.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from ecs_lab.engine.clock import Clock
from ecs_lab.engine.ecs import Ecs

SIZES = (100, 500, 1000, 5000)
TASKS_AN_INSTANCE = 10
REPEATS = 3
CONTAINER = {
    "name": "web",
    "image": "nginx",
    "cpu": 128,
    "memory": 256,
    "portMappings": [{"containerPort": 80}],
}


def region(instances: int, room: int) -> Ecs:
    """The engine with two revisions to run and a cluster of instances, each with room for so many
    tasks.
    """
    ecs = Ecs(Clock(0.0))
    ecs.call("CreateCluster", clusterName="shop")
    for _ in range(2):
        ecs.call("RegisterTaskDefinition", family="web", containerDefinitions=[CONTAINER])
    definition = ecs.call("DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]
    needed = definition.get("requiresAttributes", [])
    for number in range(instances):
        ecs.call(
            "RegisterContainerInstance",
            cluster="shop",
            instanceIdentityDocument=f'{{"instanceId": "i-{number:04d}"}}',
            totalResources=[
                {"name": "CPU", "integerValue": 128 * room},
                {"name": "MEMORY", "integerValue": 256 * room},
            ],
            attributes=[
                {"name": "ecs.availability-zone", "value": f"us-east-1{'abc'[number % 3]}"},
                *({"name": each["name"]} for each in needed),
            ],
        )
    return ecs


def steady(tasks: int, instances: int) -> tuple[float, Ecs]:
    """Seconds from CreateService until the service is in a steady state; and the engine."""
    ecs = region(instances, 2 * tasks // instances + 1)
    start = time.perf_counter()
    ecs.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=tasks,
        launchType="EC2",
    )
    ecs.clock.settle(36_000)
    took = time.perf_counter() - start
    expect(ecs, tasks)
    return took, ecs


def rolled(tasks: int, instances: int) -> float:
    """Seconds of a rolling deployment of a steady service to its other revision."""
    _, ecs = steady(tasks, instances)
    start = time.perf_counter()
    ecs.call("UpdateService", cluster="shop", service="web", taskDefinition="web:2")
    ecs.clock.settle(36_000)
    took = time.perf_counter() - start
    expect(ecs, tasks)
    return took


def expect(ecs: Ecs, tasks: int) -> None:
    """A benchmark of something that did not happen would be worth nothing."""
    service = ecs.call("DescribeServices", cluster="shop", services=["web"])["services"][0]
    assert service["runningCount"] == tasks, service["events"][:3]
    assert [each["rolloutState"] for each in service["deployments"]] == ["COMPLETED"]


def median(measure: Callable[[int, int], float], *args: int) -> float:
    """The median of some runs, in seconds."""
    return statistics.median(measure(*args) for _ in range(REPEATS))


def growth() -> list[tuple[int, float, float]]:
    """(tasks, seconds with ten tasks an instance, seconds on 100 instances)."""
    rows = []
    for tasks in SIZES:
        grown = median(lambda n, i: steady(n, i)[0], tasks, tasks // TASKS_AN_INSTANCE)
        same = median(lambda n, i: steady(n, i)[0], tasks, 100)
        rows.append((tasks, grown, same))
    return rows


def plot(rows: list[tuple[int, float, float]]) -> str:
    """Both columns over the number of tasks, as SVG."""
    wide, high, left, low = 520, 260, 60, 220
    top = max(each for row in rows for each in row[1:]) * 1.15

    def at(tasks: int, seconds: float) -> str:
        return f"{left + tasks / SIZES[-1] * 420:.0f},{low - seconds / top * 190:.0f}"

    size = f'viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        "<title>Seconds until a service is steady, by its number of tasks</title>",
        f'<rect width="{wide}" height="{high}" fill="white"/>',
        f'<path d="M{left},{low} H490 M{left},{low} V25" stroke="#555" fill="none"/>',
    ]
    for part in range(1, 4):
        seconds = top * part / 3.5
        x, y = at(0, seconds).split(",")
        lines.append(f'<text x="{int(x) - 6}" y="{y}" text-anchor="end">{seconds:.2f} s</text>')
    for tasks in SIZES:
        x, _ = at(tasks, 0).split(",")
        lines.append(f'<text x="{x}" y="{low + 18}" text-anchor="middle">{tasks:,}</text>')
    lines.append(f'<text x="270" y="{low + 35}" text-anchor="middle">tasks</text>')
    kinds = ((1, "#0b62a8", "ten tasks an instance"), (2, "#b5530b", "100 instances"))
    for column, colour, name in kinds:
        points = [at(row[0], row[column]) for row in rows]
        path = " ".join(points)
        lines.append(f'<polyline points="{path}" stroke="{colour}" fill="none"/>')
        marks = [point.split(",") for point in points]
        lines += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in marks]
        lines.append(f'<text x="80" y="{20 + 16 * column}" fill="{colour}">{name}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def main(words: list[str]) -> None:
    """Measure, and print the tables."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("moto", "boto3"))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()};")
    print(f"{versions}\n\n| tasks | ten an instance | on 100 instances |\n|---|---|---|")
    rows = growth()
    for tasks, grown, same in rows:
        print(f"| {tasks:,} | {grown:.3f} s | {same:.3f} s |")
    print("\n| rolling deployment | seconds |\n|---|---|")
    for tasks in (100, 1000):
        print(f"| {tasks:,} tasks | {median(rolled, tasks, tasks // TASKS_AN_INSTANCE):.3f} |")
    if "--plot" in words:
        Path(words[words.index("--plot") + 1]).write_text(plot(rows), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
