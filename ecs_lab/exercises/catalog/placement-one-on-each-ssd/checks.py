"""Checks of placement-one-on-each-ssd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, instances, running_tasks, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300
SETTINGS = f"""#!/bin/bash
echo ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config
echo 'ECS_INSTANCE_ATTRIBUTES={{"disk": "{variant.disk}"}}' >> /etc/ecs/ecs.config
"""


def fast(lab: Lab) -> list[Shape]:
    """The instances with the attribute disk, as the task has it."""
    return [
        each
        for each in instances(lab, variant.cluster)
        if any((a["name"], a.get("value")) == ("disk", variant.disk) for a in each["attributes"])
    ]


def hosts(lab: Lab) -> list[str]:
    """The instances on which tasks of cache run, once for each task."""
    return [task["containerInstanceArn"] for task in running_tasks(lab, variant.cluster, "cache")]


@check("The service cache has two tasks, on the two instances with a fast disk", points=2)
def on_ssd(lab: Lab) -> Verdict:
    """Two of at least three instances have the attribute, and one task each."""
    lab.wait(FIVE_MINUTES_S)
    verdict = service_runs(lab, variant.cluster, "cache", 2, "EC2")
    if verdict is not passed:
        return verdict
    marked, have = fast(lab), len(instances(lab, variant.cluster))
    on = [each["containerInstanceArn"] in hosts(lab) for each in marked]
    if on == [True, True] and have > 2:
        return passed
    return missed(
        expected=f"2 of 3 instances with disk = {variant.disk}, each with 1 task",
        found=f"{len(marked)} of {have} instances with it, {sum(on)} of them with a task",
        why="Without a constraint any instance with room will do.",
    )


@check("A fast instance is lost: one task runs, on the other", points=2, needs="on_ssd")
def one_lost(lab: Lab) -> Verdict:
    """The check terminates one of the two instances, and waits."""
    lost, left = fast(lab)
    lab.client("ec2").terminate_instances(InstanceIds=[lost["ec2InstanceId"]])
    lab.wait(FIVE_MINUTES_S)
    if hosts(lab) == [left["containerInstanceArn"]]:
        return passed
    beside = sum(arn == left["containerInstanceArn"] for arn in hosts(lab))
    return missed(
        expected="1 task, on the instance with a fast disk that is left",
        found=f"{len(hosts(lab))} tasks, {beside} of them on that instance",
        why="Ask of each rule: does it bind, or does it give way?",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html",
    )


@check("A fast instance joins: it gets the second task", points=2, needs="one_lost")
def one_joins(lab: Lab) -> Verdict:
    """The check terminates one of the two, and launches one whose agent brings the attribute."""
    lost, _ = fast(lab)
    lab.client("ec2").terminate_instances(InstanceIds=[lost["ec2InstanceId"]])
    lab.wait(FIVE_MINUTES_S)
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.private_subnets[2],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=SETTINGS,
    )
    lab.wait(2 * FIVE_MINUTES_S)
    marked = {each["containerInstanceArn"] for each in fast(lab)}
    if len(hosts(lab)) == 2 and set(hosts(lab)) == marked:
        return passed
    return missed(
        expected="2 tasks on the 2 instances with a fast disk",
        found=f"{len(hosts(lab))} tasks on {len(set(hosts(lab)) & marked)} of {len(marked)} such",
        why="Constraints that name instances one by one do not know of new ones.",
    )
