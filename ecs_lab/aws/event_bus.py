"""EventBridge in virtual time: which rules an event matches, and what their targets get.

Events come from ECS (`Buses.observe`), from PutEvents (moto's) and from schedules. All take the
same way: they are matched at once and delivered half a second later, so that a target never acts
in the middle of what caused it.

moto keeps buses, rules and targets; what it does with an event is replaced here, because it
delivers to disabled rules, takes a rule without a pattern for one that matches everything, drops
`account`, refuses PutEvents when a rule has a target that it does not know, and knows no ECS
target.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
"""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any, cast

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.events.models import Rule, events_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.utilities.arns import parse_arn

from ecs_lab.aws import ecs_target
from ecs_lab.aws.event_patterns import fits
from ecs_lab.aws.moto_state import MotoState
from ecs_lab.engine.eventbridge import DETAIL_TYPES, SOURCE, Happened, event, iso

if TYPE_CHECKING:
    from ecs_lab.aws.world import World
    from ecs_lab.engine.state import State

DELIVERY_S = 0.5
"""How long an event is on its way (AWS speaks of about half a second as typical)."""

Event = dict[str, Any]

_NAME = re.compile(r"<([^<>]+)>")
_STRING_OR_NAME = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]+>')


class NotDeliveredError(Exception):
    """A target that did not get its event: the text says why, for the lab's timeline."""


FAILURES = (NotDeliveredError, ecs_target.NotRunError, ServiceException, JsonRESTError)
"""What keeps an event from its target."""


class Buses:
    """The event buses of all Regions of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def observe(self, state: State, kind: str, thing: object, event_name: str) -> None:
        """Hear of a change in ECS; costs next to nothing where no rule could want it."""
        detail_type = DETAIL_TYPES.get(kind)
        # By `get`, which makes no backend where nobody has used EventBridge.
        regions: dict[str, Any] | None = events_backends.get(state.account_id)
        backend = regions.get(state.region) if regions else None
        if detail_type is None or backend is None:
            return
        rules = [
            rule
            for rule in backend.event_buses["default"].rules.values()
            if _may_want(rule, detail_type, thing)
        ]
        happened = event(state, kind, thing, event_name) if rules else None
        if happened is not None:
            whole = self._whole(state, happened)
            for rule in rules:
                self.offer(rule, whole)

    def announce(
        self, region: str, source: str, detail_type: str, resources: list[str], detail: Event
    ) -> None:
        """Hear something of another service than ECS; costs little where no rule is."""
        regions: dict[str, Any] | None = events_backends.get(self._world.account_id)
        backend = regions.get(region) if regions else None
        rules = backend.event_buses["default"].rules.values() if backend is not None else ()
        rules = [each for each in rules if each.targets and each.event_pattern.get_pattern()]
        if not rules:
            return
        whole = envelope(
            self._new_id(),
            detail_type,
            source=source,
            account=self._world.account_id,
            region=region,
            at_s=self._world.now(),
            resources=resources,
            detail=detail,
        )
        for rule in rules:
            self.offer(rule, whole)

    def _whole(self, state: State, happened: Happened) -> Event:
        return envelope(
            self._new_id(),
            happened.detail_type,
            source=SOURCE,
            account=state.account_id,
            region=state.region,
            at_s=happened.at_s,
            resources=[happened.resource],
            detail=happened.detail,
        )

    def _new_id(self) -> str:
        return self._world.ecs.state.ids.uuid()

    def offer(self, rule: Rule, whole: Event) -> None:
        """Give an event to a rule's targets, half a second from now, if it is on and matches."""
        if rule.state == "ENABLED" and fits(rule.event_pattern, whole):
            self.send(rule, whole)

    def send(self, rule: Rule, whole: Event) -> None:
        """Give an event to a rule's targets, half a second from now."""
        for target in rule.targets:
            self._world.clock.schedule(DELIVERY_S, self._deliver, rule, target, whole)

    def scheduled(self, rule: Rule) -> None:
        """A rule's schedule has come round: its targets get a `Scheduled Event`.

        Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
        """
        whole = envelope(
            self._new_id(),
            "Scheduled Event",
            source="aws.events",
            account=rule.account_id,
            region=rule.region_name,
            at_s=self._world.now(),
            resources=[rule.arn],
            detail={},
        )
        self.send(rule, whole)

    def _deliver(self, rule: Rule, target: dict[str, Any], whole: Event) -> None:
        service = parse_arn(target["Arn"]).service
        try:
            if service == "ecs":
                role = target.get("RoleArn") or rule.role_arn
                order = ecs_target.Order(
                    target["Arn"],
                    target.get("EcsParameters") or {},
                    payload(target, whole),
                    f"events-rule/{rule.name}",
                )
                ecs_target.run(self._world, order, role, "events.amazonaws.com")
            elif service == "events":
                self._to_events(rule, target, whole)
            else:
                deliver_text(target, payload(target, whole))
        except FAILURES as error:
            self.not_delivered(rule.region_name, rule.arn, rule.name, target["Arn"], str(error))

    def _to_events(self, rule: Rule, target: dict[str, Any], whole: Event) -> None:
        """Another bus gets the event as it is; an archive keeps it."""
        arn = parse_arn(target["Arn"])
        if not arn.resource_type:
            _to_archive(rule, whole)
            return
        buses = events_backends[arn.account][arn.region].event_buses
        if arn.resource_type != "event-bus" or arn.resource_id not in buses:
            raise NotDeliveredError("there is no such event bus")
        for each in list(buses[arn.resource_id].rules.values()):
            self.offer(each, whole)

    def not_delivered(self, region: str, arn: str, name: str, target: str, why: str) -> None:
        """Note in the timeline what EventBridge only counts as a FailedInvocation."""
        state = self._world.ecs_in(region).state
        state.note("event", arn, name, f"not delivered to {target}: {why}")


