"""Service Auto Scaling in numbers: the desired count that a policy asks for.

Source:
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
and
https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

LOW_SHARE = 0.9
"""Target tracking scales in below nine tenths of its target, so that it does not swing."""


def tracked(current: int, value: float, target: float) -> int:
    """The count that brings the metric to its target, when the load is shared out evenly.

    >>> tracked(4, value=75, target=50), tracked(4, value=20, target=50)
    (6, 2)
    """
    return math.ceil(current * value / target)


def stepped(current: int, policy: Mapping[str, Any], beyond: float) -> int:
    """The count after a step scaling policy's step for a metric `beyond` its alarm's threshold.

    >>> steps = [{"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 15,
    ...           "ScalingAdjustment": 10},
    ...          {"MetricIntervalLowerBound": 15, "ScalingAdjustment": 50}]
    >>> policy = {"AdjustmentType": "PercentChangeInCapacity", "StepAdjustments": steps}
    >>> stepped(5, policy, beyond=10), stepped(5, policy, beyond=20)
    (6, 7)
    """
    adjustment = _adjustment(policy.get("StepAdjustments") or (), beyond)
    if adjustment is None:
        return current
    kind = policy.get("AdjustmentType", "ChangeInCapacity")
    if kind == "ExactCapacity":
        return adjustment
    if kind == "ChangeInCapacity":
        return current + adjustment
    least = max(1, int(policy.get("MinAdjustmentMagnitude") or 1))
    change = max(abs(math.trunc(current * adjustment / 100)), least)
    return current + (change if adjustment > 0 else -change)


def _adjustment(steps: Sequence[Mapping[str, Any]], beyond: float) -> int | None:
    """The adjustment of the step whose interval holds `beyond`; above a threshold an interval
    includes its lower bound, below it its upper one.
    """
    for each in steps:
        least = float(each.get("MetricIntervalLowerBound", -math.inf))
        most = float(each.get("MetricIntervalUpperBound", math.inf))
        inside = least <= beyond < most if beyond >= 0 else least < beyond <= most
        if inside:
            return int(each["ScalingAdjustment"])
    return None
