"""Checks of ec2-spot-notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import instances, running_tasks, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

BOOT_S = 300
LOOK_S = 15
LOOKS = 16
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"


def fewest(lab: Lab) -> int:
    """The fewest tasks of the service web that run in the next four minutes."""
    counts = []
    for _ in range(LOOKS):
        lab.wait(LOOK_S)
        counts.append(len(running_tasks(lab, variant.cluster, "web")))
    return min(counts)


@check("Two Spot Instances are registered")
def two_spot(lab: Lab) -> Verdict:
    """Two container instances, and EC2 calls them spot."""
    lab.wait(BOOT_S)
    ids = [each["ec2InstanceId"] for each in instances(lab, variant.cluster)]
    found = lab.client("ec2").describe_instances(InstanceIds=ids)["Reservations"] if ids else []
    kinds = [m.get("InstanceLifecycle", "on-demand") for r in found for m in r["Instances"]]
    if kinds == ["spot", "spot"]:
        return passed
    return missed(expected="two instances of the kind spot", found=kinds)


@check("The service web runs its tasks on them", needs="two_spot")
def runs(lab: Lab) -> Verdict:
    """As many as asked for."""
    lab.wait(BOOT_S)
    return service_runs(lab, variant.cluster, "web", variant.count, "EC2")


@check("EC2 takes an instance back, and no task is missing at any time", points=3, needs="runs")
def notice(lab: Lab) -> Verdict:
    """The check lets EC2 send the notice, and counts tasks for four minutes."""
    lab.wait(BOOT_S)
    first, *_ = instances(lab, variant.cluster)
    lab.interrupt_spot_instance(first["ec2InstanceId"])
    found = fewest(lab)
    if found >= variant.count:
        return passed
    return missed(
        expected=f"{variant.count} tasks all the time",
        found=f"{found} at the fewest",
        why="There are two minutes between notice and end. Who tells ECS about the notice?",
        see=PAGE + "spot-instance-draining-linux-container.html",
    )


@check("An operator drains an instance, and no task is missing", points=2, needs="runs")
def drained(lab: Lab) -> Verdict:
    """The check sets the first instance to DRAINING."""
    lab.wait(BOOT_S)
    first, *_ = instances(lab, variant.cluster)
    lab.client("ecs").update_container_instances_state(
        cluster=variant.cluster,
        containerInstances=[first["containerInstanceArn"]],
        status="DRAINING",
    )
    found, tasks = fewest(lab), running_tasks(lab, variant.cluster, "web")
    left = [t for t in tasks if t["containerInstanceArn"] == first["containerInstanceArn"]]
    if found >= variant.count and not left:
        return passed
    return missed(
        expected=f"{variant.count} tasks all the time, and none left on the instance",
        found=f"{found} at the fewest, {len(left)} left there",
        why="Draining keeps to the minimum and maximum percent of the service, and needs room.",
        see=PAGE + "container-instance-draining.html",
    )
