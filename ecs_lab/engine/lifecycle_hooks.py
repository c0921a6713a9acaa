"""Hooks of a blue/green deployment's stages: Lambda functions that are asked, and pauses.

A function's answer is {"hookStatus": "SUCCEEDED"}, FAILED, or IN_PROGRESS to be asked again after
`callBackDelay` seconds (30 by default). A pause lasts until ContinueServiceDeployment, or its
timeout.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecs_lab.engine.model import Deployment, LifecycleHook, ServiceDeployment
from ecs_lab.engine.state import State

CALL_BACK_S = 30.0
TIMEOUT_MINUTES = 1440
ANSWER_S = 1.0
"""How long a function takes to answer (typical)."""

Settled = Callable[[State, Deployment], None]
"""What is called once hooks have ended, all of them or one of them badly."""

OPEN = ("IN_PROGRESS", "AWAITING_ACTION")


def begin(state: State, deployment: Deployment, stage: str, settled: Settled) -> None:
    """Run the hooks that the deployment has for this stage."""
    record = deployment.record
    for asked in record.configuration.get("lifecycleHooks") or []:
        if stage not in asked["lifecycleStages"]:
            continue
        timeout = asked.get("timeoutConfiguration") or {}
        minutes = timeout.get("timeoutInMinutes") or TIMEOUT_MINUTES
        hook = LifecycleHook(
            id=state.ids.uuid(),
            target_type=asked.get("targetType") or "AWS_LAMBDA",
            target_arn=asked.get("hookTargetArn"),
            details=asked.get("hookDetails"),
            expires_at_s=state.clock.now + minutes * 60.0,
            timeout_action=timeout.get("action") or "ROLLBACK",
        )
        record.hooks.append(hook)
        if hook.target_type == "PAUSE":
            hook.status = "AWAITING_ACTION"
            hook.next_event = state.clock.schedule(
                minutes * 60.0, _time_out, state, deployment, hook, settled, background=True
            )
        else:
            hook.next_event = state.clock.schedule(ANSWER_S, _ask, state, deployment, hook, settled)
        _note(state, record, hook)


def _note(state: State, record: ServiceDeployment, hook: LifecycleHook) -> None:
    what = f"{hook.target_type} hook {hook.status}"
    state.note("deployment", record.arn, record.service.name, what)


def _ask(state: State, deployment: Deployment, hook: LifecycleHook, settled: Settled) -> None:
    """Ask the function; one that is not ready yet is asked again, as long as its time lasts."""
    if hook.status not in OPEN:
        return
    answer = state.surroundings.ask_hook(str(hook.target_arn), _question(deployment, hook))
    status = answer.get("hookStatus")
    if status == "IN_PROGRESS":
        delay_s = float(answer.get("callBackDelay") or CALL_BACK_S)
        left_s = hook.expires_at_s - state.clock.now
        after, wait_s = (_ask, delay_s) if delay_s < left_s else (_time_out, left_s)
        hook.next_event = state.clock.schedule(wait_s, after, state, deployment, hook, settled)
        return
    ended = "SUCCEEDED" if status == "SUCCEEDED" else "FAILED"
    finish(state, deployment.record, hook, ended)
    settled(state, deployment)


def _question(deployment: Deployment, hook: LifecycleHook) -> dict[str, Any]:
    """What the function is given."""
    record, service = deployment.record, deployment.service
    return {
        "executionId": hook.id,
        "resourceArn": record.arn,
        "lifecycleStage": record.lifecycle_stage,
        "hookDetails": hook.details,
        "executionDetails": {
            "serviceArn": service.arn,
            "targetServiceRevisionArn": record.target.arn,
            "testTrafficWeights": {
                each.revision.arn: each.test_percent for each in service.deployments
            },
            "productionTrafficWeights": {
                each.revision.arn: each.production_percent for each in service.deployments
            },
        },
    }


def finish(state: State, record: ServiceDeployment, hook: LifecycleHook, status: str) -> None:
    """End a hook with this status."""
    state.clock.cancel(hook.next_event)
    hook.next_event, hook.status = None, status
    _note(state, record, hook)


def _time_out(state: State, deployment: Deployment, hook: LifecycleHook, settled: Settled) -> None:
    if hook.status in OPEN:
        finish(state, deployment.record, hook, "TIMED_OUT")
        settled(state, deployment)


def open_hooks(record: ServiceDeployment) -> list[LifecycleHook]:
    """The hooks that have not ended."""
    return [each for each in record.hooks if each.status in OPEN]


def failed(record: ServiceDeployment) -> LifecycleHook | None:
    """The first hook whose end asks for a rollback, or None."""
    for hook in record.hooks:
        if hook.status == "FAILED":
            return hook
        if hook.status == "TIMED_OUT" and hook.timeout_action == "ROLLBACK":
            return hook
    return None


def give_up(state: State, record: ServiceDeployment) -> None:
    """Forget the hooks that still run: the deployment no longer waits for them."""
    for hook in open_hooks(record):
        finish(state, record, hook, "FAILED")
