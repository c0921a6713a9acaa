"""Schedules in virtual time: EventBridge rules with a ScheduleExpression, and EventBridge
Scheduler.

moto keeps both and never runs them. Each has its next moment on the lab's clock, in the background,
so that `settle` does not wait for something that goes on for ever.
docs/adr/0080-cron-expressions.md says who reads cron().
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends
from moto.utilities.arns import parse_arn

from ecs_lab.aws import dead_letters, ecs_target, event_bus
from ecs_lab.aws.schedule_expression import InvalidExpressionError, first, following
from ecs_lab.engine.clock import Event

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

Signature = tuple[Any, ...]
Key = tuple[str, ...]

RULE, SCHEDULE = "rule", "schedule"


class Schedules:
    """What comes round by itself in one world, kept in step with moto by `observe`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[Key, tuple[Signature, Event | None]] = {}

    def observe(self) -> None:
        """Look at moto's rules and schedules: new and changed ones get their next moment."""
        found = {**self._rules(), **self._schedules()}
        for key in self._known.keys() - found.keys():
            self._world.clock.cancel(self._known.pop(key)[1])
        for key, signature in found.items():
            if key in self._known and self._known[key][0] == signature:
                continue
            if key in self._known:
                self._world.clock.cancel(self._known[key][1])
            self._known[key] = signature, None
            self._arm(key, signature, new=True)

    def _rules(self) -> dict[Key, Signature]:
        return {
            (RULE, region, name): (rule.state, rule.scheduled_expression, "UTC", None, None)
            for region, backend in _regions(events_backends, self._account)
            for name, rule in backend.event_buses["default"].rules.items()
            if rule.scheduled_expression
        }

    def _schedules(self) -> dict[Key, Signature]:
        return {
            (SCHEDULE, region, group, name): (
                each.state,
                each.schedule_expression,
                each.schedule_expression_timezone,
                each.start_date,
                each.end_date,
            )
            for region, backend in _regions(scheduler_backends, self._account)
            for group, held in backend.schedule_groups.items()
            for name, each in held.schedules.items()
        }

    @property
    def _account(self) -> str:
        return self._world.ecs.state.account_id

    def _arm(self, key: Key, signature: Signature, *, new: bool) -> None:
        state, expression, zone, start, end = signature
        now = self._world.now()
        if state != "ENABLED":
            return
        try:
            if new:
                at_once = key[0] == SCHEDULE
                at_s = first(expression, zone, now, start_s=_number(start), at_once=at_once)
            else:
                at_s = following(expression, zone, now)
        except InvalidExpressionError:  # made by CloudFormation, which asks nobody
            return
        if at_s is None or (end is not None and at_s > float(end)):
            return
        event = self._world.clock.schedule(at_s - now, self._round, key, background=True)
        self._known[key] = signature, event

    def _round(self, key: Key) -> None:
        """The moment has come: invoke the targets, and wait for the next one."""
        signature = self._known[key][0]
        self._known[key] = signature, None
        self._arm(key, signature, new=False)
        if key[0] == RULE:
            rule = events_backends[self._account][key[1]].event_buses["default"].rules[key[2]]
            self._world.buses.scheduled(rule)
        else:
            self._invoke(*key[1:])

    def _invoke(self, region: str, group: str, name: str) -> None:
        backend = scheduler_backends[self._account][region]
        schedule = backend.schedule_groups[group].schedules[name]
        target = schedule.target
        text = str(target.get("Input") or "")
        try:
            if parse_arn(target["Arn"]).service == "ecs":
                parameters = target.get("EcsParameters") or {}
                started_by = f"chronos-schedule/{name}"
                order = ecs_target.Order(target["Arn"], parameters, text, started_by)
                role = target.get("RoleArn")
                ecs_target.run(self._world, order, role, "scheduler.amazonaws.com")
            else:
                event_bus.deliver_text(target, text)
        except event_bus.FAILURES as error:
            self._world.buses.not_delivered(region, schedule.arn, name, target["Arn"], str(error))
            dead_letters.send(self._world, schedule, str(error))
        if schedule.action_after_completion == "DELETE" and self._over(region, group, name):
            backend.schedule_groups[group].delete_schedule(name)
            self._known.pop((SCHEDULE, region, group, name), None)

    def _over(self, region: str, group: str, name: str) -> bool:
        return self._known[SCHEDULE, region, group, name][1] is None


def _regions(backends: Any, account: str) -> list[tuple[str, Any]]:
    """moto's backends of the Regions in use, without making any."""
    return list(backends.get(account, {}).items())


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
