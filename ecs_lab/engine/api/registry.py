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


NOT_SIMULATED_KINDS: dict[str, str] = {
    "ExpressGateway": "The lab has no Express Mode: make the cluster, the load balancer and the "
    "service that it would make, and create the service with CreateService.",
    "Daemon": "The lab has no daemons of this newer kind: create a service with the scheduling "
    "strategy DAEMON.",
    "Gateway": "The lab has no gateways: put the service behind an Application Load Balancer.",
}
"""The same for all operations whose names have a word in them, the first that fits."""


def why_not(name: str) -> str:
    """What the lab answers to an operation that it does not do.

    >>> why_not("ListDaemons")[:56]
    'The lab has no daemons of this newer kind: create a serv'
    """
    kinds = (told for word, told in NOT_SIMULATED_KINDS.items() if word in name)
    sentence = NOT_SIMULATED.get(name) or next(kinds, f"The lab does not simulate {name}.")
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
