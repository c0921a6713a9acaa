"""Generated questions on deployments: bounds, circuit breaker, zones."""

from __future__ import annotations

import math
import random

from ecs_lab.quiz.generators.making import Choice, Draft, generator, near, number


@generator(concepts="DP-01 DP-02", exams="SAA-C03 DVA-C03 SOA-C03 DOP-C02", difficulty=2,
           pages="deployment-type-ecs.html service-options.html")  # fmt: skip
def rolling_bounds(chance: random.Random) -> Draft:
    """How many tasks may a rolling deployment run, and how many must stay?"""
    desired = chance.randint(3, 15)
    low, high = chance.choice([25, 40, 50, 60, 75, 100]), chance.choice([120, 125, 150, 175, 200])
    exact_low, exact_high = desired * low / 100, desired * high / 100
    least, most = math.ceil(exact_low), math.floor(exact_high)

    def bounds(a: int, b: int, why: str) -> Choice:
        return Choice((a, b), f"At least {a} healthy, at most {b} running or starting", why)

    return Draft(
        f"A service has a desired count of {desired}, minimumHealthyPercent {low} and maximumPercent "
        f"{high}. Which bounds does a rolling deployment keep?",
        {"desired": desired, "low": low, "high": high},
        [
            bounds(least, most, f"{desired} x {low}% = {exact_low:g}, rounded up; {desired} x {high}% "
                   f"= {exact_high:g}, rounded down."),
            bounds(math.floor(exact_low), most, "It rounds the lower bound down. The minimum is "
                   "rounded up, so that never fewer stay."),
            bounds(least, math.ceil(exact_high), "It rounds the upper bound up. The maximum is "
                   "rounded down, so that never more run."),
            bounds(least, desired + most, "It adds maximumPercent to the desired count. The maximum "
                   "is the whole number of tasks, old and new."),
            bounds(desired, most, "It keeps the desired count healthy, as 100% would."),
            bounds(least, desired, "It allows no task above the desired count, as 100% would."),
            bounds(desired - least, most, "It takes the minimum for what may be missing."),
        ],
    )  # fmt: skip


@generator(concepts="DP-05 DP-04", exams="DVA-C03 SOA-C03 DOP-C02", difficulty=2,
           pages="deployment-circuit-breaker.html")  # fmt: skip
def breaker_threshold(chance: random.Random) -> Draft:
    """After how many failed tasks does the circuit breaker act?"""
    desired = chance.choice(
        [chance.randint(1, 12), chance.randint(13, 200), chance.randint(390, 900)]
    )
    half = math.ceil(desired / 2)
    right = min(200, max(3, half))
    return Draft(
        f"A service with a desired count of {desired} has the deployment circuit breaker on, with its "
        "default threshold. The new image cannot be pulled, so that no task of the deployment starts. "
        "After how many failed tasks is the deployment marked FAILED?",
        {"desired": desired},
        [
            number(right, f"Half of {desired} is {desired / 2:g}, rounded up {half}; the threshold is "
                   "never below 3 and never above 200.", "tasks"),
            number(half, "It forgets the limits: the threshold lies between 3 and 200.", "tasks"),
            number(desired // 2, "It rounds half of the desired count down. It is rounded up.",
                   "tasks"),
            number(10, "It takes 10 for the least threshold. The least is 3.", "tasks"),
            number(desired, "It waits until as many have failed as are desired. Half of that is "
                   "enough.", "tasks"),
            number(3, "It takes the least threshold for the threshold. It grows with the desired "
                   "count.", "tasks"),
            number(200, "It takes the highest threshold for the threshold of every service.",
                   "tasks"),
            *near(right, "tasks", 2),
        ],
    )  # fmt: skip


@generator(concepts="CP-11", exams="SAA-C03 SOA-C03", difficulty=3,
           pages="service-rebalancing.html")  # fmt: skip
def zone_balance(chance: random.Random) -> Draft:
    """Which spread of tasks makes zone rebalancing act?"""
    base = chance.randint(1, 6)
    even = [base] * 3
    one_more, two_more = [base + 1, base, base], [base + 1, base + 1, base]
    gap = chance.choice(
        [[base + 2, base, base], [base + 2, base + 1, base], [base + 3, base + 1, base]]
    )
    for each in (one_more, two_more, gap):
        chance.shuffle(each)

    def spread(counts: list[int], why: str) -> Choice:
        text = ", ".join(
            f"{count} in zone {zone}" for zone, count in zip("abc", counts, strict=True)
        )
        return Choice(tuple(counts), text, why)

    wide = max(gap) - min(gap)
    fine = "A difference of one task counts as balanced: some numbers do not divide by three."
    return Draft(
        "Services on Fargate use three zones and have Availability Zone rebalancing on. Nothing else "
        "is going on. With which spread of its tasks does Amazon ECS start to rebalance?",
        {"spreads": [tuple(each) for each in (gap, one_more, two_more, even)]},
        [
            spread(gap, f"Between the fullest and the emptiest zone lie {wide} tasks: more than one, "
                   "so ECS starts tasks in the emptier zone and stops as many in the fuller one."),
            spread(one_more, fine),
            spread(two_more, fine),
            spread(even, "This is as balanced as can be: all zones have the same number."),
        ],
    )  # fmt: skip
