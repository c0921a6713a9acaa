"""Which CPU and memory a Fargate task may have: one table, and the questions asked of it.

The table is `data/fargate_sizes.csv`. Two pages of AWS carry it:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True)
class FargateSize:
    """A number of CPU units (1,024 are one vCPU) and the amounts of memory that go with it."""

    cpu_units: int
    memory_mib: tuple[int, ...]
    operating_systems: tuple[str, ...]
    note: str
    source: str


def _amounts(rule: str) -> tuple[int, ...]:
    """The amounts in one cell of the table.

    >>> _amounts("512 1024 2048")
    (512, 1024, 2048)
    >>> _amounts("1024..4096 step 1024")
    (1024, 2048, 3072, 4096)
    """
    if " step " not in rule:
        return tuple(int(amount) for amount in rule.split())
    span, step = rule.split(" step ")
    first, last = span.split("..")
    return tuple(range(int(first), int(last) + 1, int(step)))


def _read() -> tuple[FargateSize, ...]:
    table = files("ecs_lab.engine").joinpath("data/fargate_sizes.csv").read_text(encoding="utf-8")
    return tuple(
        FargateSize(
            cpu_units=int(row["cpu_units"]),
            memory_mib=_amounts(row["memory_mib"]),
            operating_systems=tuple(row["os"].split()),
            note=row["note"],
            source=row["source"],
        )
        for row in csv.DictReader(table.splitlines())
    )


SIZES: Final = _read()


def memory_values(cpu_units: int, os_family: str = "LINUX") -> tuple[int, ...]:
    """The amounts of memory, in MiB, that Fargate offers with so many CPU units.

    There are none for an unknown size. `os_family` is the `operatingSystemFamily` of a task
    definition, such as WINDOWS_SERVER_2022_CORE.

    >>> memory_values(256)
    (512, 1024, 2048)
    >>> memory_values(256, "WINDOWS_SERVER_2022_CORE")
    ()
    """
    system = "WINDOWS" if os_family.startswith("WINDOWS") else "LINUX"
    for size in SIZES:
        if size.cpu_units == cpu_units and system in size.operating_systems:
            return size.memory_mib
    return ()


def is_valid(cpu_units: int, memory_mib: int, os_family: str = "LINUX") -> bool:
    """Whether Fargate offers this combination.

    >>> is_valid(1024, 2048), is_valid(1024, 1024)
    (True, False)
    """
    return memory_mib in memory_values(cpu_units, os_family)


def smallest(
    cpu_units_needed: int, memory_mib_needed: int, os_family: str = "LINUX"
) -> tuple[int, int] | None:
    """The smallest (cpu_units, memory_mib) that covers the need, or None when none does.

    >>> smallest(300, 600)
    (512, 1024)
    >>> smallest(256, 9000)
    (2048, 9216)
    """
    for size in SIZES:
        if size.cpu_units >= cpu_units_needed:
            for memory_mib in memory_values(size.cpu_units, os_family):
                if memory_mib >= memory_mib_needed:
                    return size.cpu_units, memory_mib
    return None
