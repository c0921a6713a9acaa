"""The command of a container's health check, run in the container by the lab's shell.

A command that the shell does not have passes: the lab does not run programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecs_lab.runtime.inside import Inside
from ecs_lab.runtime.shell import run

TIMEOUT_S = 5.0
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html"""


def passes(check: Mapping[str, Any], inside: Inside) -> bool:
    """Whether a health check's command ends with exit code 0, within its timeout."""
    command = [str(each) for each in check["command"]]
    if command[0] == "CMD-SHELL":
        result = run(inside, " ".join(command[1:]), unknown=0)
    else:
        words = command[1:] if command[0] == "CMD" else command
        result = run(inside, words, unknown=0)
    return result.exit_code == 0 and result.took_s <= float(check.get("timeout") or TIMEOUT_S)
