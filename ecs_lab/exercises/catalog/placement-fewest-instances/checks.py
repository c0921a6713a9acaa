"""Checks of placement-fewest-instances."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import instances, running_tasks, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300


def tasks_per_instance(lab: Lab) -> list[int]:
    """How many tasks of batch each instance has that has any, the most first."""
    hosts = Counter(
        task["containerInstanceArn"] for task in running_tasks(lab, variant.cluster, "batch")
    )
    return sorted(hosts.values(), reverse=True)


@check("The service batch has six tasks on two instances, and one is empty", points=3)
def packed(lab: Lab) -> Verdict:
    """Three tasks on each of two of at least three instances."""
    lab.wait(FIVE_MINUTES_S)
    verdict = service_runs(lab, variant.cluster, "batch", 6, "EC2")
    if verdict is not passed:
        return verdict
    counts, have = tasks_per_instance(lab), len(instances(lab, variant.cluster))
    if counts == [3, 3] and have > 2:
        return passed
    return missed(
        expected="3 tasks on each of 2 instances, and an empty third",
        found=f"tasks on the instances: {counts}, of {have} instances",
        why="A service that says nothing is spread over the zones.",
    )


@check("With nine tasks and four instances, one is still empty", points=2, needs="packed")
def grows(lab: Lab) -> Verdict:
    """The check launches one more instance, asks for nine tasks, and waits."""
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.private_subnets[2],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
    )
    lab.wait(FIVE_MINUTES_S)
    lab.client("ecs").update_service(cluster=variant.cluster, service="batch", desiredCount=9)
    lab.wait(FIVE_MINUTES_S)
    counts = tasks_per_instance(lab)
    if counts == [3, 3, 3]:
        return passed
    return missed(
        expected="3 tasks on each of 3 instances",
        found=f"tasks on the instances: {counts}",
        why="A strategy ranks instances with room; a constraint rules instances out.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html",
    )
