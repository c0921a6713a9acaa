"""Task metadata, versions 3 and 4: what a container is told of itself and its task.

Sources:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models import ec2_backends

from ecs_lab.aws.containers.agent_environment import docker_id
from ecs_lab.aws.containers.replies import timestamp
from ecs_lab.engine.model import Container, Task
from ecs_lab.engine.rules.draft import task_cpu_units, task_memory_mib

Document = dict[str, Any]
DEFAULT_STORAGE_MIB = 20 * 1024


def task_metadata(task: Task, now_s: float, version: int = 4, *, tags: bool = False) -> Document:
    """The `/task` document; with `tags` that of `/taskWithTags`."""
    fargate = task.launch_type == "FARGATE"
    shown: Document = {
        "Cluster": task.cluster.arn if fargate else task.cluster.name,
        "TaskARN": task.arn,
        "Family": task.definition.family,
        "Revision": str(task.definition.revision),
        "DesiredStatus": task.desired_status,
        "KnownStatus": _known(task.last_status),
    }
    shown |= _limits(task)
    shown |= _times(
        PullStartedAt=task.pull_started_at_s,
        PullStoppedAt=task.pull_stopped_at_s,
        ExecutionStoppedAt=task.execution_stopped_at_s,
    )
    shown["AvailabilityZone"] = task.zone
    if version >= 4:
        shown |= _of_version_4(task, now_s)
    if tags:
        shown["TaskTags"] = _tags(task.tags)
        instance = task.container_instance
        shown["ContainerInstanceTags"] = _tags(instance.tags if instance is not None else [])
    shown["Containers"] = [
        container_metadata(task, each, version)
        for each in task.containers
        if each.runtime_id is not None
    ]
    return {key: value for key, value in shown.items() if value not in (None, {})}


def _of_version_4(task: Task, now_s: float) -> Document:
    shown: Document = {"LaunchType": task.launch_type}
    if task.service is not None:
        shown["ServiceName"] = task.service.name
    if task.launch_type != "FARGATE":
        return shown | {"VPCID": _vpc_of_instance(task)}
    asked = task.definition.document.get("ephemeralStorage") or {}
    asked = task.overrides.get("ephemeralStorage") or asked
    reserved = int(asked["sizeInGiB"]) * 1024 if asked else DEFAULT_STORAGE_MIB
    return shown | {
        "ClockDrift": {
            "ClockErrorBound": 0.5,
            "ReferenceTimestamp": timestamp(now_s),
            "ClockSynchronizationStatus": "SYNCHRONIZED",
        },
        "EphemeralStorageMetrics": {"Utilized": 0, "Reserved": reserved},
    }


def container_metadata(task: Task, container: Container, version: int = 4) -> Document:
    """The document of one container."""
    fargate = task.launch_type == "FARGATE"
    definition = container.definition
    shown: Document = {
        "DockerId": container.runtime_id if fargate else docker_id(container),
        "Name": container.name,
        "DockerName": container.name if fargate else _docker_name(task, container),
        "Image": definition["image"],
        "ImageID": container.image_digest,
        "Ports": [] if fargate else _ports(task, container),
        "Labels": _labels(task, container),
        "DesiredStatus": task.desired_status,
        "KnownStatus": _known(container.last_status),
        "ExitCode": container.exit_code,
        "Limits": _container_limits(container),
        **_times(CreatedAt=container.started_at_s, StartedAt=container.started_at_s),
        "Type": "NORMAL",
        "Health": _health(container),
        "ContainerARN": container.arn,
        "Networks": [_network(task, container, version)],
    }
    logs = definition.get("logConfiguration") or {}
    if version >= 4 and logs:
        shown |= {"LogDriver": logs["logDriver"], "LogOptions": _log_options(task, container)}
    if version >= 4 and fargate:
        shown["Snapshotter"] = "overlayfs"
    if version >= 4 and (definition.get("restartPolicy") or {}).get("enabled"):
        shown["RestartCount"] = container.restarts
    return {key: value for key, value in shown.items() if value not in (None, [])}


def _known(status: str) -> str:
    """The agent tells Docker's states: PULLED and CREATED before RUNNING."""
    return {"ACTIVATING": "CREATED", "PENDING": "CREATED"}.get(status, status)


