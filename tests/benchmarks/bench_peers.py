"""Calls on 100 tasks and a service of 100, beside bare moto and MiniStack in the same run.

    python tests/benchmarks/bench_peers.py [path of the command `ministack`]

MiniStack (PyPI: ministack) is no dependency: install it in an environment of its own. It is a
server, so its calls go over loopback; the lab's and moto's stay in their process.
"""

from __future__ import annotations

import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from typing import Any

PATIENCE_S = 20.0
TASK_DEFINITION: dict[str, Any] = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [{"name": "web", "image": "nginx", "memory": 512}],  # moto wants it
}
WHAT = {
    "describe 100 tasks": 60,
    "list 100 tasks": 60,
    "run 10 tasks": 60,
    "service of 100, until all run": 1,
}
"""What is measured, and how many times."""


def clients(side: str) -> tuple[Any, Any]:
    """boto3 clients for ECS and EC2 of one side: `lab`, `moto` or MiniStack's address."""
    if side == "lab":
        from ecs_lab import Lab

        lab = Lab()
        return lab.client("ecs"), lab.client("ec2")
    import boto3

    if side == "moto":
        from moto import mock_aws

        mock_aws().start()
        return boto3.client("ecs", "us-east-1"), boto3.client("ec2", "us-east-1")
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    at: dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": side, **keys}
    return boto3.client("ecs", **at), boto3.client("ec2", **at)


class Side:
    """One account with a cluster of 100 Fargate tasks, and what is measured on it."""

    def __init__(self, side: str) -> None:
        self.ecs, ec2 = clients(side)
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
        self.launch = {
            "cluster": "shop",
            "taskDefinition": "web",
            "launchType": "FARGATE",
            "networkConfiguration": network,
        }
        self.ecs.create_cluster(clusterName="shop")
        self.ecs.register_task_definition(**TASK_DEFINITION)
        ran = [self.ecs.run_task(count=10, **self.launch)["tasks"] for _ in range(10)]
        self.arns = [each["taskArn"] for tasks in ran for each in tasks]
        assert len(self.arns) == 100

    def do(self, what: str) -> float | None:
        """Seconds of one of `WHAT`, or None where the side does not get there."""
        start = time.perf_counter()
        if what == "describe 100 tasks":
            found = self.ecs.describe_tasks(cluster="shop", tasks=self.arns)["tasks"]
            assert len(found) == 100
        elif what == "list 100 tasks":
            self.ecs.list_tasks(cluster="shop", maxResults=100)
        elif what == "run 10 tasks":
            self.ecs.run_task(count=10, **self.launch)
        elif not self._service():
            return None
        return time.perf_counter() - start

    def _service(self) -> bool:
        self.ecs.create_service(serviceName="web", desiredCount=100, **self.launch)
        until = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < until:
            service = self.ecs.describe_services(cluster="shop", services=["web"])["services"][0]
            if service["runningCount"] == 100:
                return True
        return False


def work(side: str) -> None:
    """What a worker does: fill the account, then do what it is told on standard input."""
    there = Side(side)
    for line in sys.stdin:
        print(there.do(line.strip()), flush=True)


class Worker:
    """A process of one side."""

    def __init__(self, side: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--side", side],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def time(self, what: str) -> float | None:
        """Seconds of one of `WHAT`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        return None if answer == "None" else float(answer)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def ministack(command: str) -> tuple[subprocess.Popen[bytes], str]:
    """MiniStack's server on a free port of this machine, ready; and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "GATEWAY_PORT": str(port), "LOG_LEVEL": "ERROR"}
    nowhere = subprocess.DEVNULL
    server = subprocess.Popen([command], env=env, stdout=nowhere, stderr=nowhere)
    for _ in range(200):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return server, f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    server.terminate()
    raise SystemExit(f"{command} did not open port {port}; try it by hand")


def measure(sides: list[str]) -> list[list[float | None]]:
    """The median of each of `WHAT` on each side, call by call in turn; services in fresh ones."""
    rows: list[list[float | None]] = []
    for what, repeats in WHAT.items():
        workers = [Worker(side) for side in sides]
        rounds = [[worker.time(what) for worker in workers] for _ in range(repeats)]
        rows.append([middle(list(times)) for times in zip(*rounds, strict=True)])
        for worker in workers:
            worker.close()
    return rows


def middle(times: list[float | None]) -> float | None:
    """The median, if all got there."""
    known = [each for each in times if each is not None]
    return statistics.median(known) if len(known) == len(times) else None


def main(words: list[str]) -> None:
    """Measure, and print a table in Markdown."""
    server, sides = None, ["lab", "moto"]
    if words:
        server, address = ministack(words[0])
        sides.append(address)
    try:
        rows = measure(sides)
    finally:
        if server is not None:
            server.terminate()
            server.wait()
    versions = ", ".join(f"{name} {version(name)}" for name in ("moto", "boto3"))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {versions}")
    print("\n| what | ecs_lab | bare moto | MiniStack |\n|---|---|---|---|")
    for what, row in zip(WHAT, rows, strict=True):
        cells = ["does not" if each is None else f"{each * 1000:.2f} ms" for each in row]
        print(f"| {what} | {' | '.join(cells)} |")


if __name__ == "__main__":
    if "--side" in sys.argv:
        work(sys.argv[2])
    else:
        main(sys.argv[1:])
