"""Checks of volumes-no-bucket-mount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import capstone, clinic, shared_files
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

ROLES = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"


@check("The service web runs two tasks on Fargate, in two zones", points=2)
def runs(lab: Lab) -> Verdict:
    """After a quarter of an hour."""
    lab.wait(clinic.ROLLOUT_S)
    verdict = service_runs(lab, variant.cluster, "web", 2, "FARGATE")
    if verdict is not passed:
        return verdict
    found = {task["availabilityZone"] for task in running_tasks(lab, variant.cluster, "web")}
    if found == set(lab.network.zones[:2]):
        return passed
    return missed(expected=f"tasks in {', '.join(lab.network.zones[:2])}", found=sorted(found))


@check("Visitors see the menu as it is in the bucket", points=2, needs="runs")
def menu(lab: Lab) -> Verdict:
    """The check changes the object, and asks through the load balancer."""
    lab.wait(clinic.ROLLOUT_S)
    lab.client("s3").put_object(Bucket=variant.bucket, Key="menu.txt", Body=b"cocoa 4")
    return capstone.answers(
        lab, "web", "/menu", "cocoa 4", "Which bucket, with which role? The message says more."
    )


@check("A note that one task takes is shown by all", points=2, needs="runs")
def shared(lab: Lab) -> Verdict:
    """The check leaves a note, and asks again."""
    lab.wait(clinic.ROLLOUT_S)
    return shared_files.shared(lab)


@check("Notes outlive the tasks", needs="runs")
def kept(lab: Lab) -> Verdict:
    """The check replaces all tasks."""
    lab.wait(clinic.ROLLOUT_S)
    return shared_files.kept(lab, variant.cluster)


@check("The task role reads this bucket, and does no more in Amazon S3", points=2, needs="menu")
def least(lab: Lab) -> Verdict:
    """The check tries to write, and to read another bucket, as the task role."""
    lab.client("s3").put_object(Bucket="payroll", Key="menu.txt", Body=b"wages")
    role = shared_files.definition(lab, variant.cluster)["taskRoleArn"].rpartition("/")[2]
    write = {"Bucket": variant.bucket, "Key": "menu.txt", "Body": b"free"}
    other = {"Bucket": "payroll", "Key": "menu.txt"}
    found = capstone.may(lab, role, ("s3", "put_object", write), ("s3", "get_object", other))
    if not found:
        return passed
    return missed(
        expected="the role may read objects of this bucket only",
        found=f"it may also: {', '.join(found)}",
        why="A statement names its actions, and the ARN of the bucket's objects.",
        see=ROLES,
    )
