"""Generated questions on scaling: capacity provider strategies, their metric, and steps."""

from __future__ import annotations

import random

from ecs_lab.quiz.generators.making import Choice, Draft, generator, near, number


@generator(concepts="CP-06 CP-07", exams="SAA-C03 SOA-C03 DOP-C02", difficulty=2,
           pages="cluster-capacity-providers.html fargate-capacity-providers.html")  # fmt: skip
def capacity_split(chance: random.Random) -> Draft:
    """How are tasks shared out by base and weight?"""
    base = chance.randint(1, 4)
    weight, spot_weight = chance.choice([(1, 1), (1, 2), (1, 3), (1, 4), (2, 3), (3, 2)])
    rounds = chance.randint(1, 4)
    count = base + rounds * (weight + spot_weight)
    right = (base + rounds * weight, rounds * spot_weight)

    def shares(on_demand: float, spot: float, why: str) -> Choice:
        text = f"{round(on_demand)} on FARGATE, {round(spot)} on FARGATE_SPOT"
        return Choice((round(on_demand), round(spot)), text, why)

    part = weight / (weight + spot_weight)
    return Draft(
        f"A service starts {count} tasks with this strategy: FARGATE with base {base} and weight "
        f"{weight}, FARGATE_SPOT with weight {spot_weight}. There is capacity enough. How are the "
        "tasks shared out?",
        {"base": base, "weight": weight, "spot_weight": spot_weight, "count": count},
        [
            shares(*right, f"{base} go to FARGATE first. The other {count - base} are shared out "
                   f"{weight} to {spot_weight}: {rounds * weight} and {rounds * spot_weight}."),
            shares(count * part, count - round(count * part), "It forgets the base. The base comes "
                   "first, and only the tasks after it are shared out by weight."),
            shares(base, count - base, "It gives FARGATE the base and no more. Its weight counts for "
                   "the tasks after the base."),
            shares(rounds * spot_weight + base, rounds * weight, "It exchanges the weights of the two providers."),
            shares(right[1], right[0], "It gives the base to FARGATE_SPOT, which has none."),
            shares(count, 0, "It takes FARGATE_SPOT for a reserve. A weight above 0 gets its share "
                   "at once."),
        ],
    )  # fmt: skip


@generator(concepts="CP-04 CP-03", exams="SAA-C03 SOA-C03 DOP-C02", difficulty=3,
           pages="cluster-auto-scaling.html")  # fmt: skip
def provider_reservation(chance: random.Random) -> Draft:
    """What is CapacityProviderReservation?"""
    running = chance.choice([2, 4, 5, 8, 10, 20])
    needed = chance.randint(1, running * 2)
    right = needed * 100 // running
    exact = needed * 100 % running == 0

    def percent(value: int, why: str) -> Choice:
        return Choice(value, f"{value}%", why)

    draft = Draft(
        f"The Auto Scaling group of a capacity provider has {running} running instances. For all tasks "
        f"that run or wait, {needed} would be needed. Which value does the metric "
        "CapacityProviderReservation have?",
        {"running": running, "needed": needed},
        [
            percent(right, f"The metric is instances needed / instances running x 100: {needed} / "
                    f"{running} x 100. Managed scaling holds it at its target capacity."),
            percent(round(running * 100 / needed), "It divides the wrong way round. Above 100% means "
                    "that instances are missing."),
            percent(min(100, right), "It ends at 100%. The metric goes above it when tasks wait for "
                    "instances."),
            percent(abs(needed - running) * 100 // running, "It counts only the difference."),
            percent(100, "It takes the target capacity for the metric."),
            percent(right + 100, "It adds what runs to what is needed. What is needed holds all "
                    "tasks already."),
        ],
    )  # fmt: skip
    return draft if exact else provider_reservation.write(chance)


@generator(concepts="CP-01", exams="SAA-C03 DVA-C03 SOA-C03", difficulty=3,
           pages="https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html")  # fmt: skip
def step_scaling(chance: random.Random) -> Draft:
    """To which count does a step scaling policy go?"""
    current = chance.randint(4, 30)
    first, second = chance.choice([(10, 30), (20, 40), (10, 25), (25, 50)])
    threshold, width = chance.choice([60, 70]), chance.choice([10, 15])
    beyond = chance.choice([chance.randint(1, width - 1), chance.randint(width + 1, width + 9)])
    percent = first if beyond < width else second
    most = current + chance.choice([1, 3, 100])
    other = second if percent == first else first
    exact = current * percent / 100
    change = max(1, current * percent // 100)
    right = min(most, current + change)
    rounded = f"{exact:g}, at least 1" if exact < 1 else f"{exact:g}, rounded down {change}"
    ceiling = f" The maximum capacity of {most} is the limit." if right < current + change else ""
    return Draft(
        f"A service runs {current} tasks; its scalable target has a maximum of {most}. A step scaling "
        f"policy (PercentChangeInCapacity) has an alarm at {threshold}% CPU: up to {width} points "
        f"above it adds {first}%, beyond that {second}%. CPU is at {threshold + beyond}%. Which "
        "desired count follows?",
        {"current": current, "first": first, "second": second, "width": width, "beyond": beyond,
         "most": most},
        [
            number(right, f"{beyond} points above the alarm lie in the step of {percent}%: {current} x "
                   f"{percent}% = {rounded}.{ceiling}"),
            number(current + change, "It forgets the maximum capacity of the scalable target."),
            number(min(most, current + -(-current * percent // 100)), "It rounds the change up. Above "
                   "1 it is rounded down."),
            number(min(most, current + max(1, current * other // 100)), f"It takes the other step, of "
                   f"{other}%."),
            number(min(most, current + max(1, current * (first + second) // 100)), "It adds both "
                   "steps up. Only one step holds the metric."),
            number(current + percent, f"It takes {percent} for a number of tasks. The type is a "
                   "percentage of what runs."),
            number(most, "It goes to the maximum at once."),
            *near(right, ""),
        ],
    )  # fmt: skip
