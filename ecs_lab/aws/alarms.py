"""CloudWatch alarms on the lab's metrics: moto keeps them and never evaluates them.

An alarm whose metric has no data in the lab keeps the state that SetAlarmState gave it.
Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Average": _mean,
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
}


def evaluate(cloudwatch: Any, now: datetime) -> None:
    """Put every alarm whose metric has data into the state that the data give it."""
    for alarm in cloudwatch.alarms.values():
        if alarm.comparison_operator not in COMPARISONS or alarm.statistic not in STATISTICS:
            continue
        data = _data_of(alarm, cloudwatch.metric_data)
        if not data:
            continue
        state = _state(alarm, _points(alarm, data, now))
        if state != alarm.state_value:
            reason = f"Threshold Crossed: {alarm.metric_name} against {alarm.threshold}."
            alarm.update_state(reason, "{}", state)


def latest(alarm: Any, cloudwatch: Any, now: datetime) -> float | None:
    """The newest value that the alarm looks at, or None."""
    points = _points(alarm, _data_of(alarm, cloudwatch.metric_data), now)
    return next((each for each in points if each is not None), None)


def _data_of(alarm: Any, data: Iterable[Any]) -> list[Any]:
    wanted = {(each.name, each.value) for each in alarm.dimensions}
    return [
        each
        for each in data
        if each.name == alarm.metric_name
        and each.namespace == alarm.namespace
        and {(d.name, d.value) for d in each.dimensions} == wanted
        and hasattr(each, "value")
    ]


def _points(alarm: Any, data: Sequence[Any], now: datetime) -> list[float | None]:
    """The statistic of each period, newest first; None for one without data."""
    period = timedelta(seconds=int(alarm.period))
    statistic = STATISTICS[alarm.statistic]
    points: list[float | None] = []
    for index in range(int(alarm.evaluation_periods)):
        end = now - index * period
        values = [
            each.value for each in data if end - period < each.timestamp.replace(tzinfo=None) <= end
        ]
        points.append(statistic(values) if values else None)
    return points


def _state(alarm: Any, points: Sequence[float | None]) -> str:
    compare = COMPARISONS[alarm.comparison_operator]
    missing = alarm.treat_missing_data or "missing"
    if all(each is None for each in points) and missing in ("missing", "ignore"):
        return str(alarm.state_value) if missing == "ignore" else "INSUFFICIENT_DATA"
    threshold = float(alarm.threshold)
    breaching = sum(
        compare(each, threshold) if each is not None else missing == "breaching" for each in points
    )
    needed = int(alarm.datapoints_to_alarm or alarm.evaluation_periods)
    return "ALARM" if breaching >= needed else "OK"
