"""Rules for the whole: name, size, modes, platform, storage, constraints, proxy."""

from __future__ import annotations

import json
import re

from ecs_lab.engine.cluster_query_parser import QueryError, parse
from ecs_lab.engine.rules.draft import Draft
from ecs_lab.engine.rules.messages import refuse

NAME = re.compile(r"[A-Za-z0-9_-]+")
LAUNCH_TYPES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
WINDOWS_FAMILIES = (
    "WINDOWS_SERVER_2016_FULL",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2004_CORE",
    "WINDOWS_SERVER_20H2_CORE",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2025_CORE",
    "WINDOWS_SERVER_2025_FULL",
)
DOCUMENT_LIMIT_BYTES = 65_536


def family_name(draft: Draft) -> None:
    """A family has up to 255 letters, digits, underscores and hyphens.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    family = draft.get("family") or ""
    if not family:
        refuse("family-blank")
    if not NAME.fullmatch(family):
        refuse("family-characters")
    if len(family) > 255:
        refuse("family-length")


def document_size(draft: Draft) -> None:
    """A task definition is at most 64 KB long.

    Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
    """
    length = len(json.dumps(draft.request, separators=(",", ":"), default=str).encode())
    if length > DOCUMENT_LIMIT_BYTES:
        refuse("document-size", length=length, limit=DOCUMENT_LIMIT_BYTES)


def launch_types(draft: Draft) -> None:
    """requiresCompatibilities names launch types that exist.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    if not set(draft.required) <= set(LAUNCH_TYPES):
        refuse("compatibility-unknown")


def modes(draft: Draft) -> None:
    """networkMode, pidMode and ipcMode each have a few values.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    if draft.get("networkMode") not in (None, "bridge", "host", "awsvpc", "none"):
        refuse("network-mode-unknown")
    if draft.get("pidMode") not in (None, "host", "task"):
        refuse("pid-mode-unknown")
    if draft.get("ipcMode") not in (None, "host", "task", "none"):
        refuse("ipc-mode-unknown")


def runtime_platform(draft: Draft) -> None:
    """The operating system family and the CPU architecture are ones that ECS knows.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html
    """
    if draft.os_family not in ("LINUX", *WINDOWS_FAMILIES):
        valid = ",".join(("LINUX", *WINDOWS_FAMILIES))
        refuse("operating-system-unknown", value=draft.os_family, valid=valid)
    architecture = (draft.get("runtimePlatform") or {}).get("cpuArchitecture")
    if architecture not in (None, "X86_64", "ARM64"):
        refuse("cpu-architecture-unknown", value=architecture)


def windows_network_mode(draft: Draft) -> None:
    """Windows containers have the default network mode, by giving none, or awsvpc.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    if draft.windows and draft.network_mode not in ("default", "awsvpc"):
        refuse("windows-network-mode")


def task_size(draft: Draft) -> None:
    """The task's cpu, if given, is 128 to 196608 units (0.125 to 192 vCPUs); memory any amount.

    Which pairs Fargate offers is another rule: `fargate.size`. On the smallest cpu AWS's pages
    disagree: 0.125 vCPUs in the API Reference, 0.25 in task-cpu-memory-error.html.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    if draft.get("cpu") and not 128 <= (draft.cpu_units or 0) <= 196_608:
        refuse("task-cpu")
    if draft.get("memory") and not draft.memory_mib:
        refuse("task-memory")


def inference_accelerators(draft: Draft) -> None:
    """Elastic Inference is no longer offered.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html
    """
    if draft.get("inferenceAccelerators"):
        refuse("inference-accelerators")


def placement_constraints(draft: Draft) -> None:
    """At most 10 constraints, all memberOf (distinctInstance is for services and RunTask).

    Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinitionPlacementConstraint.html,
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
    """
    constraints = draft.get("placementConstraints") or []
    if len(constraints) > 10:
        refuse("constraint-count", count=len(constraints))
    for constraint in constraints:
        if constraint.get("type") != "memberOf":
            refuse("constraint-type", value=constraint.get("type"))
        if not 1 <= len(constraint.get("expression") or "") <= 2000:
            refuse("constraint-expression")
        try:
            parse(constraint["expression"])
        except QueryError as error:
            refuse("constraint-query", problem=error)


def proxy(draft: Draft) -> None:
    """An App Mesh proxy needs awsvpc, and is one of the task's containers.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ProxyConfiguration.html
    """
    configuration = draft.get("proxyConfiguration")
    if not configuration:
        return
    if draft.network_mode != "awsvpc":
        refuse("proxy-network-mode")
    if configuration.get("containerName") not in draft.names:
        refuse("proxy-container", container=configuration.get("containerName"))


def ephemeral_storage(draft: Draft) -> None:
    """ephemeralStorage asks for 21 to 200 GiB (20 GiB come without asking).

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html
    """
    size_gib = (draft.get("ephemeralStorage") or {}).get("sizeInGiB", 21)
    if size_gib < 21:
        refuse("ephemeral-storage-least")
    if size_gib > 200:
        refuse("ephemeral-storage-most")
