"""Generated questions on where tasks go on EC2, and which go first."""

from __future__ import annotations

import random

from ecs_lab.quiz.generators.making import Choice, Draft, generator, near, number

LETTERS = "ABCD"


@generator(concepts="PL-02 PL-07", exams="SAA-C03 DVA-C03 SOA-C03", difficulty=3,
           pages="task-placement.html task-placement-strategies.html")  # fmt: skip
def binpack_placement(chance: random.Random) -> Draft:
    """On which instance does binpack place a task?"""
    field = chance.choice(["memory", "cpu"])
    need = {"cpu": chance.choice([256, 512]), "memory": chance.choice([300, 500, 900])}
    free = {
        name: {
            "cpu": chance.randrange(128, 2049, 64),
            "memory": chance.randrange(200, 3601, 50),
            "zone": chance.choice("ab"),
        }
        for name in LETTERS
    }
    zone = chance.choice(["", "a"])
    fits = [n for n in LETTERS if all(int(str(free[n][k])) >= need[k] for k in need)]
    allowed = [n for n in fits if not zone or free[n]["zone"] == zone]
    other = "cpu" if field == "memory" else "memory"
    units = {"cpu": "CPU units", "memory": "MiB"}

    def least(names: list[str], by: str) -> str:
        return min(names, key=lambda name: (free[name][by], name)) if names else "none"

    def most(names: list[str], by: str) -> str:
        return max(names, key=lambda name: (free[name][by], name)) if names else "none"

    right = least(allowed, field)
    ties = [n for n in allowed if right != "none" and free[n][field] == free[right][field]]

    def choice(name: str, why: str) -> Choice:
        text = "No instance (RunTask fails)" if name == "none" else f"Instance {name}"
        return Choice(name, text, why)

    def reason(name: str) -> str:
        if name == "none":
            return "It expects a failure, but at least one instance fits and is allowed."
        if name not in fits:
            short = next(k for k in need if int(str(free[name][k])) < need[k])
            return (
                f"It has only {free[name][short]} {units[short]} left, fewer than the task needs."
            )
        if name not in allowed:
            return f"It is in zone {free[name]['zone']}, which the placement constraint rules out."
        if name == most(allowed, field):
            return (
                f"It has most {field} left. That would spread the load; binpack does the opposite."
            )
        return f"It fits, but has {free[name][field]} {units[field]} left: another has less."

    told = "; ".join(
        f"{n} (zone {free[n]['zone']}): {free[n]['cpu']} CPU units, {free[n]['memory']} MiB"
        for n in LETTERS
    )
    limit = f" A memberOf constraint allows zone {zone} only." if zone else ""
    why = f"Of those that fit{' in the zone' if zone else ''} it has the least {field} left."
    if right == "none":
        why = "No instance has what the task needs and satisfies the constraint. RunTask queues nothing."
    wrong = [choice(n, reason(n)) for n in (least(fits, field), least(allowed, other),
             most(allowed, field), *LETTERS, "none") if n != right]  # fmt: skip
    draft = Draft(
        f"Four container instances have this left: {told}. RunTask asks for a task of {need['cpu']} "
        f"CPU units and {need['memory']} MiB with the strategy binpack on {field}.{limit} Where does "
        "it go?",
        {"free": free, "need": need, "field": field, "zone": zone},
        [choice(right, why), *wrong],
    )
    return draft if len(ties) < 2 else binpack_placement.write(chance)


@generator(concepts="TR-04 EC-06", exams="DVA-C03 SOA-C03 DOP-C02", difficulty=2,
           pages="service-event-messages-list.html")  # fmt: skip
def port_conflict(chance: random.Random) -> Draft:
    """How many tasks of a service with a fixed host port run?"""
    instances = chance.randint(3, 7)
    taken = chance.randint(1, instances - 2)
    free = instances - taken
    desired = max(2, free + chance.randint(-1, 5))
    right = min(desired, free)
    return Draft(
        f"A cluster has {instances} container instances with plenty of CPU and memory. On {taken} of "
        "them a task of another service holds host port 8080. A new service in bridge mode maps "
        f"hostPort 8080 and has a desired count of {desired}. How many of its tasks run?",
        {"instances": instances, "taken": taken, "desired": desired},
        [
            number(right, f"Port 8080 is free on {free} instances, and each can give it away once. "
                   f"The service wants {desired}.", "tasks"),
            number(desired, "It counts desired instead of running: a task that finds no instance "
                   "with a free port is not placed.", "tasks"),
            number(min(desired, instances), "It overlooks the other service. A host port is taken "
                   "once on an instance, whoever takes it.", "tasks"),
            number(0, "It takes one conflict for the end of the whole service. Instances with a "
                   "free port still take a task.", "tasks"),
            number(taken, "It counts the instances on which the port is taken.", "tasks"),
            *near(right, "tasks"),
        ],
    )  # fmt: skip


