"""Checks of blocks-agent-everywhere."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import instances, last_event, running_tasks, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300


def agents(lab: Lab) -> list[int]:
    """How many tasks of the service agent run on each instance, sorted."""
    hosts = Counter(
        task["containerInstanceArn"] for task in running_tasks(lab, variant.cluster, "agent")
    )
    return sorted(hosts[each["containerInstanceArn"]] for each in instances(lab, variant.cluster))


@check("The service agent runs one task on each of the instances", points=2)
def one_each(lab: Lab) -> Verdict:
    """There are at least two instances, and each has one task."""
    lab.wait(FIVE_MINUTES_S)
    found = service(lab, variant.cluster, "agent")
    if found is None:
        return missed(
            expected=f"an ACTIVE service agent in {variant.cluster}",
            found="no such service",
            why="RunTask starts tasks once, and nothing brings them back.",
        )
    counts = agents(lab)
    if len(counts) >= 2 and set(counts) == {1}:
        return passed
    return missed(
        expected="at least 2 instances, with 1 task on each",
        found=f"tasks on the instances: {counts}; the service says: {last_event(found)}",
        why="ECS decides where tasks go, unless the service says more than a number.",
    )


@check("An instance joins: it has its agent within five minutes", points=3, needs="one_each")
def follows(lab: Lab) -> Verdict:
    """The check launches one more instance, and waits."""
    before = len(instances(lab, variant.cluster))
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.private_subnets[2],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
    )
    lab.wait(2 * FIVE_MINUTES_S)
    counts = agents(lab)
    if counts == [1] * (before + 1):
        return passed
    return missed(
        expected=f"1 task on each of {before + 1} instances",
        found=f"tasks on the instances: {counts}",
        why="A desired count stays the same when instances come and go.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
    )


@check("An agent stops: another one takes its place", needs="one_each")
def comes_back(lab: Lab) -> Verdict:
    """The check stops one of the tasks, and waits."""
    lab.wait(FIVE_MINUTES_S)
    task, *_ = running_tasks(lab, variant.cluster, "agent")
    lab.client("ecs").stop_task(cluster=variant.cluster, task=task["taskArn"])
    lab.wait(FIVE_MINUTES_S)
    counts = agents(lab)
    if set(counts) == {1}:
        return passed
    return missed(expected="1 task on each instance again", found=f"tasks: {counts}")
