"""Attribute-based instance type selection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecs_lab.engine.machine_types import MachineType, candidates, meets

ANY = {"vCpuCount": {"min": 0}, "memoryMiB": {"min": 0}}
PLAIN = MachineType("m7i.large", 2, 8192, 7985, 10, 3)
SMALLER = replace(PLAIN, name="c7i.large", memory_mib=4096)
OLDER = replace(PLAIN, name="m5.large")
BURSTABLE = replace(PLAIN, name="t3.large", burstable=True)
METAL = replace(PLAIN, name="m7i.metal", bare_metal=True, vcpus=96, memory_mib=393216)
GPU = replace(
    PLAIN,
    name="g5.xlarge",
    vcpus=4,
    gpus=1,
    accelerators=1,
    accelerator_types=("gpu",),
    accelerator_manufacturers=("nvidia",),
    accelerator_memory_mib=24576,
    local_storage_gb=250.0,
    local_storage_types=("ssd",),
)
PREVIOUS = replace(PLAIN, name="m4.large", current_generation=False)
EVERY = (PLAIN, SMALLER, OLDER, BURSTABLE, METAL, GPU, PREVIOUS)


def names(**requirements: Any) -> list[str]:
    """The types that meet requirements, the first to try in front."""
    return [each.name for each in candidates(EVERY, {**ANY, **requirements})]


def test_without_requirements_general_purpose_types_of_today_are_taken() -> None:
    """No bare metal, no burstable type, no previous generation."""
    assert [each.name for each in candidates(EVERY, None)] == ["m5.large", "m7i.large"]


@pytest.mark.parametrize(
    ("requirements", "found"),
    [
        ({"memoryMiB": {"min": 0, "max": 4096}}, ["c7i.large"]),
        ({"memoryGiBPerVCpu": {"max": 2.0}}, ["c7i.large", "g5.xlarge"]),
        ({"allowedInstanceTypes": ["m7i.*", "t3.*"]}, ["m7i.large"]),
        ({"burstablePerformance": "required"}, ["t3.large"]),
        ({"bareMetal": "REQUIRED"}, ["m7i.metal"]),
        ({"instanceGenerations": ["previous"]}, ["m4.large"]),
        ({"acceleratorTypes": ["gpu"], "acceleratorCount": {"min": 1}}, ["g5.xlarge"]),
        ({"acceleratorManufacturers": ["amd"]}, []),
        ({"localStorage": "required", "localStorageTypes": ["ssd"]}, ["g5.xlarge"]),
        ({"totalLocalStorageGB": {"min": 500}}, []),
        ({"cpuManufacturers": ["amazon-web-services"]}, []),
        ({"networkInterfaceCount": {"min": 4}}, []),
        ({"requireHibernateSupport": True}, []),
    ],
)
def test_each_requirement_narrows_the_types(requirements: dict[str, Any], found: list[str]) -> None:
    """As API_InstanceRequirementsRequest names them."""
    assert names(**requirements) == found


def test_excluded_types_are_out() -> None:
    """Patterns with an asterisk too."""
    assert "m5.large" not in names(excludedInstanceTypes=["m5*"])
    assert "m7i.large" in names(excludedInstanceTypes=["m5*"])


def test_types_without_gpus_and_of_today_come_first() -> None:
    """The smallest of them is tried first."""
    assert names()[0] == "c7i.large"
    assert names()[-1] == "m4.large"
    assert not meets(METAL, ANY)
