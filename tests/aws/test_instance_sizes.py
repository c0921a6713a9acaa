"""Instance types and what the agent registers of them."""

from __future__ import annotations

import pytest
from moto.ec2.models.instance_types import INSTANCE_TYPES

from ecs_lab.aws.agent_config import AgentConfig
from ecs_lab.aws.instance_sizes import (
    InstanceSize,
    UnknownInstanceTypeError,
    gpu_ids,
    instance_size,
    total_resources,
)


def test_awss_example_registers_7985_mib() -> None:
    """An m4.large has 8 GiB, of which the developer guide's example registers 7,985 MiB."""
    size = instance_size("m4.large")
    assert (size.memory_mib, size.linux_memory_mib) == (8192, 7985)


def test_a_small_instance() -> None:
    """A t3.micro has 2 vCPUs, 1 GiB and two network interfaces."""
    assert instance_size("t3.micro") == InstanceSize("t3.micro", 2, 1024, 2, 0, "x86_64")
    assert instance_size("t3.micro").cpu_units == 2048


def test_graviton_and_gpu_types() -> None:
    """Architecture and GPUs come from the same data."""
    assert instance_size("t4g.small").architecture == "arm64"
    assert instance_size("g4dn.12xlarge").gpus == 4


def test_every_type_that_moto_knows_has_a_size() -> None:
    """No instance type of EC2 is without CPU and memory."""
    sizes = [instance_size(name) for name in INSTANCE_TYPES]
    assert len(sizes) > 1000
    assert all(0 < size.linux_memory_mib < size.memory_mib and size.vcpus > 0 for size in sizes)


def test_an_unknown_type_is_a_clear_error() -> None:
    """The message names the type and a good one."""
    with pytest.raises(UnknownInstanceTypeError, match=r"'t3.mini'; use one such as t3\.micro"):
        instance_size("t3.mini")


def test_total_resources_have_awss_shape() -> None:
    """CPU, memory less what is reserved, TCP and UDP ports, as the API has them."""
    config = AgentConfig(reserved_memory_mib=256, reserved_ports_udp=(53,))
    assert total_resources(instance_size("m4.large"), config) == [
        {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 7985 - 256},
        {
            "name": "PORTS",
            "type": "STRINGSET",
            "stringSetValue": ["22", "2375", "2376", "51678", "51679"],
        },
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": ["53"]},
    ]


def test_gpus_are_a_set_of_ids() -> None:
    """The ids are NVIDIA's form, differ, and are the same each time."""
    size = instance_size("g4dn.12xlarge")
    ids = gpu_ids("i-1", size)
    assert ids == gpu_ids("i-1", size) != gpu_ids("i-2", size)
    assert len(set(ids)) == 4
    assert total_resources(size, AgentConfig(), ids)[-1] == {
        "name": "GPU",
        "type": "STRINGSET",
        "stringSetValue": ids,
    }