@generator(concepts="NW-05 NW-01", exams="SAA-C03 SOA-C03 DOP-C02", difficulty=3,
           pages="task-networking-awsvpc.html container-instance-eni.html")  # fmt: skip
def eni_density(chance: random.Random) -> Draft:
    """How many awsvpc tasks run on instances without trunking?"""
    interfaces = chance.choice([2, 3, 4, 8])
    instances = chance.randint(2, 5)
    room = instances * (interfaces - 1)
    desired = max(2, room + chance.randint(-1, 9))
    right = min(desired, room)
    return Draft(
        f"{instances} container instances have plenty of CPU and memory. Their type supports "
        f"{interfaces} network interfaces, and awsvpcTrunking is off. A service in awsvpc mode has a "
        f"desired count of {desired}. How many of its tasks run?",
        {"interfaces": interfaces, "instances": instances, "desired": desired},
        [
            number(right, f"Each task needs an interface, and the instance keeps one for itself: "
                   f"{interfaces} - 1 on each of {instances} instances makes {room}.", "tasks"),
            number(min(desired, instances * interfaces), "It forgets the instance's own primary "
                   "interface, which counts as well.", "tasks"),
            number(desired, "It counts desired instead of running: without a free interface a task "
                   "is not placed.", "tasks"),
            number(instances, "It takes one task an instance for the rule. That would be host mode "
                   "with a fixed port.", "tasks"),
            number(interfaces - 1, "It counts one instance only.", "tasks"),
            *near(right, "tasks", 3),
        ],
    )  # fmt: skip


@generator(concepts="OV-06 EC-08", exams="SAA-C03 DVA-C03 SOA-C03", difficulty=2,
           pages="ecs_services.html container-instance-draining.html")  # fmt: skip
def daemon_count(chance: random.Random) -> Draft:
    """How many tasks does a DAEMON service run?"""
    active, draining = chance.randint(3, 9), chance.randint(1, 3)
    in_a = chance.randint(1, active - 1)
    constrained = chance.random() < 0.5
    right = in_a if constrained else active
    limit = " Its memberOf constraint allows zone a only." if constrained else ""
    return Draft(
        f"A cluster has {active} ACTIVE container instances, {in_a} of them in zone a and the others "
        f"in zone b, and {draining} DRAINING ones in zone a. A DAEMON service is created.{limit} How "
        "many tasks does it run?",
        {"active": active, "draining": draining, "in_a": in_a, "constrained": constrained},
        [
            number(right, "A DAEMON service runs one task on each ACTIVE instance that satisfies its "
                   "constraints; a DRAINING one takes no new task.", "tasks"),
            number(right + draining, "It counts DRAINING instances. They keep what runs for a while, "
                   "but nothing new is placed there.", "tasks"),
            number(active if constrained else in_a, "It overlooks the placement constraint of the service." if constrained
                   else "It takes one zone for the whole cluster; there is no constraint.", "tasks"),
            number(2, "It takes one task for each zone. That is no strategy of DAEMON, which looks "
                   "at instances.", "tasks"),
            number(1, "It takes the desired count of a new service for 1. A DAEMON service has no "
                   "desired count to give.", "tasks"),
            *near(right, "tasks", 3),
        ],
    )  # fmt: skip


@generator(concepts="PL-03 CP-11", exams="SAA-C03 SOA-C03 DOP-C02", difficulty=2,
           pages="task-placement-strategies.html")  # fmt: skip
def scale_in_zone(chance: random.Random) -> Draft:
    """In which zone does a service that spreads stop a task?"""
    counts = dict(zip("abc", chance.sample(range(1, 8), 3), strict=True))
    right = max(counts, key=lambda zone: counts[zone])
    low = min(counts, key=lambda zone: counts[zone])
    middle = next(zone for zone in counts if zone not in (right, low))
    told = ", ".join(f"{count} in zone {zone}" for zone, count in counts.items())

    def zone(name: str, why: str) -> Choice:
        return Choice(name, f"A task in zone {name}", why)

    return Draft(
        "A service on EC2 spreads its tasks over attribute:ecs.availability-zone. It has lost some "
        f"instances, and its tasks now stand like this: {told}. The desired count is lowered by one. "
        "Which task is stopped?",
        {"counts": counts},
        [
            zone(right, f"With spread a task of the fullest zone goes: {counts[right]} tasks are in "
                 f"zone {right}."),
            zone(low, "It empties the smallest zone. Spread keeps zones balanced when it scales in, "
                 "too."),
            zone(middle, f"Zone {middle} is in the middle; balance asks for the fullest zone."),
            Choice("random", "Any of them, chosen by chance", "It takes scaling in for random. "
                   "Chance decides only among the tasks of the fullest zone."),
        ],
    )  # fmt: skip
