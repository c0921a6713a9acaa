"""Checks of scaling-backlog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
MINUTES = 30
ENOUGH = 5


def tasks_for(lab: Lab, messages: float) -> int:
    """How many tasks run after half an hour in which so many messages lie in the queue."""
    cloudwatch, running = lab.client("cloudwatch"), 1
    for _ in range(MINUTES):
        running = len(running_tasks(lab, variant.cluster, "web"))
        data = [{"MetricName": "BacklogPerTask", "Value": messages / max(1, running)}]
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
        lab.wait(60)
    return running


@check("Five times a task's backlog brings five tasks", points=4)
def follows(lab: Lab) -> Verdict:
    """The queue holds what five tasks can work off in time."""
    each = variant.work.wait / variant.work.each
    found = tasks_for(lab, ENOUGH * each)
    if found in (ENOUGH, ENOUGH + 1):  # a value that is a minute old may bring one too many
        return passed
    return missed(
        expected=f"{ENOUGH} tasks for {ENOUGH * each:g} messages",
        found=f"{found} tasks after half an hour",
        why="A task may have as many messages before it as it can work off while one may wait.",
        see=PAGE + "capacity-autoscaling-best-practice.html",
    )


@check("The task that works on is not ended before three hours", points=3)
def protected(lab: Lab) -> Verdict:
    """No task is wanted, for a little less than three hours."""
    ecs, scaling = lab.client("ecs"), lab.client("application-autoscaling")
    for target in scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]:
        scaling.deregister_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=target["ResourceId"],
            ScalableDimension=target["ScalableDimension"],
        )
    ecs.update_service(cluster=variant.cluster, service="web", desiredCount=0)
    lab.wait(10_500)
    found = len(running_tasks(lab, variant.cluster, "web"))
    if found:
        return passed
    return missed(
        expected="the task runs for 175 minutes more, though none is wanted",
        found="no task runs",
        why="A protection that names no time of its own lasts for two hours.",
        see=PAGE + "task-scale-in-protection.html",
    )
