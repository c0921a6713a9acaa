"""What a load costs in a month on Fargate, on Fargate Spot and on EC2: pure arithmetic on prices.

Fargate bills what a task asks for, from the pull of the image to its end, by the second and for at
least a minute; EC2 bills instances, full or empty; ECS itself costs nothing.
https://aws.amazon.com/fargate/pricing/, https://aws.amazon.com/ecs/pricing/
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

from ecs_lab.cost.prices import CostError, Machine, machine, prices

HOURS_A_MONTH = 730
"""A twelfth of a year."""
FREE_STORAGE_GIB = 20
LEAST_SECONDS = 60
SPOT_DISCOUNT_AT_MOST = 70
"""Percent off Fargate's price: "up to 70%". https://aws.amazon.com/fargate/pricing/"""
_CENT = Decimal("0.01")

Number = int | float | str | Decimal


@dataclass(frozen=True, slots=True)
class Load:
    """So many equal tasks, each for so many hours of a month; sizes as a task definition has them.

    `storage_gib` is the ephemeral storage of a task on Fargate. CostError for what cannot be.
    """

    tasks: int
    cpu_units: int = 256
    memory_mib: int = 512
    hours: Number = HOURS_A_MONTH
    storage_gib: int = FREE_STORAGE_GIB

    def __post_init__(self) -> None:
        if self.tasks < 0 or self.cpu_units <= 0 or self.memory_mib <= 0:
            raise CostError("A load has 0 tasks or more, with CPU units and MiB above 0.")
        if not 0 <= Decimal(str(self.hours)) <= 744:
            raise CostError(f"A month has 0 to 744 hours, not {self.hours}.")

    @property
    def task_hours(self) -> Decimal:
        """The hours of all tasks together."""
        return self.tasks * Decimal(str(self.hours))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: a quantity of something at a price each."""

    what: str
    quantity: Decimal
    unit: str
    usd_each: Decimal

    @property
    def usd(self) -> Decimal:
        """What the line comes to, not rounded."""
        return self.quantity * self.usd_each

    def __str__(self) -> str:
        number, price = self.quantity.normalize(), self.usd_each.normalize()
        total = self.usd.quantize(_CENT, ROUND_HALF_UP)
        return f"{self.what}: {number:f} {self.unit} x ${price:f} = ${total}"


@dataclass(frozen=True, slots=True)
class Bill:
    """What something costs in a month; prints itself line by line."""

    name: str
    lines: tuple[Line, ...]

    @property
    def usd(self) -> Decimal:
        """The sum in USD, rounded to cents."""
        return sum((line.usd for line in self.lines), Decimal(0)).quantize(_CENT, ROUND_HALF_UP)

    def __str__(self) -> str:
        head = f"{self.name}: ${self.usd} a month"
        return "\n".join([head, *(f"  {line}" for line in self.lines)])

    def __repr__(self) -> str:
        return str(self)


def _share(discount_percent: Number) -> Decimal:
    discount = Decimal(str(discount_percent))
    if not 0 <= discount < 100:
        raise CostError(f"A discount is 0 to under 100 percent, not {discount_percent}.")
    return 1 - discount / 100


def fargate(
    load: Load, *, architecture: str = "X86_64", discount_percent: Number = 0, name: str = "Fargate"
) -> Bill:
    """The month's bill of Linux tasks on Fargate; a discount is that of a Savings Plan, say.

    >>> fargate(Load(tasks=2, cpu_units=1024, memory_mib=2048, hours=100))
    Fargate: $9.87 a month
      vCPU: 200 vCPU-hours x $0.04048 = $8.10
      memory: 400 GB-hours x $0.004445 = $1.78
    """
    key = f"fargate.{architecture}"
    if f"{key}.vcpu" not in prices():
        raise CostError(f"Fargate has the architectures X86_64 and ARM64, not {architecture!r}.")
    share, hours = _share(discount_percent), load.task_hours
    vcpu, gigabyte = (prices()[f"{key}.{of}"].usd * share for of in ("vcpu", "gb"))
    lines = [
        Line("vCPU", hours * load.cpu_units / 1024, "vCPU-hours", vcpu),
        Line("memory", hours * load.memory_mib / 1024, "GB-hours", gigabyte),
    ]
    if load.storage_gib > FREE_STORAGE_GIB:
        extra = hours * (load.storage_gib - FREE_STORAGE_GIB)
        lines.append(
            Line("storage above 20 GB", extra, "GB-hours", prices()["fargate.storage"].usd)
        )
    return Bill(name, tuple(lines))


def fargate_spot(
    load: Load, *, discount_percent: Number = SPOT_DISCOUNT_AT_MOST, architecture: str = "X86_64"
) -> Bill:
    """The bill on Fargate Spot at a discount on Fargate's price, at most 70 percent.

    The price of the day stands on AWS's page. How storage is billed there was not found, so it is
    taken at Fargate's price.
    """
    if Decimal(str(discount_percent)) > SPOT_DISCOUNT_AT_MOST:
        raise CostError(f"Fargate Spot is up to {SPOT_DISCOUNT_AT_MOST}% off, not more.")
    return fargate(
        load, architecture=architecture, discount_percent=discount_percent, name="Fargate Spot"
    )


def billed_seconds(seconds: Number) -> int:
    """The seconds of one task that Fargate bills: rounded up, and at least a minute.

    >>> billed_seconds(12), billed_seconds("90.2")
    (60, 91)
    """
    return max(LEAST_SECONDS, ceil(Decimal(str(seconds))))


def tasks_on(kind: Machine, load: Load, *, at_most: int | None = None) -> int:
    """How many tasks of a load fit on one instance by CPU and registered memory.

    `at_most` is what else limits them, such as network interfaces in awsvpc mode.
    """
    fit = min(kind.vcpus * 1024 // load.cpu_units, kind.registered_mib // load.memory_mib)
    return fit if at_most is None else min(fit, at_most)


def ec2(
    load: Load,
    instance_type: str,
    *,
    hours: Number | None = None,
    usd_per_hour: Number | None = None,
    discount_percent: Number = 0,
    target_capacity: int = 100,
    at_most: int | None = None,
) -> Bill:
    """The month's bill of the instances that hold a load, packed as tightly as it goes.

    Instances run as long as the tasks, or for `hours`; `target_capacity` is managed scaling's
    target in percent, so that less than 100 keeps spare instances; `usd_per_hour` is a price of
    your own, `discount_percent` that of a Savings Plan or a Spot Instance, `at_most` another limit
    of tasks on an instance. EBS volumes and data transfer are not in it. CostError if no task fits.
    """
    kind = machine(instance_type)
    each = tasks_on(kind, load, at_most=at_most)
    if each < 1:
        raise CostError(f"No task of {load.cpu_units} CPU units and {load.memory_mib} MiB fits on "
                        f"an {instance_type}; take a larger instance type.")  # fmt: skip
    if not 1 <= target_capacity <= 100:
        raise CostError(f"A target capacity is 1 to 100 percent, not {target_capacity}.")
    instances = ceil(Decimal(ceil(load.tasks / each)) * 100 / target_capacity)
    run = instances * Decimal(str(load.hours if hours is None else hours))
    price = kind.usd_per_hour if usd_per_hour is None else Decimal(str(usd_per_hour))
    what = f"{instances} x {instance_type}, {each} tasks each"
    return Bill(
        f"EC2 {instance_type}", (Line(what, run, "hours", price * _share(discount_percent)),)
    )


def load_balancers(count: int, *, lcus: Number = 1, hours: Number = HOURS_A_MONTH) -> Bill:
    """The bill of Application Load Balancers; `lcus` are the capacity units of all together."""
    run = Decimal(str(hours))
    return Bill(
        f"{count} Application Load Balancers",
        (
            Line("load balancers", count * run, "hours", prices()["alb.hour"].usd),
            Line("capacity units", Decimal(str(lcus)) * run, "LCU-hours", prices()["alb.lcu"].usd),
        ),
    )
