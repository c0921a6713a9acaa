"""What tasks cost in a month on EC2, Fargate and Fargate Spot, from dated prices.

    >>> from ecs_lab import cost
    >>> cost.fargate(cost.Load(tasks=3, cpu_units=256, memory_mib=512)).usd
    Decimal('27.03')

Prices are those of us-east-1 on the days that `prices()` says; look at AWS's pages before you
decide anything by them.
"""

from __future__ import annotations

from ecs_lab.cost.bills import (
    HOURS_A_MONTH,
    SPOT_DISCOUNT_AT_MOST,
    Bill,
    Line,
    Load,
    billed_seconds,
    ec2,
    fargate,
    fargate_spot,
    load_balancers,
    tasks_on,
)
from ecs_lab.cost.compare import Comparison, compare
from ecs_lab.cost.prices import REGION, CostError, Machine, Price, machine, machines, prices

__all__ = [
    "HOURS_A_MONTH",
    "REGION",
    "SPOT_DISCOUNT_AT_MOST",
    "Bill",
    "Comparison",
    "CostError",
    "Line",
    "Load",
    "Machine",
    "Price",
    "billed_seconds",
    "compare",
    "ec2",
    "fargate",
    "fargate_spot",
    "load_balancers",
    "machine",
    "machines",
    "prices",
    "tasks_on",
]
