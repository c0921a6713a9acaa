"""What enforcement costs: API calls as the administrator and as a role.

    python tests/benchmarks/bench_access.py

Each is measured beside the same call of the same client with access control taken out: a role's
call is slower by itself, because botocore signs a session token with it. The four are measured in
turn, call by call, so that all meet the same noise. Nothing here asserts a time, because machines
are noisy.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from ecs_lab import Lab
from ecs_lab.aws.world import World

CALLS = 400
DEFINITION: dict[str, Any] = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    "containerDefinitions": [{"name": "web", "image": "nginx"}],
}
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("ecs", "describe_clusters", {"clusters": ["shop"]}),
    ("ecs", "register_task_definition", DEFINITION),
    ("ecs", "describe_services", {"cluster": "shop", "services": ["web"]}),
    ("iam", "get_role", {"RoleName": "shopTaskRole"}),
    ("ec2", "describe_subnets", {}),
    ("s3", "head_bucket", {"Bucket": "shop-pictures"}),
    ("secretsmanager", "get_secret_value", {"SecretId": "db"}),
]


def fill(lab: Lab) -> None:
    """What the calls ask for, and a role with the policies of somebody who deploys."""
    lab.client("ecs").create_cluster(clusterName="shop")
    lab.client("s3").create_bucket(Bucket="shop-pictures")
    lab.client("secretsmanager").create_secret(Name="db", SecretString="x")
    iam = lab.client("iam")
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")
    for policy in ("AmazonECS_FullAccess", "AmazonS3ReadOnlyAccess", "SecretsManagerReadWrite"):
        iam.attach_role_policy(RoleName="deployer", PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    statement = {"Effect": "Allow", "Action": ["iam:*", "ec2:*"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam.put_role_policy(RoleName="deployer", PolicyName="more", PolicyDocument=document)


def nothing(*_: Any) -> None:
    """Access control that is not there."""


def seconds(call: Callable[..., Any], request: dict[str, Any]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    call(**request)
    return time.perf_counter() - start


def measured(lab: Lab, service: str, operation: str, request: dict[str, Any]) -> list[float]:
    """The times as the administrator and as a role, of each without and with access control: of the
    calls the quarter that was least disturbed.
    """
    assert isinstance(lab.world, World)
    access = lab.world.access
    real = access.answer
    admin = getattr(lab.client(service), operation)
    with lab.acting_as("deployer"):
        role = getattr(lab.client(service), operation)
    times: list[list[float]] = [[], [], [], []]
    for _ in range(CALLS):
        for number, call in enumerate((admin, role)):
            access.answer = nothing  # type: ignore[assignment,method-assign] # the point of it
            times[2 * number].append(seconds(call, request))
            access.answer = real  # type: ignore[method-assign] # see above
            times[2 * number + 1].append(seconds(call, request))
    return [statistics.quantiles(each)[0] for each in times]


def main() -> None:
    """Measure each call and print the table."""
    print("| call | administrator | | role without | role | |\n|---|---|---|---|---|---|")
    with Lab() as lab:
        fill(lab)
        for service, operation, request in REQUESTS:
            times = measured(lab, service, operation, request)
            _, asked, before, enforced = (each * 1000 for each in times)
            print(
                f"| {service} `{operation}` | {asked:.2f} ms | {times[1] / times[0] - 1:+.0%} | "
                f"{before:.2f} ms | {enforced:.2f} ms | {enforced / before - 1:+.0%} |"
            )


if __name__ == "__main__":
    main()
