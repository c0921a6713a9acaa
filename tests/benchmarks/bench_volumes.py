"""How long it takes until tasks that share one EFS file system run.

    python tests/benchmarks/bench_volumes.py

Prints a table in Markdown: how many tasks, seconds of real time from RunTask to RUNNING, and with
one file written by each. Nothing here asserts a time, because machines are noisy.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "aws"))

from volume_site import CLUSTER, Site

from ecs_lab import Lab

TASKS_A_CALL = 10


def start(site: Site, count: int, *volumes: dict[str, Any]) -> tuple[float, list[str]]:
    """Start so many tasks in two zones; the seconds it took, and their ARNs."""
    definition = site.register(*volumes)
    vpc = {
        "subnets": [site.subnet("a"), site.subnet("b")],
        "securityGroups": [site.lab.network.security_groups["tasks"]],
    }
    began, arns = time.perf_counter(), []
    for _ in range(count // TASKS_A_CALL):
        made = site.ecs.run_task(
            cluster=CLUSTER,
            taskDefinition=definition,
            launchType="FARGATE",
            count=TASKS_A_CALL,
            networkConfiguration={"awsvpcConfiguration": vpc},
        )
        arns += [each["taskArn"] for each in made["tasks"]]
    site.lab.wait(120)
    return time.perf_counter() - began, arns


def row(count: int) -> str:
    """One line of the table."""
    with Lab() as lab:
        site = Site(lab)
        site.register()  # what is loaded once, is loaded
        plain_s, _ = start(site, count)
        shared_s, arns = start(site, count, site.volume())
        began = time.perf_counter()
        for number, arn in enumerate(arns):
            site.files(arn).write_text(f"/mnt/data/{number}", "hello")
        wrote_s = time.perf_counter() - began
        copied = time.perf_counter()
        lab.copy().close()
        copy_s = time.perf_counter() - copied
        running = lab.world.snapshot()["fileSystems"][0]["mountedBy"]
        assert len(running) == count, f"{len(running)} of {count} tasks mount the file system"
    figures = (plain_s, shared_s, wrote_s, copy_s)
    return f"| {count} | " + " | ".join(f"{each:.2f} s" for each in figures) + " |"


def main() -> None:
    """Print the table."""
    print("| tasks | started without a volume | sharing one EFS | a file each | lab copied |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for count in (10, 100):
        print(row(count))


if __name__ == "__main__":
    main()
