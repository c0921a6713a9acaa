"""Checks of clinic-efs-security-group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


@check("The service web keeps its two tasks running", points=3)
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.cluster)


@check("All its tasks can be started anew", points=2, needs="runs")
def redeploys(lab: Lab) -> Verdict:
    """The check forces a new deployment and waits for its tasks."""
    return clinic.redeploys(lab, variant.cluster)


@check("The file system is open to the tasks, not to everyone", needs="runs")
def closed(lab: Lab) -> Verdict:
    """No rule of the mount targets' groups for the whole internet."""
    efs, ec2 = lab.client("efs"), lab.client("ec2")
    (files,) = efs.describe_file_systems()["FileSystems"]
    targets = efs.describe_mount_targets(FileSystemId=files["FileSystemId"])["MountTargets"]
    groups = {
        group
        for target in targets
        for group in efs.describe_mount_target_security_groups(
            MountTargetId=target["MountTargetId"]
        )["SecurityGroups"]
    }
    found = ec2.describe_security_groups(GroupIds=sorted(groups))["SecurityGroups"]
    rules = [rule for group in found for rule in group["IpPermissions"]]
    wide = [range_["CidrIp"] for rule in rules for range_ in rule.get("IpRanges", [])]
    if "0.0.0.0/0" not in wide:
        return passed
    return missed(expected="rules for the group of the tasks", found=wide)
