"""Hooks of an AppSpec file: Lambda functions that CodeDeploy asks on the way of a deployment.

The lab runs no Lambda function; Python functions in `lab.hooks` stand for them. On AWS a function
calls PutLifecycleEventHookExecutionStatus; here it gives that call's status back, as in
{"status": "Succeeded"}. One that gives nothing back has notified nobody, and the deployment fails
after an hour. A function that nobody has put into `lab.hooks` succeeds.
Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.lifecycle_hooks import Hooks

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

ANSWER_S = 1.0
"""How long a function takes to answer (typical)."""
LONGEST_WAIT_S = 3600.0


def ask(hooks: Hooks, function: str, question: dict[str, Any]) -> str:
    """The status that a function reports, Succeeded or Failed, or why it reports none.

    `function` is a name or an ARN, and so is what `lab.hooks` has it under.
    """
    found = {_name(each): value for each, value in hooks.items()}.get(_name(function))
    if found is None:
        return "Succeeded"
    try:
        answer: Any = found(question)
    except Exception as error:  # a Lambda function that fails notifies nobody; the lab goes on
        return f"has raised {error!r}"
    if answer is None:
        return "has reported nothing"
    status = answer.get("status") if isinstance(answer, Mapping) else None
    return "Succeeded" if status == "Succeeded" else "Failed"


class HookRunner:
    """Runs the hooks of CodeDeploy's deployments."""

    def __init__(self, world: World) -> None:
        self.world = world

    def run(
        self,
        deployment: Any,
        event: str,
        function: str | None,
        then: Callable[..., None],
        failed: Callable[..., None],
        *args: Any,
    ) -> None:
        """Ask the function of an event, if there is one; then call `then(*args)`, or else
        `failed(*args, why)`.
        """
        if function is None:
            then(*args)
            return
        ends = (then, failed, args)
        self.world.clock.schedule(ANSWER_S, self._ask, deployment, event, function, ends)

    def _ask(self, deployment: Any, event: str, function: str, ends: Any) -> None:
        then, failed, args = ends
        state = self.world.ecs.state
        question = {
            "DeploymentId": deployment.deployment_id,
            "LifecycleEventHookExecutionId": state.ids.uuid(),
        }
        status = ask(self.world.hooks, function, question)
        state.note(
            "deployment", deployment.deployment_id, _name(function), f"{event} hook {status}"
        )
        if status == "Succeeded":
            then(*args)
        elif status == "Failed":
            failed(*args, f"The Lambda function of {event} has reported Failed.")
        else:
            why = f"The Lambda function of {event} has not reported a status within one hour."
            self.world.clock.schedule(LONGEST_WAIT_S, failed, *args, why)


def _name(function: str) -> str:
    """The name of a Lambda function in its ARN, without a version or alias."""
    return function.partition(":function:")[2].partition(":")[0] or function
