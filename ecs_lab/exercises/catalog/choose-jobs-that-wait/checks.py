"""Checks of choose-jobs-that-wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

WAVE = 8
HALF_AN_HOUR_S = 1800
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"


@check("All eight jobs of a wave start, and end well", points=4)
def wave_runs(lab: Lab) -> Verdict:
    """The check makes the call of the other team, and waits for half an hour."""
    ecs, network = lab.client("ecs"), {"subnets": lab.network.private_subnets}
    answer = ecs.run_task(
        cluster=variant.cluster,
        taskDefinition="job",
        count=WAVE,
        networkConfiguration={"awsvpcConfiguration": network},
    )
    lab.wait(HALF_AN_HOUR_S)
    arns = [task["taskArn"] for task in answer["tasks"]]
    found = ecs.describe_tasks(cluster=variant.cluster, tasks=arns)["tasks"] if arns else []
    ended = [task for task in found if task["containers"][0].get("exitCode") == 0]
    if len(ended) == WAVE:
        return passed
    reasons = [each["reason"] for each in answer["failures"]]
    reasons += [
        task["stoppedReason"] for task in found if task not in ended and "stoppedAt" in task
    ]
    return missed(
        expected=f"{WAVE} jobs with exit code 0",
        found=f"{len(ended)} of them",
        why=f"{reasons[0]}." if reasons else "They have not ended after half an hour.",
        see=PAGE,
    )


@check("Between the waves no instance runs", points=2, needs="wave_runs")
def nothing_in_between(lab: Lab) -> Verdict:
    """An hour after the last job."""
    lab.wait(2 * HALF_AN_HOUR_S)
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    found = lab.client("ec2").describe_instances(Filters=running)["Reservations"]
    if not found:
        return passed
    return missed(
        expected="no EC2 instance that runs",
        found=f"{len(found)} that run",
        why="An instance has its price whether a job runs on it or not.",
        see="https://docs.aws.amazon.com/batch/latest/userguide/what-is-batch.html",
    )