def _limits(task: Task) -> Document:
    document = task.definition.document
    cpu = task_cpu_units(str(task.overrides.get("cpu") or document.get("cpu") or ""))
    memory = task_memory_mib(str(task.overrides.get("memory") or document.get("memory") or ""))
    limits = {"CPU": cpu / 1024 if cpu else None, "Memory": memory}
    found = {key: value for key, value in limits.items() if value}
    return {"Limits": found} if found else {}


def _container_limits(container: Container) -> Document:
    """CPU units, at least Docker's 2, and the hard memory limit in MiB."""
    limits = {"CPU": max(2, int(container.definition.get("cpu") or 0))}
    memory = container.definition.get("memory")
    return limits | ({"Memory": int(memory)} if memory else {})


def _times(**times_s: float | None) -> Document:
    return {name: timestamp(at_s) for name, at_s in times_s.items() if at_s is not None}


def _labels(task: Task, container: Container) -> dict[str, str]:
    fargate = task.launch_type == "FARGATE"
    return dict(container.definition.get("dockerLabels") or {}) | {
        "com.amazonaws.ecs.cluster": task.cluster.arn if fargate else task.cluster.name,
        "com.amazonaws.ecs.container-name": container.name,
        "com.amazonaws.ecs.task-arn": task.arn,
        "com.amazonaws.ecs.task-definition-family": task.definition.family,
        "com.amazonaws.ecs.task-definition-version": str(task.definition.revision),
    }


def _docker_name(task: Task, container: Container) -> str:
    family, revision = task.definition.family, task.definition.revision
    return f"ecs-{family}-{revision}-{container.name}-{docker_id(container)[:20]}"


def _ports(task: Task, container: Container) -> list[Document]:
    """Where the container's ports are bound on its instance."""
    return [
        {
            "ContainerPort": each["containerPort"],
            "Protocol": each["protocol"],
            "HostPort": each["hostPort"],
            "HostIp": each["bindIP"],
        }
        for each in container.network_bindings
        if "containerPort" in each
    ]


def _health(container: Container) -> Document | None:
    if "healthCheck" not in container.definition:
        return None
    return {"status": container.health_status}


def _log_options(task: Task, container: Container) -> dict[str, str]:
    """The options of the log driver, with the stream's name in place of its prefix."""
    logs = container.definition["logConfiguration"]
    options = dict(logs.get("options") or {})
    prefix = options.pop("awslogs-stream-prefix", None)
    if logs["logDriver"] == "awslogs" and prefix:
        options["awslogs-stream"] = f"{prefix}/{container.name}/{task.id}"
    return options


def _network(task: Task, container: Container, version: int) -> Document:
    mode = task.definition.network_mode
    interface = task.interface
    if interface is None:
        return {"NetworkMode": mode} | (
            {"IPv4Addresses": [bridge_address(container)]} if mode == "bridge" else {}
        )
    shown: Document = {"NetworkMode": mode, "IPv4Addresses": [interface.private_ip]}
    if version < 4:
        return shown
    _, _, _, region, account_id, _ = task.arn.split(":", 5)
    subnet = ec2_backends[account_id][region].get_subnet(interface.subnet_id)
    vpc = ec2_backends[account_id][region].get_vpc(subnet.vpc_id)
    network = ipaddress.ip_network(subnet.cidr_block)
    resolver = ipaddress.ip_network(vpc.cidr_block)[2]
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return shown | {
        "AttachmentIndex": 0,
        "MACAddress": interface.mac_address,
        "IPv4SubnetCIDRBlock": str(network),
        "DomainNameServers": [str(resolver)],
        "DomainNameSearchList": [domain],
        "PrivateDNSName": interface.private_dns_name,
        "SubnetGatewayIpv4Address": f"{network[1]}/{network.prefixlen}",
    }


def bridge_address(container: Container) -> str:
    """An address of Docker's bridge, 172.17.0.0/16, that is the container's.

    >>> bridge_address(Container("arn", {}))
    '172.17.201.28'
    """
    number = int(docker_id(container)[:4], 16)
    high, low = divmod(number, 256)
    return f"172.17.{high}.{max(2, low)}"


def _vpc_of_instance(task: Task) -> str | None:
    instance = task.container_instance
    return instance.attributes.get("ecs.vpc-id") if instance is not None else None


def _tags(tags: list[dict[str, str]]) -> dict[str, str]:
    return {each["key"]: each.get("value", "") for each in tags}
