"""Requests to register task definitions, fine as they are, to be changed by tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

Request = dict[str, Any]

ROLE = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
ECR_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1"
AWSLOGS = {"awslogs-group": "/shop", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "shop"}


def container(**changes: Any) -> Request:
    """A container that is fine, with changes."""
    return {"name": "web", "image": "nginx", "memory": 128} | changes


def ec2(*containers: Request, **changes: Any) -> Request:
    """A definition for EC2 that is fine, with changes."""
    given_containers = list(containers) or [container()]
    return {"family": "shop", "containerDefinitions": given_containers} | changes


def awsvpc(*containers: Request, **changes: Any) -> Request:
    """A definition in network mode awsvpc that is fine, with changes."""
    return ec2(*containers, **({"networkMode": "awsvpc"} | changes))


def fargate(*containers: Request, **changes: Any) -> Request:
    """A definition for Fargate that is fine, with changes."""
    needed = {"requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    return awsvpc(*containers, **(needed | changes))


def ports(*mappings: Request, **changes: Any) -> Request:
    """A container with port mappings."""
    return container(portMappings=list(mappings), **changes)


def logs(driver: str, **options: str) -> Request:
    """A log configuration; underscores in the options' names stand for hyphens."""
    given_options = {name.replace("_", "-"): value for name, value in options.items()}
    return {"logDriver": driver, "options": given_options}


def check(**numbers: int) -> Request:
    """A health check with these numbers."""
    return {"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"], **numbers}


def secret(name: str, source: str = "arn:aws:ssm:us-east-1:123456789012:parameter/x") -> Request:
    """A secret."""
    return {"name": name, "valueFrom": source}


def waits(name: str, for_whom: str, condition: str = "START") -> Request:
    """A container that depends on another."""
    return container(name=name, dependsOn=[{"containerName": for_whom, "condition": condition}])


def efs(**changes: Any) -> list[Request]:
    """One EFS volume."""
    return [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"} | changes}]


def s3_files(**changes: Any) -> list[Request]:
    """One S3 Files volume."""
    arn = "arn:aws:s3files:us-east-1:123456789012:file-system/fs-1"
    return [{"name": "data", "s3filesVolumeConfiguration": {"fileSystemArn": arn} | changes}]


def linux(**parameters: Any) -> Request:
    """A container with linuxParameters."""
    return container(linuxParameters=parameters)


def padded(length: int) -> Request:
    """A definition that is exactly `length` bytes long as compact JSON."""
    bare = ec2(container(environment=[{"name": "A", "value": ""}]))
    room = length - len(json.dumps(bare, separators=(",", ":")))
    return ec2(container(environment=[{"name": "A", "value": "x" * room}]))


@dataclass(frozen=True)
class Case:
    """A request that breaks one rule, AWS's answer, and the nearest request that does not."""

    name: str
    broken: Request
    message: str
    good: Request


ENABLED = {"transitEncryption": "ENABLED"}
ENV_FILE = "arn:aws:s3:::shop/web.env"
MEMBER_OF = {"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}
ROUTER = container(name="router", firelensConfiguration={"type": "fluentbit"})
TWO = (container(), container(name="db"))
