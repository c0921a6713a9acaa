"""Files that tasks share: what the exercises on volumes give, and what their checks try.

The service is called `web`, is behind the load balancer `web` in two zones, and runs an application
that keeps notes in /data: `/notes` (GET and POST), `/menu` (from a bucket).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.exercises import capstone, capstone_app, clinic
from ecs_lab.exercises.checks import Verdict, missed, passed
from ecs_lab.exercises.look import Shape, service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecs_lab.lab import Lab

PORT = 80
START_S = 300
"""Longer than a task takes to start, or to give up a mount."""
MOUNTED_S = 120
"""Longer than a mount target takes to become available."""
REQUESTS = 6
CLIENT = "elasticfilesystem:Client"
EFS_IAM = "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html"
EFS_NETWORK = "https://docs.aws.amazon.com/efs/latest/ug/network-access.html"


# ------------------------------------------------------------------ what is given


def push(lab: Lab) -> str:
    """Push the application as the image notes:1; gives its URI."""
    return lab.registry.push("notes:1", capstone_app.app, port=PORT)


def file_system(lab: Lab, subnets: Sequence[str]) -> str:
    """A file system with a mount target in each of these subnets, open to the tasks; its id."""
    ec2, efs = lab.client("ec2"), lab.client("efs")
    vpc = {"VpcId": lab.network.vpc_id}
    group = ec2.create_security_group(GroupName="files", Description="files", **vpc)["GroupId"]
    tasks = [{"GroupId": lab.network.security_groups["tasks"]}]
    rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "UserIdGroupPairs": tasks}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    files = str(efs.create_file_system(CreationToken="files", Encrypted=True)["FileSystemId"])
    for subnet in subnets:
        efs.create_mount_target(FileSystemId=files, SubnetId=subnet, SecurityGroups=[group])
    lab.wait(MOUNTED_S)
    return files


def policy(lab: Lab, files: str, principal: str, **condition: Any) -> None:
    """Give a file system a policy that lets one principal do all that clients do."""
    allow = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": f"{CLIENT}*"}
    document = {"Version": "2012-10-17", "Statement": [allow | condition]}
    lab.client("efs").put_file_system_policy(FileSystemId=files, Policy=json.dumps(document))


# ------------------------------------------------------------------ looking


def definition(lab: Lab, cluster: str) -> Shape:
    """The task definition that the service web runs; {} without a service."""
    arn = (service(lab, cluster, "web") or {}).get("taskDefinition")
    if arn is None:
        return {}
    return dict(lab.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"])


def volume(lab: Lab, cluster: str) -> Shape:
    """The `efsVolumeConfiguration` of what the service web runs; {} without one."""
    volumes = definition(lab, cluster).get("volumes", [])
    found = (each.get("efsVolumeConfiguration") for each in volumes)
    return next((each for each in found if each), {})


# ------------------------------------------------------------------ trying


def shared(lab: Lab) -> Verdict:
    """Whether every task shows a note that one of them has taken."""
    taken = capstone.ask(lab, "web", "/notes", "shared by all")
    replies = [taken, *(capstone.ask(lab, "web", "/notes") for _ in range(REQUESTS))]
    told = [each if isinstance(each, str) else each.text for each in replies]
    without = [text for text in told if "shared by all" not in text]
    if not without:
        return passed
    return missed(
        expected="the note in every answer",
        found=f"it is missing in {len(without)} of {len(told)}, such as: {without[0][:160]}",
        why="Where does each task keep /data, and may it write there?",
    )


def kept(lab: Lab, cluster: str) -> Verdict:
    """Whether a note is still there when all tasks have been started anew."""
    capstone.ask(lab, "web", "/notes", "kept for good")
    verdict = clinic.redeploys(lab, cluster)
    if verdict is not passed:
        return verdict
    reply = capstone.ask(lab, "web", "/notes")
    text = reply if isinstance(reply, str) else reply.text
    if "kept for good" in text:
        return passed
    return missed(
        expected="the note, once every task is a new one",
        found=text[:160],
        why="What is on a task's own storage goes with the task.",
    )


def encrypted(lab: Lab, cluster: str) -> Verdict:
    """Whether new tasks start when the file system lets in only who comes over TLS."""
    files = volume(lab, cluster)
    if not files:
        return missed(expected="an EFS volume", found="none in the service's task definition")
    only_tls = {"Bool": {"aws:SecureTransport": "true"}}
    policy(lab, files["fileSystemId"], "*", Condition=only_tls)
    verdict = clinic.redeploys(lab, cluster)
    if verdict is passed:
        return passed
    return missed(
        expected="new tasks mount a file system that refuses connections without TLS",
        found=f"transitEncryption {files.get('transitEncryption', 'not set')}",
        why="Encryption in transit is a setting of the volume, and off unless it is set.",
    )


def others_stay_out(lab: Lab, cluster: str) -> Verdict:
    """Whether a task in the VPC's default security group cannot mount what the service mounts."""
    started = _start(lab, cluster, definition(lab, cluster)["taskDefinitionArn"], groups=[])
    if started != "RUNNING":
        return passed
    return missed(
        expected="a task in another security group does not get at the files",
        found="it has mounted the file system",
        why="Who may come in at port 2049 of the mount targets?",
        see=EFS_NETWORK,
    )


def nameless_stay_out(lab: Lab, cluster: str) -> Verdict:
    """Whether a task beside the service's, without IAM authorization, cannot mount its files."""
    bare = {"fileSystemId": volume(lab, cluster)["fileSystemId"], "transitEncryption": "ENABLED"}
    made = lab.client("ecs").register_task_definition(
        family="nameless", networkMode="awsvpc", cpu="256", memory="512",
        volumes=[{"name": "data", "efsVolumeConfiguration": bare}],
        containerDefinitions=[clinic.web()],
    )["taskDefinition"]  # fmt: skip
    groups = [lab.network.security_groups["tasks"]]
    if _start(lab, cluster, made["taskDefinitionArn"], groups=groups) != "RUNNING":
        return passed
    return missed(
        expected="a task that shows no role does not get at the files",
        found="it has mounted the file system",
        why="Without a policy of its own, a file system lets in every client that reaches it.",
        see=EFS_IAM,
    )


def _start(lab: Lab, cluster: str, task_definition: str, *, groups: Sequence[str]) -> str:
    """The status of a new task in the first zone, in these security groups (none: the default)."""
    ecs = lab.client("ecs")
    vpc: dict[str, Any] = {"subnets": list(lab.network.private_subnets[:1])}
    if groups:
        vpc["securityGroups"] = list(groups)
    started = ecs.run_task(
        cluster=cluster, taskDefinition=task_definition, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )  # fmt: skip
    lab.wait(START_S)
    arns = [task["taskArn"] for task in started["tasks"]]
    return str(ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"][0]["lastStatus"])
