"""What the capstone's checks ask of the files: where they are kept, and who gets at them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises import capstone
from ecs_lab.exercises.checks import Verdict, missed, passed
from ecs_lab.exercises.look import Shape, running_tasks

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

START_S = 300
"""Longer than a task takes to start, or to give up a mount."""
USE = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]


def volume(lab: Lab, name: str) -> Shape:
    """The `efsVolumeConfiguration` of what the service of a name runs; {} without one."""
    volumes = capstone.definition(lab, name).get("volumes", [])
    found = (each.get("efsVolumeConfiguration") for each in volumes)
    return next((each for each in found if each), {})


def at_rest(lab: Lab, name: str) -> Verdict:
    """Whether the file system is encrypted at rest."""
    of = {"FileSystemId": volume(lab, name)["fileSystemId"]}
    (found,) = lab.client("efs").describe_file_systems(**of)["FileSystems"]
    if found["Encrypted"]:
        return passed
    return missed(expected="Encrypted", found="not encrypted", why="It is said when it is made.")


def by_role(lab: Lab, name: str) -> Verdict:
    """Whether new tasks start when the file system lets nobody in but the task role.

    A mount without IAM authorization is anonymous, and IAM authorization needs encryption in
    transit. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
    """
    files, arn = volume(lab, name), capstone.definition(lab, name).get("taskRoleArn", "")
    only = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": USE}
    document = json.dumps({"Version": "2012-10-17", "Statement": [only]})
    lab.client("efs").put_file_system_policy(FileSystemId=files["fileSystemId"], Policy=document)
    before = {task["taskArn"] for task in running_tasks(lab, name, name)}
    capstone.renew(lab, name)
    new = {task["taskArn"] for task in running_tasks(lab, name, name)} - before
    if len(new) >= len(before):
        return passed
    return missed(
        expected=f"{len(before)} new tasks",
        found=f"{len(new)}, with authorizationConfig {files.get('authorizationConfig')}",
        why="A mount without IAM authorization is anonymous.",
        see=capstone.GUIDE + "efs-volumes.html",
    )


def by_access_point(lab: Lab, name: str) -> Verdict:
    """Whether the tasks go through an access point that makes them another user than root."""
    used = volume(lab, name).get("authorizationConfig", {}).get("accessPointId", "")
    points = lab.client("efs").describe_access_points()["AccessPoints"]
    found = [each for each in points if each["AccessPointId"] == used]
    if found and found[0].get("PosixUser", {}).get("Uid", 0) != 0:
        return passed
    return missed(expected="an access point with a PosixUser", found=found or "none")


def shut(lab: Lab, name: str) -> Verdict:
    """Whether a task of the same definition in the VPC's default security group cannot mount."""
    ecs = lab.client("ecs")
    vpc = {"subnets": list(lab.network.private_subnets[:1])}
    started = ecs.run_task(
        cluster=name,
        taskDefinition=capstone.definition(lab, name)["taskDefinitionArn"],
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    lab.wait(START_S)
    arns = [task["taskArn"] for task in started["tasks"]]
    (found,) = ecs.describe_tasks(cluster=name, tasks=arns)["tasks"]
    if found["lastStatus"] != "RUNNING":
        return passed
    return missed(
        expected="a task in another security group does not get at the files",
        found="it has mounted the file system",
        why="Who may come in at port 2049 of the mount targets?",
    )