def envelope(
    event_id: str,
    detail_type: str,
    *,
    source: str,
    account: str,
    region: str,
    at_s: float,
    resources: list[str],
    detail: dict[str, Any],
) -> Event:
    """An event as its targets get it.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    """
    return {
        "version": "0",
        "id": event_id,
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": iso(at_s)[:-5] + "Z",
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def _may_want(rule: Rule, detail_type: str, thing: object) -> bool:
    """A quick look, before the event is built, at whether a rule could match."""
    pattern = rule.event_pattern.get_pattern()
    if not pattern or not rule.targets:
        return False
    if not _admits(pattern.get("source"), SOURCE):
        return False
    detail = pattern.get("detail")
    wanted = detail.get("lastStatus") if isinstance(detail, dict) else None
    status = getattr(thing, "last_status", None)
    return _admits(pattern.get("detail-type"), detail_type) and (
        status is None or _admits(wanted, status)
    )


def _admits(filters: Any, value: str) -> bool:
    """Whether a value could pass the filters of a pattern; only plain texts are judged here."""
    if not isinstance(filters, list) or any(isinstance(each, dict) for each in filters):
        return True
    return value in filters


def payload(target: dict[str, Any], whole: Event) -> str:
    """What a target gets: the event, a part of it, a constant, or a template filled from it.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(whole, target["InputPath"]))
    transformer = target.get("InputTransformer")
    return _filled(transformer, whole) if transformer else json.dumps(whole)


def _at(whole: Any, path: str) -> Any:
    """The value at a JSONPath of names and indices, such as $.detail.containers[0].name."""
    for name in re.findall(r"[^.\[\]$]+", path):
        if isinstance(whole, list):
            whole = whole[int(name)] if name.isdecimal() and int(name) < len(whole) else None
        else:
            whole = whole.get(name) if isinstance(whole, dict) else None
    return whole


def _filled(transformer: dict[str, Any], whole: Event) -> str:
    """The template with its <names> filled: as plain text inside a JSON string, else as JSON."""
    paths: dict[str, str] = transformer.get("InputPathsMap") or {}
    values = {name: _at(whole, path) for name, path in paths.items()}
    values["aws.events.event.json"] = whole

    def bare(found: re.Match[str]) -> str:
        return json.dumps(values[found[1]]) if found[1] in values else found[0]

    def quoted(found: re.Match[str]) -> str:
        value = values.get(found[1], found[0])
        return (json.dumps(value) if isinstance(value, str) else json.dumps(str(value)))[1:-1]

    def part(found: re.Match[str]) -> str:
        text = found[0]
        return _NAME.sub(quoted, text) if text.startswith('"') else _NAME.sub(bare, text)

    return _STRING_OR_NAME.sub(part, str(transformer["InputTemplate"]))


def deliver_text(target: dict[str, Any], text: str) -> None:
    """Give a text to a queue, a topic or a log group."""
    arn = parse_arn(target["Arn"])
    if arn.service == "sqs":
        _to_queue(arn.account, arn.region, arn.resource_id, target, text)
    elif arn.service == "sns":
        sns_backends[arn.account][arn.region].publish(text, arn=target["Arn"])
    elif arn.service == "logs":
        _to_log_group(arn.account, arn.region, target["Arn"], text)
    else:
        raise NotDeliveredError(f"the lab delivers no events to {arn.service}")


def _to_queue(account: str, region: str, name: str, target: dict[str, Any], text: str) -> None:
    sqs = sqs_backends[account][region]
    if name not in sqs.queues:
        raise NotDeliveredError("there is no such queue")
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    sqs.send_message(queue_name=name, message_body=text, group_id=group)


def _to_log_group(account: str, region: str, arn: str, text: str) -> None:
    group = arn.partition(":log-group:")[2].removesuffix(":*")
    logs = logs_backends[account][region]
    if group not in logs.groups:
        raise NotDeliveredError("there is no such log group")
    stream = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{arn} {text}"))
    if stream not in logs.groups[group].streams:
        logs.create_log_stream(group, stream)
    logs.put_log_events(group, stream, [{"timestamp": int(now_s() * 1000), "message": text}])


def now_s() -> float:
    """The time of the lab in use, in seconds since the epoch."""
    assert MotoState.current is not None
    return MotoState.current.clock.now


MOTO_SEND: Any = Rule.send_to_targets
"""moto's own way of sending, for whoever uses moto without a lab."""


def _to_archive(rule: Rule, whole: Event) -> None:
    backend = events_backends[rule.account_id][rule.region_name]
    kept = {**whole, "ingestion-time": now_s()}
    for archive in backend.archives.values():
        if archive.rule is not None and archive.rule.name == rule.name:
            archive.events.append(cast("Any", kept))


def _send_to_targets(rule: Rule, original_event: Any, transform_input: bool = True) -> None:
    """moto's Rule.send_to_targets, by way of the buses of the lab in use."""
    buses = MotoState.current.buses if MotoState.current is not None else None
    if buses is None:
        MOTO_SEND(rule, original_event, transform_input)
        return
    whole = {key: value for key, value in original_event.items() if key != "ingestion-time"}
    if isinstance(whole.get("time"), (int, float)):
        whole["time"] = iso(whole["time"])[:-5] + "Z"
    buses.offer(rule, whole)


# moto: the only place through which its PutEvents reaches a rule's targets.
setattr(Rule, "send_to_targets", _send_to_targets)  # noqa: B010 - a method of a typed class
