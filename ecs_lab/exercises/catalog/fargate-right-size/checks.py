"""Checks of fargate-right-size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.exercises.look import Shape
    from ecs_lab.lab import Lab

NEEDS = {
    "app": (variant.size.app_cpu, variant.size.app_memory),
    "router": (variant.size.router_cpu, variant.size.router_memory),
}
"""CPU units and MiB that each container asks for, as the task says."""
CPU_UNITS, MEMORY_MIB = (sum(need[place] for need in NEEDS.values()) for place in (0, 1))


def report(lab: Lab) -> Shape:
    """The newest ACTIVE revision of report; raises AWS's error when there is none."""
    found = lab.client("ecs").describe_task_definition(taskDefinition="report")
    definition: Shape = found["taskDefinition"]
    return definition


def size(definition: Shape) -> tuple[int, int]:
    """CPU units and MiB of the task."""
    return int(definition["cpu"]), int(definition["memory"])


@check("The family report is registered for Fargate")
def registered(lab: Lab) -> Verdict:
    """AWS has accepted it, and as compatible with Fargate."""
    definition = report(lab)
    if definition["status"] == "ACTIVE" and "FARGATE" in definition["requiresCompatibilities"]:
        return passed
    return missed(
        expected="an ACTIVE revision with requiresCompatibilities FARGATE",
        found=f"{definition['status']}, {definition.get('requiresCompatibilities', [])}",
    )


@check("Both containers have what they ask for", points=2, needs="registered")
def fits(lab: Lab) -> Verdict:
    """The containers are unchanged, and the task is large enough for them."""
    definition = report(lab)
    containers = definition["containerDefinitions"]
    asked = {c["name"]: (c.get("cpu", 0), c.get("memory", 0)) for c in containers}
    cpu, memory = size(definition)
    if asked == NEEDS and cpu >= CPU_UNITS and memory >= MEMORY_MIB:
        return passed
    return missed(
        expected=f"containers {NEEDS} in at least {CPU_UNITS} CPU units and {MEMORY_MIB} MiB",
        found=f"containers {asked} in {cpu} CPU units and {memory} MiB",
        why="The task's size is shared by its containers, and theirs were to stay as they are.",
    )


@check("No smaller size would do", points=2, needs="fits")
def smallest(lab: Lab) -> Verdict:
    """The check tries to register every smaller size that would hold the containers."""
    cpu, memory = size(report(lab))
    smaller = _smallest_accepted(lab)
    if (cpu, memory) == smaller:
        return passed
    return missed(
        expected="the smallest size that Fargate accepts and that holds both containers",
        found=f"{cpu} CPU units and {memory} MiB; AWS also accepts a smaller one that does",
        why="Little CPU comes first: for each cpu value, look which memory values go with it.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
    )


@check("It runs", needs="fits")
def runs(lab: Lab) -> Verdict:
    """A task that the check starts comes up."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="check")
    network = {"subnets": lab.network.public_subnets[:1], "assignPublicIp": "ENABLED"}
    (task,) = ecs.run_task(
        cluster="check",
        taskDefinition="report",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    lab.wait(120)
    (task,) = ecs.describe_tasks(cluster="check", tasks=[task["taskArn"]])["tasks"]
    if task["lastStatus"] == "RUNNING":
        return passed
    return missed(
        expected="a task that reaches RUNNING",
        found=task["lastStatus"],
        why=task.get("stoppedReason", ""),
    )


def _smallest_accepted(lab: Lab) -> tuple[int, int]:
    """The first size, by CPU and then memory, that holds the containers and that AWS accepts."""
    ecs = lab.client("ecs")
    cpus = [cpu for cpu in (256, 512, 1024, 2048, 4096) if cpu >= CPU_UNITS]
    for cpu in cpus:
        for memory in range(-(-MEMORY_MIB // 1024) * 1024, 30721, 1024):
            try:
                ecs.register_task_definition(
                    family="check",
                    networkMode="awsvpc",
                    requiresCompatibilities=["FARGATE"],
                    cpu=str(cpu),
                    memory=str(memory),
                    containerDefinitions=[{"name": "any", "image": "busybox"}],
                )
            except ecs.exceptions.ClientException:
                continue
            return cpu, memory
    raise AssertionError("the lab accepts no Fargate size that holds the containers")
