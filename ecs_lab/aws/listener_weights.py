"""The weights with which a listener rule of moto's load balancers forwards to target groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.elbv2.models import FakeAction


def idle(listener: Any) -> list[str]:
    """The ARNs of the target groups that a listener's rules name, but send nothing to."""
    actions = [action.data for rule in listener.rules.values() for action in rule.actions]
    weights: dict[str, float] = {}
    for action in actions:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or [action]
        for group in groups:
            arn = group.get("TargetGroupArn", "")
            weights[arn] = weights.get(arn, 0.0) + float(group.get("Weight", 1))
    return [arn for arn, weight in weights.items() if arn and not weight]


def shift(elbv2: Any, arn: str, weights: Mapping[str, int]) -> None:
    """Let a listener rule, or the default actions of a listener, forward with these weights.

    A rule that is gone cannot be shifted, and is left alone.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html
    """
    groups = [{"TargetGroupArn": group, "Weight": weight} for group, weight in weights.items()]
    for place in _places(elbv2, arn):
        for number, action in enumerate(place):
            if action.type == "forward":
                data = {**action.data, "ForwardConfig": {"TargetGroups": groups}}
                data.pop("TargetGroupArn", None)
                place[number] = FakeAction(data)


def _places(elbv2: Any, arn: str) -> Iterator[list[Any]]:
    """The lists of actions of the rule, or of the listener's default rule."""
    for balancer in elbv2.load_balancers.values():
        for listener in balancer.listeners.values():
            if listener.arn == arn:
                yield listener.default_actions
            for rule in listener.rules.values():
                if rule.arn == arn or (listener.arn == arn and rule.is_default):
                    yield rule.actions
                    if rule.is_default:
                        yield listener.default_actions
