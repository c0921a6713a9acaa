"""Checks of placement-no-place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import instances, last_event, running_tasks, service, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300


def types(lab: Lab) -> list[str]:
    """The instance types on which tasks of web run, once for each instance."""
    hosts = {task["containerInstanceArn"] for task in running_tasks(lab, variant.cluster, "web")}
    return sorted(
        str(attribute["value"])
        for each in instances(lab, variant.cluster)
        if each["containerInstanceArn"] in hosts
        for attribute in each["attributes"]
        if attribute["name"] == "ecs.instance-type"
    )


@check("The service web has three tasks, each on a t3 instance of its own", points=3)
def three_apart(lab: Lab) -> Verdict:
    """Three tasks are RUNNING on three instances of the family."""
    lab.wait(FIVE_MINUTES_S)
    verdict = service_runs(lab, variant.cluster, "web", 3, "EC2")
    if verdict is not passed:
        return verdict
    found = types(lab)
    if len(found) == 3 and all(each.startswith("t3.") for each in found):
        return passed
    return missed(
        expected="3 tasks on 3 instances of the family t3",
        found=f"3 tasks on instances of the types {found}",
        why="The owner's two rules say where the tasks may run.",
    )


@check("Both rules hold: a fourth task finds no place", points=3, needs="three_apart")
def rules_hold(lab: Lab) -> Verdict:
    """The check drains what is empty, adds an m5.large, and asks for one task more."""
    ecs = lab.client("ecs")
    empty = [each for each in instances(lab, variant.cluster) if each["runningTasksCount"] == 0]
    if empty:
        ecs.update_container_instances_state(
            cluster=variant.cluster,
            containerInstances=[each["containerInstanceArn"] for each in empty],
            status="DRAINING",
        )
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="m5.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.private_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\necho ECS_CLUSTER={variant.cluster} >> /etc/ecs/ecs.config\n",
    )
    lab.wait(FIVE_MINUTES_S)
    ecs.update_service(cluster=variant.cluster, service="web", desiredCount=4)
    lab.wait(FIVE_MINUTES_S)
    running = len(running_tasks(lab, variant.cluster, "web"))
    if running == 3:
        return passed
    web = service(lab, variant.cluster, "web") or {}
    return missed(
        expected="3 tasks: no t3 instance is left for a fourth",
        found=f"{running} tasks on instances of the types {types(lab)}; {last_event(web)}",
        why="A rule that is taken away does not hold for the next task.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html",
    )
