"""Checks of start-first-task-definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def revisions(lab: Lab, status: str) -> list[int]:
    """The numbers of hello's revisions of a status, in order."""
    found = lab.client("ecs").list_task_definitions(familyPrefix=variant.family, status=status)
    pairs = [arn.split("/")[-1].split(":") for arn in found["taskDefinitionArns"]]
    return sorted(int(number) for family, number in pairs if family == variant.family)


@check(f"The family {variant.family} was registered at least twice")
def registered_twice(lab: Lab) -> Verdict:
    """Two revisions or more, whatever became of them."""
    numbers = sorted(revisions(lab, "ACTIVE") + revisions(lab, "INACTIVE"))
    if len(numbers) >= 2:
        return passed
    return missed(
        expected=f"two revisions of {variant.family}",
        found=f"revisions: {numbers or 'none'}",
        why="Each call of RegisterTaskDefinition with the same family makes the next revision.",
    )


@check(f"Only the newest revision of {variant.family} is ACTIVE", needs="registered_twice")
def only_newest_active(lab: Lab) -> Verdict:
    """Every older revision is retired."""
    active, inactive = revisions(lab, "ACTIVE"), revisions(lab, "INACTIVE")
    newest = max(active + inactive)
    if active == [newest]:
        return passed
    return missed(
        expected=f"ACTIVE: [{newest}]",
        found=f"ACTIVE: {active}, INACTIVE: {inactive}",
        why="DeregisterTaskDefinition retires exactly the revision that it is given.",
    )


@check(f"The name {variant.family} alone means 0.25 vCPU and 1,024 MiB", needs="registered_twice")
def newest_is_larger(lab: Lab) -> Verdict:
    """The family without a revision is its newest ACTIVE revision."""
    found = lab.client("ecs").describe_task_definition(taskDefinition=variant.family)[
        "taskDefinition"
    ]
    size = (found.get("cpu"), found.get("memory"))
    if size == ("256", "1024"):
        return passed
    return missed(
        expected="cpu 256 and memory 1024",
        found=f"cpu {size[0]} and memory {size[1]} in {variant.family}:{found['revision']}",
        why="A family without a revision stands for its newest ACTIVE revision.",
    )


@check(
    f"A task of {variant.family} runs on Fargate and serves port 80",
    points=2,
    needs="newest_is_larger",
)
def runs(lab: Lab) -> Verdict:
    """A task that the check starts by the family's name comes up, with the port declared."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="check")
    network = {"subnets": lab.network.public_subnets[:1], "assignPublicIp": "ENABLED"}
    started = ecs.run_task(
        cluster="check",
        taskDefinition=variant.family,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    lab.settle()
    (task,) = ecs.describe_tasks(cluster="check", tasks=[started[0]["taskArn"]])["tasks"]
    definition = ecs.describe_task_definition(taskDefinition=variant.family)["taskDefinition"]
    containers = {each["name"]: each for each in definition["containerDefinitions"]}
    ports = [each["containerPort"] for each in containers.get("web", {}).get("portMappings", [])]
    if task["lastStatus"] == "RUNNING" and 80 in ports:
        return passed
    return missed(
        expected="a RUNNING task whose container web has port 80",
        found=f"{task['lastStatus']}, containers {list(containers)}, ports of web {ports}",
        why=task.get("stoppedReason", "A port that others are to reach needs a port mapping."),
    )
