"""Short ways to start one task in a lab and to see what became of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecs_lab import Lab

ACCOUNT = "123456789012"
REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
ECR = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


def role(
    lab: Lab,
    name: str,
    allows: Sequence[str] = (),
    *,
    resource: str | Sequence[str] = "*",
    service: str = "ecs-tasks.amazonaws.com",
    condition: dict[str, Any] | None = None,
) -> str:
    """Make a role with one inline policy; gives its ARN."""
    iam = lab.client("iam")
    trust: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if condition:
        trust["Condition"] = condition
    made = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    allow(lab, name, allows, resource)
    return str(made["Role"]["Arn"])


def allow(lab: Lab, name: str, actions: Sequence[str], resource: str | Sequence[str] = "*") -> None:
    """Let a role do these actions and nothing else that this policy allowed before."""
    iam = lab.client("iam")
    if not actions:
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        return
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))


def push(lab: Lab, name: str, tag: str = "1") -> str:
    """Push an image to the lab's ECR, with its repository; gives the image's name."""
    ecr = lab.client("ecr")
    ecr.create_repository(repositoryName=name)
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": kind,
        "config": {"digest": f"sha256:{'c' * 64}"},
        "layers": [],
    }
    ecr.put_image(repositoryName=name, imageManifest=json.dumps(manifest), imageTag=tag)
    return f"{REGISTRY}/{name}:{tag}"


def instance(
    lab: Lab, profile: str = "ecsInstanceRole", *, public: bool = True, settings: str = ""
) -> str:
    """Launch a container instance of cluster shop and wait until it is registered; gives its
    EC2 id.
    """
    lines = ["#!/bin/bash", "echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config"]
    lines += [f"echo '{each}' >> /etc/ecs/ecs.config" for each in settings.split()]
    subnets = lab.network.public_subnets if public else lab.network.private_subnets
    made = lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnets[0],
        IamInstanceProfile={"Name": profile},
        UserData="\n".join(lines),
    )
    lab.wait(90)
    return str(made["Instances"][0]["InstanceId"])


def register(lab: Lab, container: dict[str, Any], *, fargate: bool, **task: Any) -> None:
    """Register the task definition `job` with one container."""
    whole = {"name": "job", "image": "nginx", **container}
    if fargate:
        size = {"networkMode": "awsvpc", "cpu": "256", "memory": "512"}
        task = {"requiresCompatibilities": ["FARGATE"], **size, **task}
    else:
        whole.setdefault("memory", 128)
    lab.client("ecs").register_task_definition(family="job", containerDefinitions=[whole], **task)


def launch(
    lab: Lab, *, fargate: bool, public_ip: bool = True, subnets: Sequence[str] = (), **run: Any
) -> str:
    """Run one task of `job` in cluster shop; gives its ARN."""
    if fargate:
        vpc = {
            "subnets": list(subnets or lab.network.public_subnets),
            "assignPublicIp": "ENABLED" if public_ip else "DISABLED",
        }
        run["networkConfiguration"] = {"awsvpcConfiguration": vpc}
    answer = lab.client("ecs").run_task(
        cluster="shop",
        taskDefinition="job",
        launchType="FARGATE" if fargate else "EC2",
        **run,
    )
    assert answer["failures"] == []
    return str(answer["tasks"][0]["taskArn"])


def described(lab: Lab, arn: str) -> dict[str, Any]:
    """The task now."""
    with lab.quiet():
        found = lab.client("ecs").describe_tasks(cluster="shop", tasks=[arn])
    task: dict[str, Any] = found["tasks"][0]
    return task


def became(lab: Lab, arn: str, after_s: float = 240.0) -> tuple[str, str, str]:
    """What became of a task: (lastStatus, stopCode, stoppedReason or the container's reason)."""
    lab.wait(after_s)
    task = described(lab, arn)
    reason = str(task.get("stoppedReason", ""))
    if reason == "Task failed to start":
        reason = next(each["reason"] for each in task["containers"] if "reason" in each)
    return str(task["lastStatus"]), str(task.get("stopCode", "")), reason
