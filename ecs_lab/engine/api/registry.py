"""The table of operations: AWS's name of each, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecs_lab.engine.state import State

Request = dict[str, Any]
Answer = dict[str, Any]
Operation = Callable[[State, Request], Answer]

OPERATIONS: dict[str, Operation] = {}
"""Every operation the engine does, by the name AWS gives it."""

NOT_SIMULATED: dict[str, str] = {}
"""Why an operation is not done, where there is more to say than that it is not."""


def why_not(name: str) -> str:
    """What the lab answers to an operation that it does not do."""
    sentence = NOT_SIMULATED.get(name, f"The lab does not simulate {name}.")
    return f"{sentence} `ecs-lab doctor --coverage` lists what it does."


def operation(name: str) -> Callable[[Operation], Operation]:
    """Register a function as the ECS API operation `name`.

    It gets the Region's state and the request as AWS's API takes it, and gives the answer as AWS's
    API gives it. It checks everything before it changes anything, so that a refused call leaves
    the lab as it was.
    """

    def register(function: Operation) -> Operation:
        OPERATIONS[name] = function
        return function

    return register
