"""Checks of fargate-from-ec2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, running_tasks, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

START_S = 180
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"


def task(lab: Lab) -> Shape:
    """A running task of the service archive."""
    lab.wait(START_S)
    return running_tasks(lab, variant.cluster, "archive")[0]


@check("The service archive has a task running on Fargate", points=2)
def runs(lab: Lab) -> Verdict:
    """One, and it stays."""
    lab.wait(START_S)
    return service_runs(lab, variant.cluster, "archive", 1, "FARGATE")


@check("It has a network interface of its own, and no host", needs="runs")
def alone(lab: Lab) -> Verdict:
    """In its attachments; and DescribeTasks names no container instance."""
    found = task(lab)
    kinds = [each["type"] for each in found["attachments"]]
    if kinds == ["ElasticNetworkInterface"] and "containerInstanceArn" not in found:
        return passed
    return missed(expected="an elastic network interface, no instance", found=kinds)


@check("It runs on platform version 1.4.0", needs="runs")
def platform(lab: Lab) -> Verdict:
    """As DescribeTasks says."""
    found = task(lab)["platformVersion"]
    if found == "1.4.0":
        return passed
    return missed(expected="1.4.0", found=found, why="Storage of a chosen size needs 1.4.0.",
                  see=PAGE + "platform-fargate.html")  # fmt: skip


@check(f"It has {variant.disk_gib} GiB of disk, or a little more", points=2, needs="runs")
def disk(lab: Lab) -> Verdict:
    """Its ephemeral storage."""
    found = task(lab)["ephemeralStorage"]["sizeInGiB"]
    if variant.disk_gib <= found <= variant.disk_gib + 10:
        return passed
    return missed(expected=f"{variant.disk_gib} GiB", found=f"{found} GiB",
                  see=PAGE + "fargate-task-storage.html")  # fmt: skip


@check("What it writes arrives in the log group /archive", points=2, needs="runs")
def logs(lab: Lab) -> Verdict:
    """The word unpacking is in one of its streams."""
    task(lab)
    found = lab.client("logs").filter_log_events(logGroupName="/archive")["events"]
    if any("unpacking" in each["message"] for each in found):
        return passed
    return missed(expected="unpacking, in /archive", found=f"{len(found)} events there",
                  see=PAGE + "using_awslogs.html")  # fmt: skip


@check("A stopping task has all the time that Fargate gives", points=2, needs="runs")
def time_to_stop(lab: Lab) -> Verdict:
    """The check stops it, and looks after 115 and after 150 seconds."""
    ecs, arn = lab.client("ecs"), task(lab)["taskArn"]
    ecs.stop_task(cluster=variant.cluster, task=arn)
    states = []
    for seconds in (115, 35):
        lab.wait(seconds)
        (now,) = ecs.describe_tasks(cluster=variant.cluster, tasks=[arn])["tasks"]
        states.append("exitCode" in now["containers"][0])
    if states == [False, True]:
        return passed
    return missed(expected="two minutes between SIGTERM and SIGKILL",
                  found="SIGKILL within 115 seconds" if states[0] else "no SIGKILL",
                  why="30 seconds unless stopTimeout says otherwise.")  # fmt: skip
