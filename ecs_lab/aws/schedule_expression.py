"""rate(), cron() and at(): when a schedule comes round.

Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html and
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from aws_croniter.aws_croniter import AwsCroniter
from aws_croniter.exceptions import AwsCroniterExpressionError

_RATE = re.compile(r"rate\((?P<value>[1-9]\d*) (?P<unit>minute|hour|day)(?P<many>s?)\)")
_CRON = re.compile(r"cron\((?P<fields>[^()]+)\)")
_AT = re.compile(r"at\((?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}


class InvalidExpressionError(ValueError):
    """A schedule expression, or its time zone, that EventBridge does not take."""


def following(expression: str, zone: str, now_s: float) -> float | None:
    """The next moment after `now_s`, given that the schedule comes round now; None for no more.

    >>> following("rate(5 minutes)", "UTC", 60.0)
    360.0
    >>> following("cron(0 12 * * ? *)", "UTC", 0.0)
    43200.0
    """
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        _check_plural(expression, rate)
        return now_s + int(rate["value"]) * _SECONDS[rate["unit"]]
    cron = _CRON.fullmatch(expression)
    if cron is not None:
        return _next_of_cron(expression, cron["fields"], _zone(zone), now_s)
    at = _AT.fullmatch(expression)
    if at is None:
        raise InvalidExpressionError(expression)
    try:
        moment = datetime.fromisoformat(at["time"]).replace(tzinfo=_zone(zone)).timestamp()
    except ValueError as error:
        raise InvalidExpressionError(expression) from error
    return moment if moment > now_s else None


def first(
    expression: str, zone: str, now_s: float, *, start_s: float | None, at_once: bool
) -> float | None:
    """The first moment of a schedule that is made now, not before `start_s`.

    A rate() of EventBridge Scheduler (`at_once`) begins at its start date, or at once without one;
    that of a rule begins when the first interval is over.
    """
    following(expression, zone, now_s)  # refuses what is no expression
    begin_s = max(now_s, start_s) if start_s is not None else now_s
    if expression.startswith("rate(") and at_once:
        return begin_s
    before_s = begin_s - 1.0 if begin_s > now_s else now_s
    return following(expression, zone, before_s if expression.startswith("cron(") else now_s)


def _check_plural(expression: str, rate: re.Match[str]) -> None:
    if (rate["value"] == "1") == bool(rate["many"]):
        raise InvalidExpressionError(expression)


def _zone(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise InvalidExpressionError(f"time zone {name}") from error


def _next_of_cron(expression: str, fields: str, zone: tzinfo, now_s: float) -> float | None:
    # The library counts in UTC: we give it the zone's wall clock as if it were UTC.
    wall = datetime.fromtimestamp(now_s, zone).replace(tzinfo=UTC)
    try:
        cron = AwsCroniter(" ".join(fields.split()))
    except (AwsCroniterExpressionError, ValueError, IndexError) as error:
        raise InvalidExpressionError(expression) from error
    while True:
        (found,) = cron.get_next(wall, 1)
        if found is None:
            return None
        moment: float = found.replace(tzinfo=zone).timestamp()
        there = datetime.fromtimestamp(moment, zone).replace(tzinfo=UTC) == found
        if there and moment > now_s:
            return moment
        wall = found  # in the hour that summer time skips at its beginning, or repeats at its end


def refusal(host: str, headers: dict[str, str], method: str, body: bytes) -> str | None:
    """AWS's message for a request that names a schedule expression it does not take, or None.

    moto: takes anything for one in EventBridge Scheduler, and any cron(…) in a rule.
    """
    service = host.partition(".")[0]
    target = next((v for k, v in headers.items() if k.lower() == "x-amz-target"), "")
    is_rule = service == "events" and str(target).endswith(".PutRule")
    if not is_rule and not (service == "scheduler" and method in ("POST", "PUT")):
        return None
    request = json.loads(body or b"{}")
    expression = request.get("ScheduleExpression")
    if not expression:
        return None
    try:
        following(expression, request.get("ScheduleExpressionTimezone") or "UTC", 0.0)
        wrong = is_rule and expression.startswith("at(")
    except InvalidExpressionError as error:
        if str(error) != expression:
            return f"Invalid Schedule Expression Timezone {request['ScheduleExpressionTimezone']}."
        wrong = True
    if not wrong:
        return None
    if is_rule:
        return "Parameter ScheduleExpression is not valid."
    return f"Invalid Schedule Expression {expression}."
