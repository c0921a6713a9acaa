"""Client tokens: a request that is sent once more is answered once more, and done only once.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps

from ecs_lab.engine.api.registry import Answer, Operation, Request
from ecs_lab.engine.errors import EcsError, InvalidParameterException
from ecs_lab.engine.state import State

VALID_S = 24 * 3600.0
"""How long a token counts. AWS says so of RunTask; the lab takes it for the others as well."""
TOKEN = re.compile(r"[!-~]+")

Refusal = Callable[[Answer], EcsError]


def not_idempotent(_before: Answer) -> EcsError:
    """What CreateService and CreateTaskSet answer to a token that had other parameters."""
    return InvalidParameterException("Creation of service was not idempotent.")


def idempotent(most: int, refusal: Refusal = not_idempotent) -> Callable[[Operation], Operation]:
    """Let an operation heed `clientToken`, a text of up to `most` characters.

    The same token with the same parameters gets the first answer again and nothing is done; with
    other parameters it gets `refusal` of that answer. A token counts within one cluster.
    """

    def heeding(operation: Operation) -> Operation:
        @wraps(operation)
        def once(state: State, request: Request) -> Answer:
            token = request.get("clientToken")
            if token is None:
                return operation(state, request)
            if len(token) > most or not TOKEN.fullmatch(token):
                raise InvalidParameterException(
                    f"clientToken can have up to {most} ASCII characters in the range 33-126."
                )
            cluster = state.find_cluster(request.get("cluster"))
            key = (operation.__name__, cluster.arn if cluster else "", token)
            asked = json.dumps({**request, "cluster": None}, sort_keys=True, default=str)
            return _once(state, key, asked, lambda: operation(state, request), refusal)

        return once

    return heeding


def _once(
    state: State, key: tuple[str, str, str], asked: str, do: Callable[[], Answer], refusal: Refusal
) -> Answer:
    at_s, before, remembered = state.client_tokens.get(key, (0.0, "", ""))
    if remembered and state.clock.now < at_s + VALID_S:
        answer: Answer = json.loads(remembered)
        if before != asked:
            raise refusal(answer)
        return answer
    answer = do()
    _forget_old(state)
    if answer.get("tasks", True):  # a call that launched nothing may be tried again
        state.client_tokens[key] = (state.clock.now, asked, json.dumps(answer))
    return answer


def _forget_old(state: State) -> None:
    """Drop the tokens that no longer count; they stand in the order of their time."""
    while state.client_tokens:
        oldest = next(iter(state.client_tokens))
        if state.clock.now < state.client_tokens[oldest][0] + VALID_S:
            return
        del state.client_tokens[oldest]
