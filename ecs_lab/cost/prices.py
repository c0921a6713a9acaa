"""What AWS asks for, as dated data: `prices.csv` and `machines.csv`, every figure with its page.

Only what could be read stands there. A Fargate Spot price moves with supply and demand, and what a
Savings Plan or an EC2 Spot Instance costs depends on when and for how long: such discounts are the
learner's to enter. https://aws.amazon.com/fargate/pricing/
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

REGION = "us-east-1"


class CostError(ValueError):
    """A question about costs that has no answer; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Price:
    """One price in USD for one `unit`, on the day on which its page said so."""

    key: str
    usd: Decimal
    unit: str
    as_of: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """An EC2 instance type with its On-Demand price for Linux.

    `registered_mib` is the memory that the ECS agent registers: less than `memory_mib`, because the
    kernel keeps some (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html).
    """

    instance_type: str
    vcpus: int
    memory_mib: int
    registered_mib: int
    architecture: str
    usd_per_hour: Decimal
    as_of: str
    source: str


def _rows(table: str) -> list[dict[str, str]]:
    text = files("ecs_lab.cost").joinpath(table).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def prices() -> dict[str, Price]:
    """Every price by its key, such as `fargate.X86_64.vcpu`.

    >>> prices()["fargate.X86_64.vcpu"].usd
    Decimal('0.04048')
    """
    return {
        row["key"]: Price(
            row["key"], Decimal(row["usd"]), row["unit"], row["as_of"], row["source"], row["note"]
        )
        for row in _rows("prices.csv")
    }


@cache
def machines() -> dict[str, Machine]:
    """Every EC2 instance type of the table by name.

    >>> machines()["m5.large"].vcpus
    2
    """
    return {
        row["instance_type"]: Machine(
            row["instance_type"],
            int(row["vcpus"]),
            int(row["memory_mib"]),
            int(row["registered_mib"]),
            row["architecture"],
            Decimal(row["usd_per_hour"]),
            row["as_of"],
            row["source"],
        )
        for row in _rows("machines.csv")
    }


def machine(instance_type: str) -> Machine:
    """One instance type; CostError names those that there are."""
    if instance_type not in machines():
        known = ", ".join(machines())
        raise CostError(f"There is no price for {instance_type!r} here; take one of {known}.")
    return machines()[instance_type]
