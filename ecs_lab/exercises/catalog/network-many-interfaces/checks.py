"""Checks of network-many-interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html"


@check(f"The service web keeps its {variant.count} tasks running", points=3)
def all_run(lab: Lab) -> Verdict:
    """So many tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster, variant.count)


@check("All are on one instance, and no other is registered", points=2, needs="all_run")
def one_instance(lab: Lab) -> Verdict:
    """The hosts of the tasks are counted, and the instances of the cluster."""
    tasks = running_tasks(lab, variant.cluster, "web")
    hosts = {task.get("containerInstanceArn", "Fargate") for task in tasks}
    ecs = lab.client("ecs")
    registered = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
    if len(hosts) == 1 and hosts == set(registered):
        return passed
    return missed(
        expected="one container instance, with all tasks on it",
        found=f"tasks on {len(hosts)}, {len(registered)} registered",
        why="More instances bring more interfaces as well, and more machines to pay.",
        see=GUIDE,
    )


@check("Each task has an interface of its own in the security group tasks", needs="all_run")
def own_interfaces(lab: Lab) -> Verdict:
    """EC2 is asked for the interfaces that the tasks name."""
    tasks = running_tasks(lab, variant.cluster, "web")
    named = [
        detail["value"]
        for task in tasks
        for attachment in task["attachments"]
        for detail in attachment["details"]
        if detail["name"] == "networkInterfaceId"
    ]
    found = lab.client("ec2").describe_network_interfaces(NetworkInterfaceIds=named)
    wanted = lab.network.security_groups["tasks"]
    right = [
        each
        for each in found["NetworkInterfaces"]
        if wanted in [group["GroupId"] for group in each["Groups"]]
    ]
    if len(set(named)) == len(right) == len(tasks):
        return passed
    return missed(
        expected=f"{len(tasks)} interfaces in the group tasks",
        found=f"{len(set(named))} interfaces, {len(right)} of them in the group",
        why="Only in awsvpc mode a task has an interface with security groups.",
        see=GUIDE,
    )
