"""What a registered task definition looks like: the request, with what AWS adds to it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ecs_lab.engine.rules.draft import Document, Draft, task_cpu_units, task_memory_mib

HEALTH_CHECK = {"interval": 30, "timeout": 5, "retries": 3}


def filled_in(request: Document) -> dict[str, Any]:
    """A copy of the request with AWS's defaults for containers, ports, volumes and sizes.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    document = deepcopy(dict(request))
    mode = Draft(document).network_mode
    if mode != "default":
        document["networkMode"] = mode
    for name, normalised in (("cpu", task_cpu_units), ("memory", task_memory_mib)):
        amount = normalised(str(document.get(name) or ""))
        if amount is not None:
            document[name] = str(amount)
    document["containerDefinitions"] = [
        _container(each, mode) for each in Draft(document).containers
    ]
    document["volumes"] = [_volume(each) for each in Draft(document).volumes]
    document["placementConstraints"] = document.get("placementConstraints") or []
    return document


def _container(container: Document, mode: str) -> dict[str, Any]:
    filled = dict(container)
    filled["cpu"] = filled.get("cpu") or 0
    filled["essential"] = filled.get("essential") is not False
    filled["portMappings"] = [_port(each, mode) for each in filled.get("portMappings") or []]
    for name in ("environment", "mountPoints", "volumesFrom", "systemControls"):
        filled[name] = filled.get(name) or []
    if filled.get("healthCheck"):
        filled["healthCheck"] = HEALTH_CHECK | filled["healthCheck"]
    return filled


def _port(mapping: Document, mode: str) -> dict[str, Any]:
    """Protocol tcp, and a host port: the same in awsvpc and host mode, otherwise 0 (any free)."""
    filled = dict(mapping)
    filled["protocol"] = "udp" if filled.get("protocol") == "udp" else "tcp"
    if filled.get("containerPort") is not None and not filled.get("hostPort"):
        filled["hostPort"] = filled["containerPort"] if mode in ("awsvpc", "host") else 0
    return filled


def _volume(volume: Document) -> dict[str, Any]:
    """A volume of which only the name is given is a host volume whose path Docker chooses."""
    return dict(volume) if set(volume) - {"name"} else {**volume, "host": {}}
