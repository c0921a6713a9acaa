"""Checks of volumes-disk-each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import (
    Shape,
    open_for_commands,
    running_tasks,
    service,
    service_runs,
)
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

START_S = 300
DEPLOY_S = 900
"""Longer than a rolling deployment of two tasks takes."""
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"


def disks(lab: Lab) -> list[Shape]:
    """The EBS volumes of the service's running tasks, as EC2 describes them."""
    ids = {
        detail["value"]
        for task in running_tasks(lab, variant.cluster, "search")
        for attachment in task["attachments"]
        for detail in attachment["details"]
        if detail["name"] == "volumeId"
    }
    found = lab.client("ec2").describe_volumes(VolumeIds=sorted(ids)) if ids else {}
    return list(found.get("Volumes", []))


@check("The service search runs two tasks on Fargate, each with an EBS volume", points=3)
def one_each(lab: Lab) -> Verdict:
    """Two tasks, and two different volumes that are attached to them."""
    lab.wait(START_S)
    verdict = service_runs(lab, variant.cluster, "search", 2, "FARGATE")
    if verdict is not passed:
        return verdict
    found = [each["VolumeId"] for each in disks(lab)]
    if len(found) == len(running_tasks(lab, variant.cluster, "search")):
        return passed
    return missed(
        expected="as many EBS volumes as tasks",
        found=found or "no task has one",
        why="The task definition leaves a volume open, and the service says what it is.",
        see=GUIDE + "ebs-volumes.html",
    )


@check(f"The volumes have {variant.size} GiB and the type gp3", needs="one_each")
def as_ordered(lab: Lab) -> Verdict:
    """As EC2 describes them."""
    lab.wait(START_S)
    found = sorted({(each["Size"], each["VolumeType"]) for each in disks(lab)})
    if found == [(variant.size, "gp3")]:
        return passed
    return missed(expected=f"{variant.size} GiB, gp3", found=found)


@check("The volumes are encrypted", needs="one_each")
def encrypted(lab: Lab) -> Verdict:
    """As EC2 describes them."""
    lab.wait(START_S)
    plain = [each["VolumeId"] for each in disks(lab) if not each["Encrypted"]]
    if not plain:
        return passed
    return missed(expected="encrypted volumes", found=f"not encrypted: {', '.join(plain)}")


@check(f"Each container finds catalogue.csv in {variant.path}", points=3, needs="one_each")
def catalogue(lab: Lab) -> Verdict:
    """The check deploys the same again with ECS Exec, and looks inside."""
    open_for_commands(lab, variant.cluster, "search")
    lab.wait(DEPLOY_S)
    for task in running_tasks(lab, variant.cluster, "search"):
        said = lab.exec(task["taskArn"], f"cat {variant.path}/catalogue.csv").strip()
        if said != "tea,3":
            return missed(
                expected="the catalogue of the snapshot",
                found=said or "an empty file",
                why="What is on a new volume, and where does the container see it?",
                see=GUIDE + "configure-ebs-volume.html",
            )
    return passed


@check("The infrastructure role launches and terminates no instances", needs="one_each")
def no_more(lab: Lab) -> Verdict:
    """The check asks IAM's simulator about the role of the service's volume."""
    found = service(lab, variant.cluster, "search") or {}
    (volume,) = found["deployments"][0]["volumeConfigurations"]
    asked = lab.client("iam").simulate_principal_policy(
        PolicySourceArn=volume["managedEBSVolume"]["roleArn"],
        ActionNames=["ec2:RunInstances", "ec2:TerminateInstances"],
    )["EvaluationResults"]
    may = [each["EvalActionName"] for each in asked if each["EvalDecision"] == "allowed"]
    if not may:
        return passed
    return missed(
        expected="a role for volumes only",
        found=f"it may do {', '.join(may)}",
        why="AWS has a managed policy for just this.",
        see=GUIDE + "infrastructure_IAM_role.html",
    )
