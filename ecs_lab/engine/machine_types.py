"""Which EC2 instance types ECS Managed Instances may launch: attribute-based selection.

Without `instanceRequirements` ECS takes the most cost-optimized general-purpose type that fits. The
lab has no prices, so the smallest type stands for the cheapest: fewest vCPUs, then least memory.
Sources:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-selection-best-practices.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from ecs_lab.engine.errors import InvalidParameterException

if TYPE_CHECKING:
    from ecs_lab.engine.model import Document

GENERAL_PURPOSE = re.compile(r"m\d")
"""The families that the lab takes without requirements; burstable types (T) are asked for.

Source: https://aws.amazon.com/ec2/instance-types/general-purpose/
"""
CHOICES = ("included", "required", "excluded")
MOST_TYPES = 400


@dataclass(frozen=True, slots=True)
class MachineType:
    """An EC2 instance type: what one of its instances has for tasks, and what can be asked of it.

    `linux_memory_mib` is what its agent registers; `task_slots` how many awsvpc tasks it takes.
    """

    name: str
    vcpus: int
    memory_mib: int
    linux_memory_mib: int
    task_slots: int
    network_interfaces: int
    architecture: str = "x86_64"
    manufacturer: str = "intel"
    gpus: int = 0
    current_generation: bool = True
    bare_metal: bool = False
    burstable: bool = False
    hibernates: bool = False
    local_storage_gb: float = 0.0
    local_storage_types: tuple[str, ...] = ()
    accelerators: int = 0
    accelerator_types: tuple[str, ...] = ()
    accelerator_manufacturers: tuple[str, ...] = ()
    accelerator_memory_mib: int = 0

    @property
    def family(self) -> str:
        """What stands before the dot, such as m7g."""
        return self.name.partition(".")[0]


NUMBERS: Mapping[str, str] = {
    "vCpuCount": "vcpus",
    "memoryMiB": "memory_mib",
    "networkInterfaceCount": "network_interfaces",
    "totalLocalStorageGB": "local_storage_gb",
    "acceleratorCount": "accelerators",
    "acceleratorTotalMemoryMiB": "accelerator_memory_mib",
}
"""The requirements that are a range of one number, and the number."""

SETS: Mapping[str, str] = {
    "localStorageTypes": "local_storage_types",
    "acceleratorTypes": "accelerator_types",
    "acceleratorManufacturers": "accelerator_manufacturers",
}
NOT_LOOKED_AT = (
    "spotMaxPricePercentageOverLowestPrice",
    "onDemandMaxPricePercentageOverLowestPrice",
    "maxSpotPriceAsPercentageOfOptimalOnDemandPrice",
    "acceleratorNames",
    "baselineEbsBandwidthMbps",
    "networkBandwidthGbps",
)
"""Requirements that the lab takes and does not act on: prices, names and bandwidths."""


def check(requirements: Document) -> None:
    """Refuse requirements that contradict themselves.

    AWS's page has no rules of its own: the ranges and the pair of lists are EC2's.
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html
    """
    for key in (*NUMBERS, "memoryGiBPerVCpu"):
        asked = requirements.get(key) or {}
        least, most = asked.get("min", 0), asked.get("max")
        if least < 0 or (most is not None and most < least):
            raise InvalidParameterException(
                f"The range of {key} is not valid: min is 0 or more, and max not below min."
            )
    for key in ("bareMetal", "burstablePerformance", "localStorage"):
        if str(requirements.get(key, "included")).lower() not in CHOICES:
            raise InvalidParameterException(f"{key} must be one of {', '.join(CHOICES)}.")
    allowed, excluded = _patterns(requirements, "allowed"), _patterns(requirements, "excluded")
    if allowed and excluded:
        raise InvalidParameterException(
            "Specify allowedInstanceTypes or excludedInstanceTypes, not both."
        )
    if max(len(allowed), len(excluded)) > MOST_TYPES:
        raise InvalidParameterException(f"You can name up to {MOST_TYPES} instance types.")


def _patterns(requirements: Document, which: str) -> Sequence[str]:
    return list(requirements.get(f"{which}InstanceTypes") or ())


def candidates(types: Iterable[MachineType], requirements: Document | None) -> list[MachineType]:
    """The types that may be launched, the one to try first in front.

    Current generations come before the others, those with a trunk (as far as the lab knows the
    limits) before those without, and of equals the plainest and newest family.
    """
    if requirements is None:
        fitting = [each for each in types if GENERAL_PURPOSE.match(each.name) and _ordinary(each)]
    else:
        fitting = [each for each in types if meets(each, requirements)]
    return sorted(fitting, key=_rank)


def _ordinary(machine: MachineType) -> bool:
    return machine.current_generation and not machine.bare_metal and not machine.burstable


def _rank(machine: MachineType) -> tuple[Any, ...]:
    digits = re.search(r"\d+", machine.family)
    generation = int(digits[0]) if digits else 0
    return (
        not machine.current_generation,
        machine.task_slots < machine.network_interfaces,
        machine.gpus,
        machine.vcpus,
        machine.memory_mib,
        len(machine.family),
        -generation,
        machine.name,
    )


def meets(machine: MachineType, requirements: Document) -> bool:
    """Whether a type meets InstanceRequirementsRequest; bare metal and burstable types only where
    they are asked for, as EC2 has it.

    >>> small = MachineType("m7i.large", 2, 8192, 7900, 2, 3)
    >>> meets(small, {"vCpuCount": {"min": 1, "max": 4}, "memoryMiB": {"min": 4096}})
    True
    >>> meets(small, {"vCpuCount": {"min": 4}, "memoryMiB": {"min": 0}})
    False
    """
    return (
        all(_within(getattr(machine, it), requirements.get(key)) for key, it in NUMBERS.items())
        and _within(machine.memory_mib / 1024 / machine.vcpus, requirements.get("memoryGiBPerVCpu"))
        and all(_shares(getattr(machine, it), requirements.get(key)) for key, it in SETS.items())
        and _shares((machine.manufacturer,), requirements.get("cpuManufacturers"))
        and _shares(_generation(machine), requirements.get("instanceGenerations"))
        and _chosen(machine.bare_metal, requirements.get("bareMetal", "excluded"))
        and _chosen(machine.burstable, requirements.get("burstablePerformance", "excluded"))
        and _chosen(machine.local_storage_gb > 0, requirements.get("localStorage", "included"))
        and (machine.hibernates or not requirements.get("requireHibernateSupport"))
        and _named(machine, requirements)
    )


def _within(value: float, asked: Document | None) -> bool:
    least, most = (asked or {}).get("min", 0), (asked or {}).get("max")
    return bool(value >= least and (most is None or value <= most))


def _shares(values: Iterable[str], asked: Iterable[str] | None) -> bool:
    return not asked or not set(values).isdisjoint(asked)


def _generation(machine: MachineType) -> tuple[str]:
    return ("current" if machine.current_generation else "previous",)


def _chosen(it_is: bool, choice: str) -> bool:
    """AWS writes the choices in small letters in its API and in capitals in its guide."""
    return it_is or choice.lower() != "required" if choice.lower() != "excluded" else not it_is


def _named(machine: MachineType, requirements: Document) -> bool:
    allowed, excluded = _patterns(requirements, "allowed"), _patterns(requirements, "excluded")
    if any(fnmatchcase(machine.name, each) for each in excluded):
        return False
    return not allowed or any(fnmatchcase(machine.name, each) for each in allowed)
