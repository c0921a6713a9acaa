"""How the ECS agent understands its settings, as far as they change what it registers.

Defaults, formats and warnings are the agent's own:
https://github.com/aws/amazon-ecs-agent/blob/master/agent/config/parse.go and config_unix.go;
what the starter on the ECS-optimized AMI (ecs-init) adds is in agent_log.toml.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final, NamedTuple

AGENT_DATA: Final[dict[str, Any]] = tomllib.loads(
    files("ecs_lab.aws").joinpath("agent_log.toml").read_text("utf-8")
)


class Setting(NamedTuple):
    """A setting of the agent: whether it has an effect in the lab, and which, or why not."""

    has_effect: bool
    what: str


def _settings() -> dict[str, Setting]:
    table = files("ecs_lab.aws").joinpath("agent_settings.csv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines())
    return {row["setting"]: Setting(row["effect"] == "yes", row["what"]) for row in rows}


SETTINGS: Final = _settings()
"""Every setting that the agent or its starter reads, by name.

Source: https://github.com/aws/amazon-ecs-agent/blob/master/README.md and, in the same repository,
agent/config/config.go and ecs-init/config.
"""

DEFAULT_RESERVED_PORTS: Final = (22, 2375, 2376, 51678, 51679)
PROMETHEUS_PORT: Final = 51680
_UINT16_MAX: Final = 65535
_DURATION_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_DURATION: Final = re.compile(rf"(?:{_DURATION_PART.pattern})+")
_UNITS_S: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PULL_BEHAVIORS: Final = {"default", "always", "once", "prefer-cached"}
_TRUE: Final = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE: Final = {"0", "f", "F", "FALSE", "false", "False"}
_LOGGING_DRIVERS: Final = {
    *AGENT_DATA["capabilities"]["logging_drivers"],
    *("journald", "gelf", "splunk", "logentries", "sumologic", "awsfirelens"),
}


@dataclass(slots=True)
class AgentConfig:
    """The agent's settings, read. `cluster` is empty when none is named, which means `default`.

    `warnings` are log messages about values that were not understood and fell back to their
    default; `errors` keep the agent from starting at all.
    """

    cluster: str = ""
    reserved_memory_mib: int = 0
    reserved_ports: tuple[int, ...] = DEFAULT_RESERVED_PORTS
    reserved_ports_udp: tuple[int, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    takes_ec2_tags: bool = False
    drains_spot: bool = False
    stop_timeout_s: float = 30.0
    task_iam_role: bool = True
    task_iam_role_network_host: bool = True
    awsvpc_block_imds: bool = False
    awslogs_execution_role: bool = True
    image_pull_behavior: str = "default"
    capabilities: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def agent_config(settings: Mapping[str, str]) -> AgentConfig:
    """Read the agent's settings (name to value, as in `/etc/ecs/ecs.config`).

    >>> agent_config({"ECS_CLUSTER": "shop", "ECS_RESERVED_MEMORY": "256"}).reserved_memory_mib
    256
    """
    config = AgentConfig(cluster=settings.get("ECS_CLUSTER", "").strip())
    warn = config.warnings
    config.reserved_memory_mib = _uint16(settings, "ECS_RESERVED_MEMORY", warn)
    # A list that is given replaces the default one, they are not added up (Merge in config.go).
    config.reserved_ports = _ports(settings, "ECS_RESERVED_PORTS", warn) or DEFAULT_RESERVED_PORTS
    if settings.get("ECS_ENABLE_PROMETHEUS_METRICS") in _TRUE:
        config.reserved_ports += (PROMETHEUS_PORT,)
    config.reserved_ports_udp = _ports(settings, "ECS_RESERVED_PORTS_UDP", warn)
    config.attributes = _texts(settings, "ECS_INSTANCE_ATTRIBUTES", config.errors)
    config.tags = _texts(settings, "ECS_CONTAINER_INSTANCE_TAGS", config.errors)
    config.takes_ec2_tags = (
        settings.get("ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM") == "ec2_instance"
    )
    config.stop_timeout_s = _seconds(settings.get("ECS_CONTAINER_STOP_TIMEOUT", "")) or 30.0
    config.drains_spot = _boolean(settings, "ECS_ENABLE_SPOT_INSTANCE_DRAINING", False, warn)
    behavior = settings.get("ECS_IMAGE_PULL_BEHAVIOR", "")
    config.image_pull_behavior = behavior if behavior in _PULL_BEHAVIORS else "default"
    # What `_capabilities` warns of as well is not told twice.
    config.task_iam_role = _boolean(settings, "ECS_ENABLE_TASK_IAM_ROLE", True, [])
    config.task_iam_role_network_host = _boolean(
        settings, "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST", True, []
    )
    config.awsvpc_block_imds = _boolean(settings, "ECS_AWSVPC_BLOCK_IMDS", False, [])
    config.awslogs_execution_role = _boolean(
        settings, "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE", True, []
    )
    config.capabilities = _capabilities(settings, config)
    return config


def _seconds(text: str) -> float | None:
    """A duration as Go writes it, or None for one that the agent would discard.

    >>> _seconds("1m30s"), _seconds("45s"), _seconds("45")
    (90.0, 45.0, None)
    """
    if not _DURATION.fullmatch(text):
        return None
    return sum(float(n) * _UNITS_S[unit] for n, unit in _DURATION_PART.findall(text)) or None


def _capabilities(settings: Mapping[str, str], config: AgentConfig) -> tuple[str, ...]:
    """The names of what this agent can do, as it announces them."""
    data = AGENT_DATA["capabilities"]
    names: list[str] = list(data["always"])
    drivers = _logging_drivers(settings, config)
    names += [f"com.amazonaws.ecs.capability.logging-driver.{driver}" for driver in drivers]
    for switch in data["switch"]:
        value = _boolean(settings, switch["setting"], switch["default"], config.warnings)
        if value == switch["announced_when"]:
            names += switch["names"]
    if _boolean(settings, "ECS_EXTERNAL", False, config.warnings):
        names = [each for each in names if each not in data["not_external"]]
        names += data["external_only"]
    return tuple(sorted(set(names)))


def _logging_drivers(settings: Mapping[str, str], config: AgentConfig) -> list[str]:
    name, default = "ECS_AVAILABLE_LOGGING_DRIVERS", AGENT_DATA["capabilities"]["logging_drivers"]
    if not (text := settings.get(name, "").strip()):
        return list(default)
    drivers, problem = _json(text, list, str, "[]dockerclient.LoggingDriver")
    if problem:
        config.warnings.append(
            f'Invalid format for "{name}" environment variable; '
            f'expected a JSON array like ["json-file","syslog"]. err {problem}'
        )
        return ["json-file", "none"]  # the agent's own default, not that of ecs-init
    if bad := [driver for driver in drivers if driver not in _LOGGING_DRIVERS]:
        config.errors.append("Invalid logging drivers: " + ", ".join(bad))
    return list(drivers)


def _uint16(settings: Mapping[str, str], name: str, warnings: list[str]) -> int:
    if not (text := settings.get(name, "")):
        return 0
    if text.isascii() and text.isdigit():
        if int(text) <= _UINT16_MAX:
            return int(text)
        problem = "value out of range"
    else:
        problem = "invalid syntax"
    warnings.append(
        f'Invalid format for "{name}" environment variable; expected unsigned integer. '
        f"err strconv.ParseUint: parsing {json.dumps(text)}: {problem}"
    )
    return 0


def _ports(settings: Mapping[str, str], name: str, warnings: list[str]) -> tuple[int, ...]:
    if not (text := settings.get(name, "").strip()):
        return ()
    ports, problem = _json(text, list, int, "[]uint16")
    if not problem and (wrong := [port for port in ports if not 0 <= port <= _UINT16_MAX]):
        problem = f"json: cannot unmarshal number {wrong[0]} into Go value of type uint16"
    if problem:
        warnings.append(
            f'Invalid format for "{name}" environment variable; '
            f"expected a JSON array like [1,2,3]. err {problem}"
        )
        return ()
    return tuple(ports)


def _texts(settings: Mapping[str, str], name: str, errors: list[str]) -> dict[str, str]:
    if not (text := settings.get(name, "")):
        return {}
    texts, problem = _json(text, dict, str, "map[string]string")
    if problem:
        errors.append(f"Invalid format for {name}. Expected a json hash: {problem}")
        return {}
    return dict(texts)


def _boolean(settings: Mapping[str, str], name: str, default: bool, warnings: list[str]) -> bool:
    text = settings.get(name, "").strip()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text:
        warnings.append(
            f'Invalid format for "{name}", expected a boolean. '
            f"err strconv.ParseBool: parsing {json.dumps(text)}: invalid syntax"
        )
    return default


def _json(
    text: str, container: type[list[Any] | dict[str, Any]], item: type, go_type: str
) -> tuple[Any, str]:
    """The value of a JSON text and "", or nothing and what Go's JSON reader says against it."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return container(), _go_syntax_error(text, error.pos)
    if not isinstance(value, container):
        return (
            container(),
            f"json: cannot unmarshal {_go_kind(value)} into Go value of type {go_type}",
        )
    items = value.values() if isinstance(value, dict) else value
    for one in items:
        if not isinstance(one, item) or isinstance(one, bool):
            kind = go_type.removeprefix("[]").removeprefix("map[string]")
            return (
                container(),
                f"json: cannot unmarshal {_go_kind(one)} into Go value of type {kind}",
            )
    return value, ""


def _go_syntax_error(text: str, position: int) -> str:
    if position >= len(text):
        return "unexpected end of JSON input"
    return f"invalid character '{text[position]}' looking for beginning of value"


def _go_kind(value: object) -> str:
    kinds = {
        bool: "bool",
        int: "number",
        float: "number",
        str: "string",
        list: "array",
        dict: "object",
    }
    return kinds.get(type(value), "null")
