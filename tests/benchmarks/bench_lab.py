"""How long the lab takes, beside bare moto in the same run.

    python tests/benchmarks/bench_lab.py

Prints a table in Markdown: what, median, and the peer's median where there is one. Nothing here
asserts a time, because machines are noisy; the README carries one machine's figures.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

REPEATS = 5
CALLS = 200
IMPORT = "import time; t = time.perf_counter(); import ecs_lab; print(time.perf_counter() - t)"
FIRST_LAB = """
import time
start = time.perf_counter()
import moto.core.models, moto.ec2.models, moto.iam.models, moto.ssm.models, moto.ecr.models
moto_ready = time.perf_counter()
from ecs_lab import Lab
Lab()
print(time.perf_counter() - moto_ready)
"""
TASK_DEFINITION: dict[str, Any] = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    "containerDefinitions": [
        {
            "name": "web",
            "image": "nginx",
            "portMappings": [{"containerPort": 80}],
            "essential": True,
        }
    ],
}
Row = tuple[str, float, float | None]


def in_fresh_process(code: str) -> float:
    """The seconds that `code` prints, the median of some runs."""
    runs = []
    for _ in range(REPEATS):
        env = {**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
        )
        runs.append(float(ran.stdout))
    return statistics.median(runs)


def seconds(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median time of an action."""
    runs = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        runs.append(time.perf_counter() - start)
    return statistics.median(runs)


class Worker:
    """A process that makes API calls on one side and tells how long each took."""

    def __init__(self, side: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, side],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def time(self, name: str) -> float:
        """Seconds of one call of `REQUESTS[name]`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def work(side: str) -> None:
    """What a worker does: fill the account, then make the calls it is told to on standard input."""
    ecs, ec2 = clients(side)
    fill(ecs, ec2)
    for line in sys.stdin:
        name = line.strip()
        call = getattr(ecs, name)
        start = time.perf_counter()
        call(**REQUESTS[name])
        print(time.perf_counter() - start, flush=True)


def clients(side: str) -> tuple[Any, Any]:
    """boto3 clients for ECS and EC2 of the lab, or of bare moto."""
    if side == "lab":
        from ecs_lab import Lab

        lab = Lab()
        return lab.client("ecs"), lab.client("ec2")
    import boto3
    from moto import mock_aws

    mock_aws().start()
    return boto3.client("ecs", "us-east-1"), boto3.client("ec2", "us-east-1")


def service_of_three() -> float:
    """From create_service to services_stable, three Fargate tasks."""
    from ecs_lab import Lab

    runs = []
    for _ in range(REPEATS):
        with Lab() as lab:
            ecs = lab.client("ecs")
            ecs.create_cluster(clusterName="shop")
            ecs.register_task_definition(**TASK_DEFINITION)
            vpc = {"subnets": list(lab.network.private_subnets)}
            waiter = ecs.get_waiter("services_stable")
            start = time.perf_counter()
            ecs.create_service(
                cluster="shop",
                serviceName="web",
                taskDefinition="web",
                desiredCount=3,
                launchType="FARGATE",
                networkConfiguration={"awsvpcConfiguration": vpc},
            )
            waiter.wait(cluster="shop", services=["web"])
            runs.append(time.perf_counter() - start)
    return statistics.median(runs)


def calls_beside_moto() -> list[Row]:
    """The same API calls on the lab and on bare moto, in turn, so that both meet the same noise."""
    lab, moto = Worker("lab"), Worker("moto")
    rows: list[Row] = []
    for name in REQUESTS:
        pairs = [(lab.time(name), moto.time(name)) for _ in range(CALLS)]
        mine, peer = (statistics.median(times) for times in zip(*pairs, strict=True))
        rows.append((f"`{name}`", mine, peer))
    lab.close()
    moto.close()
    return rows


REQUESTS: dict[str, dict[str, Any]] = {
    "list_clusters": {},
    "describe_clusters": {"clusters": ["shop"]},
    "describe_task_definition": {"taskDefinition": "web"},
    "register_task_definition": TASK_DEFINITION,
    "list_task_definitions": {"familyPrefix": "web", "maxResults": 100},
    "create_cluster": {"clusterName": "shop"},
    "describe_services": {"cluster": "shop", "services": ["web"]},
    "list_services": {"cluster": "shop"},
    "list_tasks": {"cluster": "shop"},
}


def fill(ecs: Any, ec2: Any) -> None:
    """A cluster, a task definition and a service without tasks: what both sides can hold."""
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    vpc = {"subnets": [subnet], "securityGroups": [group]}
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(**TASK_DEFINITION)
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )


def main() -> None:
    """Measure everything and print the table."""
    from ecs_lab import Lab

    rows: list[Row] = [
        ("`import ecs_lab`", in_fresh_process(IMPORT), None),
        ("first lab of a process, beyond importing moto", in_fresh_process(FIRST_LAB), None),
    ]
    Lab().close()
    rows.append(("a further lab", seconds(lambda: Lab().close()), None))
    rows.append(("Fargate service of 3, create to stable", service_of_three(), None))
    rows += calls_beside_moto()
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()};",
        end=" ",
    )
    print(", ".join(f"{name} {version(name)}" for name in ("moto", "boto3")))
    print("\n| what | ecs_lab | bare moto | ratio |\n|---|---|---|---|")
    for what, mine, peer in rows:
        beside = f"{peer * 1000:.2f} ms | {mine / peer:.2f}" if peer else "|"
        print(f"| {what} | {mine * 1000:.2f} ms | {beside} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        work(sys.argv[1])
    else:
        main()
