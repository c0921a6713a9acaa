"""The environment variables that ECS adds to a container's own.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-environment-variables.html
"""

from __future__ import annotations

import hashlib
import uuid

from ecs_lab.aws.containers.credentials import TaskCredentials
from ecs_lab.engine.model import Container, Task

AGENT = "169.254.170.2"
OF_THE_IMAGE = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
}


def environment(
    task: Task, container: Container, own: dict[str, str], credentials: TaskCredentials
) -> dict[str, str]:
    """All that a container's program finds: what its image sets, `own` (definition, secrets and
    environment files), and what ECS adds. A Region of one's own stays.

    AWS_CONTAINER_CREDENTIALS_FULL_URI is for agents other than that of ECS, and is not set.
    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    """
    region, endpoint = task.arn.split(":")[3], endpoint_id(task, container)
    added = {
        "ECS_CONTAINER_METADATA_URI": f"http://{AGENT}/v3/{endpoint}",
        "ECS_CONTAINER_METADATA_URI_V4": f"http://{AGENT}/v4/{endpoint}",
        "ECS_AGENT_URI": f"http://{AGENT}/api/{endpoint}",
    }
    uri = credentials.relative_uri(task)
    if uri is not None:
        added["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = uri
    kind = "FARGATE" if task.launch_type == "FARGATE" else "EC2"
    defaults = {
        "HOSTNAME": hostname(task, container),
        "AWS_EXECUTION_ENV": f"AWS_ECS_{kind}",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
    return {**OF_THE_IMAGE, **defaults, **own, **added}


def endpoint_id(task: Task, container: Container) -> str:
    """The container's id in its metadata address: on Fargate its runtime id, on instances a
    UUID.
    """
    if task.launch_type == "FARGATE":
        return str(container.runtime_id)
    words = f"metadata of {container.arn} {container.runtime_id}"
    return str(uuid.UUID(bytes=hashlib.sha256(words.encode()).digest()[:16]))


def hostname(task: Task, container: Container) -> str:
    """The container's host name: that of its definition, its network interface's or, with Docker's
    bridge, the beginning of its id.
    """
    own = container.definition.get("hostname")
    if own:
        return str(own)
    if task.interface is not None:
        return task.interface.private_dns_name
    return docker_id(container)[:12]


def docker_id(container: Container) -> str:
    """A container's id as Docker shows it: 64 hexadecimal digits."""
    return hashlib.sha256(f"{container.arn} {container.runtime_id}".encode()).hexdigest()
