"""Lambda functions of deployment lifecycle hooks: Python functions stand for them.

The lab runs no Lambda function. A hook whose function nobody has put into `lab.hooks` succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecs_lab.engine.surroundings import Hook, succeed

Hooks = dict[str, Hook]
"""Python functions by the ARN of the Lambda function that each stands for."""


def ask(hooks: Hooks, function_arn: str, question: dict[str, Any]) -> Mapping[str, Any]:
    """The function's answer; one that raises, or answers with something else, has failed.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
    """
    try:
        answer: Any = hooks.get(function_arn, succeed)(question)
    except Exception:  # a Lambda function that fails ends its hook, not the lab
        return {"hookStatus": "FAILED"}
    return answer if isinstance(answer, Mapping) else {"hookStatus": "FAILED"}
