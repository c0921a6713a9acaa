"""What containers do in a lab: their health checks, and how they take a stop signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.aws.agent_config import agent_config

if TYPE_CHECKING:
    from ecs_lab import Lab


def run(lab: Lab, **container: Any) -> str:
    """Run one Fargate task of this container; gives its ARN."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="job",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "job", **container}],
    )
    vpc = {"subnets": lab.network.public_subnets, "assignPublicIp": "ENABLED"}
    answer = ecs.run_task(
        cluster="shop",
        taskDefinition="job",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    return str(answer["tasks"][0]["taskArn"])


def described(lab: Lab, arn: str) -> dict[str, Any]:
    """The task now."""
    found: dict[str, Any] = lab.client("ecs").describe_tasks(cluster="shop", tasks=[arn])
    task: dict[str, Any] = found["tasks"][0]
    return task


@pytest.mark.parametrize(
    ("command", "health"),
    [
        ("curl -f http://localhost/ || exit 1", "HEALTHY"),
        ("curl -f http://localhost/health || exit 1", "UNHEALTHY"),
        ("curl http://localhost/health", "HEALTHY"),
        ("curl -f http://localhost:8080/ || exit 1", "UNHEALTHY"),
        ("wget -q -O- localhost && exit 1", "UNHEALTHY"),
        ("nc -z localhost 80", "HEALTHY"),
        ("false", "UNHEALTHY"),
        ("my-own-check --all", "HEALTHY"),
    ],
)
def test_health_check_asks_what_the_container_answers(lab: Lab, command: str, health: str) -> None:
    """nginx answers / on port 80, has no page /health, and nothing listens on 8080."""
    check = {"command": ["CMD-SHELL", command], "interval": 5, "retries": 1}
    arn = run(lab, image="nginx", healthCheck=check)
    lab.wait(40)
    assert described(lab, arn)["healthStatus"] == health


@pytest.mark.parametrize(
    ("container", "code", "seconds"),
    [
        ({"image": "nginx"}, 0, 2),
        ({"image": "shop/api"}, 143, 2),
        ({"image": "busybox", "command": ["sleep", "86400"]}, 137, 30),
        ({"image": "busybox", "command": ["sh", "-c", "sleep 86400"], "stopTimeout": 5}, 137, 5),
        (
            {"image": "busybox", "command": ["sh", "-c", "trap 'exit 0' TERM; sleep 86400"]},
            0,
            2,
        ),
    ],
)
def test_how_a_container_takes_sigterm_is_told_by_its_exit_code(
    lab: Lab, container: dict[str, Any], code: int, seconds: float
) -> None:
    """0 or 143 for one that heeds it, 137 after the stop timeout for one that does not."""
    arn = run(lab, **container)
    lab.wait(40)
    lab.client("ecs").stop_task(cluster="shop", task=arn)
    lab.settle()
    task = described(lab, arn)
    assert task["containers"][0]["exitCode"] == code
    deactivating_s = 1
    took = (task["executionStoppedAt"] - task["stoppingAt"]).total_seconds()
    assert took == deactivating_s + seconds


@pytest.mark.parametrize(("sleeps_s", "ended"), [(2400, True), (1000000, False)])
def test_things_settle_beside_a_program_that_sleeps_for_days(
    lab: Lab, sleeps_s: int, ended: bool
) -> None:
    """A job of 40 minutes is waited for; one that sleeps for days holds nothing up."""
    arn = run(lab, image="busybox", command=["sleep", str(sleeps_s)])
    moved_s = lab.settle()
    assert moved_s < (3600 if ended else 120)
    assert (described(lab, arn)["lastStatus"] == "STOPPED") is ended


@pytest.mark.parametrize(("value", "seconds"), [("2m", 120), ("1m30s", 90), ("", 30), ("soon", 30)])
def test_stop_timeout_is_a_duration_or_the_default(value: str, seconds: float) -> None:
    """ECS_CONTAINER_STOP_TIMEOUT, 30 s where it is not given or not understood."""
    assert agent_config({"ECS_CONTAINER_STOP_TIMEOUT": value}).stop_timeout_s == seconds


def test_agents_stop_timeout_reaches_its_containers(lab: Lab) -> None:
    """A container on an instance with ECS_CONTAINER_STOP_TIMEOUT=10s is killed after 10 s."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.public_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\n"
        "echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n"
        "echo ECS_CONTAINER_STOP_TIMEOUT=10s >> /etc/ecs/ecs.config",
    )
    lab.wait(180)
    job = {"name": "job", "image": "busybox", "memory": 64, "command": ["sleep", "86400"]}
    ecs.register_task_definition(family="job", containerDefinitions=[job])
    arn = ecs.run_task(cluster="shop", taskDefinition="job")["tasks"][0]["taskArn"]
    lab.wait(30)
    ecs.stop_task(cluster="shop", task=arn)
    lab.settle()
    task = described(lab, arn)
    took = (task["executionStoppedAt"] - task["stoppingAt"]).total_seconds()
    assert (task["containers"][0]["exitCode"], took) == (137, 11)
