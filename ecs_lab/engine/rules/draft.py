"""A task definition somebody asks to register, and what most rules want to know of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Document: TypeAlias = Mapping[str, Any]


def task_cpu_units(text: str) -> int | None:
    """CPU units from the task's `cpu`, written in units or in vCPUs; None when it is neither.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html

    >>> [task_cpu_units(text) for text in ("1024", "1 vCPU", ".5 vcpu", "much")]
    [1024, 1024, 512, None]
    """
    return _whole(text, "vcpu")


def task_memory_mib(text: str) -> int | None:
    """MiB from the task's `memory`, which is written in MiB or in GB; None when it is neither.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html

    >>> [task_memory_mib(text) for text in ("3072", "3 GB", "0.5GB", "3 TB")]
    [3072, 3072, 512, None]
    """
    return _whole(text, "gb")


def _whole(text: str, big_unit: str) -> int | None:
    amount, is_big, rest = text.strip().lower().partition(big_unit)
    if rest or not amount.strip().replace(".", "", 1).isdecimal():
        return None
    number = float(amount) * (1024 if is_big else 1)
    return int(number) if math.isfinite(number) and number == int(number) else None


@dataclass(frozen=True, slots=True)
class Draft:
    """A request to register a task definition, in AWS's camelCase, and how to read it."""

    request: Document

    def get(self, key: str) -> Any:
        """The member of that name, or None."""
        return self.request.get(key)

    @property
    def containers(self) -> list[Document]:
        """The container definitions."""
        return list(self.request.get("containerDefinitions") or [])

    @property
    def names(self) -> list[str]:
        """The containers' names."""
        return [each.get("name") or "" for each in self.containers]

    @property
    def volumes(self) -> list[Document]:
        """The volumes."""
        return list(self.request.get("volumes") or [])

    @property
    def required(self) -> list[str]:
        """The launch types that the definition has to suit: requiresCompatibilities."""
        return list(self.request.get("requiresCompatibilities") or [])

    @property
    def os_family(self) -> str:
        """The operating system; Linux unless runtimePlatform says otherwise."""
        return (self.request.get("runtimePlatform") or {}).get("operatingSystemFamily") or "LINUX"

    @property
    def windows(self) -> bool:
        """Whether the containers are Windows containers."""
        return self.os_family.startswith("WINDOWS")

    @property
    def network_mode(self) -> str:
        """The network mode; Docker's `bridge`, or `default` for Windows, when none is given."""
        return self.request.get("networkMode") or ("default" if self.windows else "bridge")

    @property
    def cpu_units(self) -> int | None:
        """The task's own CPU units; None when it gives none."""
        return task_cpu_units(str(self.request.get("cpu") or ""))

    @property
    def memory_mib(self) -> int | None:
        """The task's own memory; None when it gives none."""
        return task_memory_mib(str(self.request.get("memory") or ""))

    def ports(self) -> Iterator[tuple[Document, Document]]:
        """Each port mapping with its container, as (container, port mapping)."""
        for container in self.containers:
            for mapping in container.get("portMappings") or []:
                yield container, mapping


Rule: TypeAlias = Callable[[Draft], None]


def is_essential(container: Document) -> bool:
    """Whether the task ends when this container does: yes, unless it says no."""
    return container.get("essential") is not False


def log_driver(container: Document) -> str | None:
    """The container's log driver, or None when it takes the Docker daemon's."""
    return (container.get("logConfiguration") or {}).get("logDriver")


def log_options(container: Document) -> Document:
    """The options of the container's log driver."""
    return (container.get("logConfiguration") or {}).get("options") or {}


def has_cycle(edges: Mapping[str, list[str]]) -> bool:
    """Whether following the edges leads from some name back to itself.

    >>> has_cycle({"web": ["proxy"], "proxy": []}), has_cycle({"web": ["proxy"], "proxy": ["web"]})
    (False, True)
    """
    left = {name: set(targets) for name, targets in edges.items()}
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    return bool(left)
