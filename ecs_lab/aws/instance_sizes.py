"""How large EC2 instance types are, and what the ECS agent registers of an instance.

The sizes come from moto's copy of DescribeInstanceTypes. What the agent makes of them is told in
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html and in the
agent's source (getResources in ecs-agent/api/ecs/client/ecs_client.go).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES

from ecs_lab.aws import machine_images
from ecs_lab.aws.agent_config import AgentConfig

# AWS's example: an m4.large has 8 GiB and registers 7,985 MiB, because the kernel keeps some for
# itself. Other types are scaled by the same share, which is typical: AWS gives no other figures.
_EXAMPLE_NOMINAL_MIB, _EXAMPLE_REGISTERED_MIB = 8192, 7985


class UnknownInstanceTypeError(ValueError):
    """EC2 has no instance type of this name."""


@dataclass(frozen=True, slots=True)
class InstanceSize:
    """What an EC2 instance type offers."""

    instance_type: str
    vcpus: int
    memory_mib: int
    network_interfaces: int
    gpus: int
    architecture: str  # "x86_64" or "arm64"

    @property
    def cpu_units(self) -> int:
        """The CPU units that the agent registers: 1,024 for each vCPU."""
        return self.vcpus * 1024

    @property
    def linux_memory_mib(self) -> int:
        """The memory that Linux reports and the agent registers, in MiB: less than nominal.

        >>> instance_size("m4.large").linux_memory_mib
        7985
        """
        return self.memory_mib * _EXAMPLE_REGISTERED_MIB // _EXAMPLE_NOMINAL_MIB


@cache
def instance_size(instance_type: str) -> InstanceSize:
    """The size of an instance type; raises UnknownInstanceTypeError.

    >>> instance_size("t3.micro").vcpus, instance_size("t3.micro").memory_mib
    (2, 1024)
    """
    data = INSTANCE_TYPES.get(instance_type)
    if data is None:
        raise UnknownInstanceTypeError(
            f"There is no EC2 instance type {instance_type!r}; "
            "use one such as t3.micro or m5.large."
        )
    return InstanceSize(
        instance_type,
        vcpus=int(data["VCpuInfo"]["DefaultVCpus"]),
        memory_mib=int(data["MemoryInfo"]["SizeInMiB"]),
        network_interfaces=int(data["NetworkInfo"]["MaximumNetworkInterfaces"]),
        gpus=sum(int(gpu["Count"]) for gpu in data.get("GpuInfo", {}).get("Gpus", [])),
        architecture="arm64"
        if "arm64" in data["ProcessorInfo"]["SupportedArchitectures"]
        else "x86_64",
    )


def gpu_ids(instance_id: str, size: InstanceSize) -> list[str]:
    """Ids of the instance's GPUs in NVIDIA's form; an instance always has the same."""
    return [f"GPU-{uuid.uuid5(uuid.NAMESPACE_OID, f'{instance_id}/{n}')}" for n in range(size.gpus)]


def total_resources(
    size: InstanceSize, config: AgentConfig, gpus: list[str] | None = None
) -> list[dict[str, Any]]:
    """The `totalResources` that the agent registers; GPUs only where the GPU-optimized AMI runs.

    >>> resources = total_resources(instance_size("t3.micro"), AgentConfig(reserved_memory_mib=256))
    >>> [(each["name"], each.get("integerValue")) for each in resources[:2]]
    [('CPU', 2048), ('MEMORY', 742)]
    >>> resources[2]["stringSetValue"]
    ['22', '2375', '2376', '51678', '51679']
    """
    memory_mib = size.linux_memory_mib - config.reserved_memory_mib
    resources = [
        {"name": "CPU", "type": "INTEGER", "integerValue": size.cpu_units},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory_mib},
        _string_set("PORTS", config.reserved_ports),
        _string_set("PORTS_UDP", config.reserved_ports_udp),
    ]
    return resources + ([_string_set("GPU", gpus)] if gpus else [])


def _string_set(name: str, values: list[str] | tuple[int, ...]) -> dict[str, Any]:
    return {"name": name, "type": "STRINGSET", "stringSetValue": [str(value) for value in values]}


def attributes(instance: Any, config: AgentConfig, image_name: str) -> list[dict[str, str]]:
    """The attributes of a registered container instance, in AWS's shape, sorted by name.

    The agent sends what it can do, its VPC, subnet and operating system, and the learner's own
    attributes; ECS adds the image, zone, type and architecture from the instance identity
    document. `instance` is moto's.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
    """
    valued = {
        "ecs.ami-id": instance.image_id,
        "ecs.availability-zone": instance.availability_zone,
        "ecs.instance-type": instance.instance_type,
        "ecs.cpu-architecture": instance_size(instance.instance_type).architecture,
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.os-type-detailed": _detailed_os(image_name),
        "ecs.vpc-id": instance.vpc_id,
        "ecs.subnet-id": instance.subnet_id,
        **config.attributes,
    }
    found = [{"name": name, "value": str(value)} for name, value in valued.items() if value]
    found += [{"name": name} for name in config.capabilities]
    return sorted(found, key=lambda attribute: attribute["name"])


def _detailed_os(image_name: str) -> str:
    """ID_VERSION of /etc/os-release, as ecs-init reads it (ecs-init/config/os_family.go)."""
    if image_name.startswith("al2023"):
        return "amzn_2023"
    if image_name.startswith(machine_images.MANAGED):
        return "bottlerocket"
    return "amzn_2" if image_name.startswith("amzn2") else "amzn_2018.03"
