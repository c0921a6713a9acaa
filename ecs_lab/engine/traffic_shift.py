"""How blue/green, linear and canary deployments are asked for, and the stages that follow from it.

Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.model import Document, Stage

STRATEGIES = ("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY")
HOOK_STAGES = (
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
)
NO_PAUSE = ("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")
MOST_BAKE_MINUTES = 1440
MOST_PAUSE_MINUTES = 14 * 24 * 60
BOUNDS = {
    "LINEAR": ("linearConfiguration", "stepPercent", 3.0, "stepBakeTimeInMinutes"),
    "CANARY": ("canaryConfiguration", "canaryPercent", 0.1, "canaryBakeTimeInMinutes"),
}
"""By strategy: its configuration, the percentage in it and the least one, and the minutes in it."""

DEFAULTS = {"LINEAR": (10.0, 6), "CANARY": (5.0, 10)}
"""By strategy: the percentage of a step, and the minutes after it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html and
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html
"""


def check(configuration: Document, request: Document) -> None:
    """Whether a deployment configuration can be carried out for a service asked for like this.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    strategy = configuration.get("strategy") or "ROLLING"
    if strategy not in STRATEGIES:
        raise InvalidParameterException(
            f"Invalid deployment strategy {strategy!r}: {', '.join(STRATEGIES)}."
        )
    for kind, (key, percent, least, minutes) in BOUNDS.items():
        asked = configuration.get(key)
        if asked and kind != strategy:
            raise InvalidParameterException(
                f"{key} is only valid when the deployment strategy is {kind}."
            )
        _check_percent(f"{key}.{percent}", (asked or {}).get(percent), least)
        _check_minutes(f"{key}.{minutes}", (asked or {}).get(minutes))
    _check_minutes("bakeTimeInMinutes", configuration.get("bakeTimeInMinutes"))
    for hook in configuration.get("lifecycleHooks") or []:
        _check_hook(hook)
    if strategy == "ROLLING":
        return
    if configuration.get("bakeTimeInMinutes") is None and strategy == "BLUE_GREEN":
        raise InvalidParameterException(
            "bakeTimeInMinutes is required when the deployment strategy is BLUE_GREEN."
        )
    _check_service(strategy, request)


def _check_percent(name: str, value: float | None, least: float) -> None:
    if value is None:
        return
    if not least <= value <= 100 or abs(value * 10 - round(value * 10)) > 1e-6:
        raise InvalidParameterException(
            f"{name} must be a multiple of 0.1 between {least} and 100.0."
        )


def _check_minutes(name: str, value: int | None) -> None:
    if value is not None and not 0 <= value <= MOST_BAKE_MINUTES:
        raise InvalidParameterException(f"{name} must be between 0 and {MOST_BAKE_MINUTES}.")


def _check_hook(hook: Mapping[str, Any]) -> None:
    """A Lambda hook names its function and a role; a pause cannot be in a stage that shifts.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHook.html
    """
    stages = hook.get("lifecycleStages") or []
    if not stages or any(each not in HOOK_STAGES for each in stages):
        raise InvalidParameterException(
            f"A lifecycle hook needs lifecycleStages, out of {', '.join(HOOK_STAGES)}."
        )
    kind = hook.get("targetType") or "AWS_LAMBDA"
    if kind == "PAUSE":
        wrong = [each for each in stages if each in NO_PAUSE]
        if wrong:
            raise InvalidParameterException(
                f"PAUSE hooks cannot be configured at the {wrong[0]} stage, which takes only "
                "AWS_LAMBDA hooks."
            )
    elif not hook.get("hookTargetArn") or not hook.get("roleArn"):
        raise InvalidParameterException(
            "An AWS_LAMBDA lifecycle hook needs hookTargetArn and roleArn."
        )
    minutes = (hook.get("timeoutConfiguration") or {}).get("timeoutInMinutes")
    if minutes is not None and not 1 <= minutes <= MOST_PAUSE_MINUTES:
        raise InvalidParameterException(
            f"timeoutInMinutes of a lifecycle hook must be between 1 and {MOST_PAUSE_MINUTES}."
        )


def _check_service(strategy: str, request: Document) -> None:
    """Only REPLICA services of the ECS controller, whose load balancers say how to shift."""
    if request.get("schedulingStrategy") == "DAEMON":
        raise InvalidParameterException(
            f"The {strategy} deployment strategy is not supported with the DAEMON scheduling "
            "strategy."
        )
    if (request.get("deploymentController") or {}).get("type", "ECS") != "ECS":
        raise InvalidParameterException(
            f"The {strategy} deployment strategy is only supported with the ECS deployment "
            "controller."
        )
    needed = ("alternateTargetGroupArn", "productionListenerRule", "roleArn")
    for balancer in request.get("loadBalancers") or []:
        given = balancer.get("advancedConfiguration") or {}
        missing = [key for key in needed if not given.get(key)]
        if missing:
            raise InvalidParameterException(
                f"The {strategy} deployment strategy needs {missing[0]} in the "
                "advancedConfiguration of each load balancer."
            )


def stages(
    configuration: Document, *, reconcile: bool, blue: bool, passing_s: float
) -> list[Stage]:
    """The stages of a deployment in their order; `blue` says whether there is an old revision.

    A stage without a time of its own lasts `passing_s`. RECONCILE_SERVICE only happens when more
    than one service revision is ACTIVE. Without an old revision there is nobody to share the
    traffic with and nothing to bake against.
    """
    shifting: list[Stage] = []
    for percent, minutes in percents(configuration) if blue else [(100.0, 0)]:
        shifting.append(Stage("PRE_PRODUCTION_TRAFFIC_SHIFT", passing_s))
        lasts_s = minutes * 60.0 if percent < 100 else passing_s
        shifting.append(Stage("PRODUCTION_TRAFFIC_SHIFT", lasts_s, percent))
    bake_s = (configuration.get("bakeTimeInMinutes") or 0) * 60.0 if blue else 0.0
    return [
        *([Stage("RECONCILE_SERVICE", passing_s)] if reconcile else []),
        Stage("PRE_SCALE_UP", passing_s),
        Stage("SCALE_UP", 0.0),
        Stage("POST_SCALE_UP", passing_s),
        Stage("TEST_TRAFFIC_SHIFT", passing_s),
        Stage("POST_TEST_TRAFFIC_SHIFT", passing_s),
        *shifting,
        Stage("POST_PRODUCTION_TRAFFIC_SHIFT", passing_s),
        Stage("BAKE_TIME", bake_s),
        Stage("CLEAN_UP", 0.0),
    ]


def percents(configuration: Document) -> list[tuple[float, int]]:
    """The new revision's shares of production traffic, each with the minutes until the next one.

    >>> percents({"strategy": "CANARY"})
    [(5.0, 10), (100.0, 0)]
    >>> [share for share, _ in percents({"strategy": "LINEAR"})][:3]
    [10.0, 20.0, 30.0]
    """
    strategy = configuration.get("strategy") or "ROLLING"
    if strategy not in BOUNDS:
        return [(100.0, 0)]
    key, percent_key, _, minutes_key = BOUNDS[strategy]
    asked = configuration.get(key) or {}
    percent, minutes = DEFAULTS[strategy]
    percent = asked.get(percent_key, percent)
    minutes = asked.get(minutes_key, minutes)
    if strategy == "CANARY":
        steps = [percent]
    else:
        count = int(round(100 / percent, 9))
        steps = [round(percent * number, 1) for number in range(1, count + 1)]
    return [(each, minutes) for each in steps if each < 100] + [(100.0, 0)]
