"""Generated questions on sizes and what they cost."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal

from ecs_lab.cost.prices import prices
from ecs_lab.engine.fargate_sizes import SIZES
from ecs_lab.quiz.generators.making import Choice, Draft, generator, near, number

_LINUX = [s for s in SIZES if "LINUX" in s.operating_systems and 256 <= s.cpu_units <= 4096]
"""The sizes on which AWS's pages agree."""


@generator(concepts="FG-02 FG-03", exams="SAA-C03 DVA-C03", difficulty=2,
           pages="fargate-tasks-services.html")  # fmt: skip
def fargate_size(chance: random.Random) -> Draft:
    """Which is the smallest valid size of a Fargate task?"""
    size = chance.choice(_LINUX)
    memory = chance.choice(size.memory_mib)
    cpu_need = size.cpu_units - chance.choice([0, 56, 100])
    memory_need = memory - chance.choice([0, 112, 200])
    valid = [(s.cpu_units, m) for s in _LINUX for m in s.memory_mib]
    fitting = [pair for pair in valid if pair[0] >= cpu_need and pair[1] >= memory_need]
    right = min(fitting)
    span = {s.cpu_units: f"{s.memory_mib[0]} to {s.memory_mib[-1]} MiB" for s in _LINUX}

    def pair(cpu: int, mib: int, why: str) -> Choice:
        return Choice((cpu, mib), f"cpu {cpu}, memory {mib}", why)

    less, more = right[0] // 2, right[0] * 2
    bigger = next((p for p in fitting if p[0] > right[0]), (more, right[1]))
    return Draft(
        f"A Linux task on Fargate needs {cpu_need} CPU units and {memory_need} MiB of memory. Which "
        "size is the smallest one that is valid and holds the task?",
        {"cpu": cpu_need, "memory": memory_need, "right": right},
        [
            pair(*right, f"With cpu {right[0]} go {span[right[0]]}, in fixed steps. No smaller size "
                 "of the table holds both needs."),
            pair(cpu_need, memory_need, "It asks for exactly what is needed, as on EC2. Fargate "
                 "knows only the pairs of its table."),
            pair(less, right[1], f"It takes too few CPU units: the task needs {cpu_need}, or the "
                 "memory does not go with so few."),
            pair(*bigger, "It takes the next step of vCPUs. This pair holds the task, but a smaller "
                 "one does too."),
            pair(right[0], right[1] + 512, "It adds a reserve for the platform. The size is what the "
                 "containers get; nothing is kept back of it."),
            pair(more, right[1], "It doubles the CPU to be safe; the smallest size is asked for."),
        ],
    )  # fmt: skip


@generator(concepts="EC-10 TR-05", exams="SAA-C03 SOA-C03 DOP-C02", difficulty=2,
           pages="memory-management.html task-placement.html")  # fmt: skip
def tasks_per_instance(chance: random.Random) -> Draft:
    """How many tasks fit on an instance?"""
    cpu = chance.choice([1024, 2048, 4096])
    memory = chance.choice([1900, 3800, 3884, 7800])
    task_cpu = chance.choice([128, 256, 300, 512])
    task_memory = chance.choice([256, 300, 400, 512, 700])
    by_cpu, by_memory = cpu // task_cpu, memory // task_memory
    right = min(by_cpu, by_memory)
    scarce = "CPU" if by_cpu <= by_memory else "memory"
    return Draft(
        f"A container instance registers {cpu} CPU units and {memory} MiB of memory. Each task "
        f"reserves {task_cpu} CPU units and {task_memory} MiB, in bridge mode without fixed host "
        "ports. How many tasks fit?",
        {"cpu": cpu, "memory": memory, "task_cpu": task_cpu, "task_memory": task_memory},
        [
            number(right, f"CPU allows {by_cpu} tasks, memory {by_memory}. A task needs both, so "
                   f"{scarce} decides, and a task fits whole or not at all.", "tasks"),
            number(max(by_cpu, by_memory), "It looks at one resource only. A task must have all "
                   "that it reserves.", "tasks"),
            number(right + 1, "It rounds up. What is left is too little for another whole task.",
                   "tasks"),
            number(memory // (task_memory * 2), "It counts the memory twice, as if reservation and "
                   "limit were added up.", "tasks"),
            number(right - 1, "It keeps room for the agent. What the instance registers is already "
                   "without what the system keeps.", "tasks"),
            *near(right, "tasks", 3),
        ],
    )  # fmt: skip


@generator(concepts="CO-04", exams="CLF-C02 SAA-C03", difficulty=2,
           pages="https://aws.amazon.com/fargate/pricing/")  # fmt: skip
def fargate_cost(chance: random.Random) -> Draft:
    """What do the tasks of a service on Fargate cost?"""
    architecture = chance.choice(["X86_64", "ARM64"])
    per_vcpu, per_gb = (prices()[f"fargate.{architecture}.{of}"].usd for of in ("vcpu", "gb"))
    vcpus, gigabytes = chance.choice(
        [("0.25", "0.5"), ("0.25", "1"), ("0.5", "1"), ("0.5", "2"), ("1", "2"), ("2", "4")]
    )
    tasks, hours, use = chance.randint(2, 9), chance.choice([10, 24, 100, 720]), 40
    cpu, memory = Decimal(vcpus) * per_vcpu, Decimal(gigabytes) * per_gb
    scale = tasks * hours

    def usd(amount: Decimal, why: str) -> Choice:
        value = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return Choice(value, f"${value}", why)

    return Draft(
        f"A service runs {tasks} Linux tasks ({architecture}) on Fargate for {hours} hours. Each has "
        f"{vcpus} vCPU and {gigabytes} GB and uses {use}% of both. A vCPU-hour costs ${per_vcpu}, a "
        f"GB-hour ${per_gb}. What do CPU and memory cost?",
        {"vcpus": vcpus, "gigabytes": gigabytes, "tasks": tasks, "hours": hours,
         "per_vcpu": per_vcpu, "per_gb": per_gb},
        [
            usd((cpu + memory) * scale, f"{tasks} tasks x {hours} hours x ({vcpus} x ${per_vcpu} + "
                f"{gigabytes} x ${per_gb}). Fargate bills the size that was asked for, by the "
                "second."),
            usd((cpu + memory) * scale * use / 100, f"It pays for the {use}% that is used. Fargate "
                "bills what the task definition asks for, used or not."),
            usd((cpu + memory) * hours, "It counts one task. Every running task is billed."),
            usd(cpu * scale, "It forgets the memory, which has a price of its own."),
            usd((cpu + memory * 2) * scale, "It takes the memory twice."),
        ],
    )  # fmt: skip
