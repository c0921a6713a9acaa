"""What a load costs: prices, bills and the comparison."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from surroundings import REPOSITORY

from ecs_lab import cost
from ecs_lab.aws.instance_sizes import instance_size

LOADS = st.builds(
    cost.Load,
    tasks=st.integers(0, 500),
    cpu_units=st.sampled_from([256, 512, 1024, 2048]),
    memory_mib=st.sampled_from([512, 1024, 2048, 4096]),
    hours=st.integers(0, 744),
)


@pytest.mark.parametrize("table", ["prices.csv", "machines.csv"])
def test_every_price_has_its_region_day_and_page(table: str) -> None:
    """Prices are dated data: us-east-1, a day in the past, and an address to look at."""
    with (REPOSITORY / "ecs_lab/cost" / table).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert row["region"] == cost.REGION
        assert row["source"].startswith("https://")
        assert date(2026, 1, 1) <= date.fromisoformat(row["as_of"]) <= date(2026, 11, 26)


def test_hourly_prices_of_fargate_agree_with_the_seconds_of_awss_examples() -> None:
    """The notes quote AWS's worked examples; 3600 of their seconds are an hour of the table."""
    with (REPOSITORY / "ecs_lab/cost/prices.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["key"].startswith("fargate.")]
    assert len(rows) == 5
    for row in rows:
        (second,) = re.findall(r"\$([0-9.]+) a (?:vCPU|GB)-second", row["note"])
        assert float(row["usd"]) == pytest.approx(3600 * float(second), rel=0.002)


def test_instance_types_have_the_sizes_that_the_lab_launches() -> None:
    """The table agrees with the lab on vCPUs, memory and what the agent registers."""
    for name, machine in cost.machines().items():
        size = instance_size(name)
        assert (machine.vcpus, machine.memory_mib) == (size.vcpus, size.memory_mib)
        assert machine.registered_mib == size.linux_memory_mib
        assert (machine.architecture == "ARM64") == (size.architecture == "arm64")


def test_the_vcpu_price_is_that_of_awss_own_example() -> None:
    """AWS's page says $0.000011244 a vCPU-second (https://aws.amazon.com/ecs/pricing/)."""
    hour = Decimal("0.000011244") * 3600
    assert hour.quantize(Decimal("0.00001")) == cost.prices()["fargate.X86_64.vcpu"].usd


@given(LOADS)
def test_fargate_bills_every_second_of_what_tasks_ask_for(load: cost.Load) -> None:
    """The bill is that of a sum over seconds, in fractions."""
    price = cost.prices()
    second = (
        Fraction(load.cpu_units, 1024) * Fraction(price["fargate.X86_64.vcpu"].usd)
        + Fraction(load.memory_mib, 1024) * Fraction(price["fargate.X86_64.gb"].usd)
    ) / 3600
    exact = second * 3600 * Fraction(load.hours) * load.tasks
    assert abs(Fraction(cost.fargate(load).usd) - exact) <= Fraction(1, 200)


@given(LOADS, st.integers(0, 70))
def test_spot_is_fargate_less_its_discount(load: cost.Load, discount: int) -> None:
    """The discount is taken from both prices."""
    full = cost.fargate(load).lines
    spot = cost.fargate_spot(load, discount_percent=discount).lines
    for line, cheaper in zip(full, spot, strict=True):
        assert cheaper.usd == line.usd * (100 - discount) / 100


@given(LOADS, st.sampled_from(["m5.large", "m5.xlarge", "c5.large"]), st.integers(1, 100))
def test_ec2_bills_instances_that_hold_all_tasks(load: cost.Load, name: str, target: int) -> None:
    """Enough instances for every task, none too many, and the spare ones of the target."""
    machine = cost.machine(name)
    each = cost.tasks_on(machine, load)
    if not each:
        with pytest.raises(cost.CostError, match="larger instance type"):
            cost.ec2(load, name)
        return
    line = cost.ec2(load, name, hours=1, target_capacity=target).lines[0]
    needed = -(-load.tasks // each)
    assert each * load.cpu_units <= machine.vcpus * 1024
    assert each * load.memory_mib <= machine.registered_mib
    assert line.quantity * target >= needed * 100
    assert (line.quantity - 1) * target < max(needed, 0) * 100 or line.quantity == 0


def test_ec2_pays_for_idle_hours_and_for_a_place_left_empty() -> None:
    """Instances that run all month cost the same whatever the tasks do; a fifth task costs one
    more instance.
    """
    four = cost.Load(tasks=4, cpu_units=512, memory_mib=1024, hours=100)
    always = cost.ec2(four, "m5.large", hours=cost.HOURS_A_MONTH).usd
    assert always == Decimal("70.08")
    assert cost.ec2(four, "m5.large").usd == Decimal("9.60")
    five = cost.Load(tasks=5, cpu_units=512, memory_mib=1024)
    assert cost.ec2(five, "m5.large").usd == Decimal("140.16")


def test_network_interfaces_can_make_instances_dear() -> None:
    """Two awsvpc tasks an m5.large instead of four: twice the instances."""
    load = cost.Load(tasks=8, cpu_units=512, memory_mib=1024)
    assert cost.ec2(load, "m5.large", at_most=2).usd == 2 * cost.ec2(load, "m5.large").usd


def test_storage_above_twenty_gigabytes_is_a_line_of_its_own() -> None:
    """20 GB belong to every task; what a task asks for beyond is billed by the GB-hour."""
    assert len(cost.fargate(cost.Load(1)).lines) == 2
    line = cost.fargate(cost.Load(1, hours=10, storage_gib=50)).lines[2]
    assert line.quantity == 300


def test_a_bill_shows_its_sums() -> None:
    """What is printed is the calculation, line by line."""
    assert str(cost.load_balancers(3, lcus=3)).splitlines() == [
        "3 Application Load Balancers: $66.80 a month",
        "  load balancers: 2190 hours x $0.0225 = $49.28",
        "  capacity units: 2190 LCU-hours x $0.008 = $17.52",
    ]


def test_comparison_says_where_ec2_is_cheaper() -> None:
    """EC2 wins where its instances are full, and loses again with the next one."""
    load = cost.Load(tasks=0, cpu_units=512, memory_mib=1024)
    both = cost.compare(load, range(1, 9), "m5.large")
    assert both.cheaper_at("EC2 m5.large", "Fargate") == [4, 8]
    assert {both.cheapest(count) for count in both.tasks} == {"Fargate Spot"}
    assert "<th scope='row'>4</th><td>$72.08</td>" in both._repr_html_()
    assert str(both).splitlines()[5].split() == ["4", "72.08", "21.62", "70.08"]


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: cost.Load(-1), "0 tasks or more"),
        (lambda: cost.Load(1, hours=745), "744 hours"),
        (lambda: cost.ec2(cost.Load(1), "z9.huge"), "take one of t3.small"),
        (lambda: cost.ec2(cost.Load(1), "m5.large", target_capacity=0), "1 to 100 percent"),
        (lambda: cost.fargate(cost.Load(1), architecture="RISC"), "X86_64 and ARM64"),
        (lambda: cost.fargate(cost.Load(1), discount_percent=100), "under 100 percent"),
        (lambda: cost.fargate_spot(cost.Load(1), discount_percent=71), "up to 70%"),
        (lambda: cost.compare(cost.Load(1), [], "m5.large"), "range"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(ask: object, says: str) -> None:
    """Bad input is a CostError that says what to change."""
    with pytest.raises(cost.CostError, match=says):
        ask()  # type: ignore[operator]
