"""Service Auto Scaling: Application Auto Scaling's policies and scheduled actions, carried out.

moto keeps scalable targets, policies and scheduled actions and acts on none of them. Once a minute
of virtual time the services' load becomes metrics, alarms are evaluated, and policies change
desired counts.
Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import cloudwatch_backends

from ecs_lab.aws import alarms, schedule_expression
from ecs_lab.aws.load import Load, measure
from ecs_lab.engine.clock import Event
from ecs_lab.engine.model import Service
from ecs_lab.engine.service_scaling import stepped, tracked

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

PERIOD_S = 60.0
DIMENSION = "ecs:service:DesiredCount"
COOLDOWN_S = 300.0
"""The cooldown of ECS services where a policy names none.

Source:
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
"""


@dataclass(slots=True)
class Past:
    """The last scaling of a service by a policy: when, and by how many tasks."""

    out_at_s: float = float("-inf")
    out_by: int = 0
    in_at_s: float = float("-inf")


@dataclass(slots=True, frozen=True)
class Wish:
    """What one policy wants: a count, and how long it rests after having it."""

    count: int
    cooldown_s: float


class ServiceAutoScaling:
    """Load, alarms and scaling of one world's services, in its own Region."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loads: dict[tuple[str, str], Load] = {}
        self._programs_measured = False
        self._past: dict[str, Past] = {}
        self._tick: Event | None = None
        self._actions: dict[str, tuple[str, Event | None]] = {}

    def set_load(self, cluster: str, service: str, load: Load) -> None:
        """Say what all tasks of a service have to do from now on."""
        found = self._world.ecs.state.cluster(cluster)
        known = self._world.ecs.state.find_service(found, service)
        if known is None:
            raise LookupError(f"There is no service {service!r} in cluster {found.name!r}.")
        self._loads[found.name, known.name] = load
        self.observe()

    def measure_programs(self) -> None:
        """From now on, measure what the programs in containers say they use as well."""
        self._programs_measured = True
        self.observe()

    def observe(self) -> None:
        """Keep step with moto: the minute ticks while there is something to do."""
        if self._tick is None and (
            self._loads or self._programs_measured or self._targets or self._alarms
        ):
            self._tick = self._world.clock.schedule(PERIOD_S, self._minute, background=True)
        self._plan_actions()

    @property
    def _account(self) -> str:
        return self._world.ecs.state.account_id

    @property
    def _backend(self) -> Any:
        """moto's Application Auto Scaling, or None while nobody has used it: it loads slowly."""
        module = sys.modules.get("moto.applicationautoscaling.models")
        backends = module.applicationautoscaling_backends if module is not None else {}
        return dict.get(backends.get(self._account, {}), self._world.region)

    @property
    def _cloudwatch(self) -> Any:
        return cloudwatch_backends[self._account][self._world.region]

    @property
    def _alarms(self) -> Any:
        backend = dict.get(cloudwatch_backends.get(self._account, {}), self._world.region)
        return backend.alarms if backend is not None else {}

    @property
    def _targets(self) -> dict[str, Any]:
        backend = self._backend
        return dict(backend.targets.get(DIMENSION, {})) if backend is not None else {}

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._world.now(), UTC).replace(tzinfo=None)

    # Every minute

    def _minute(self) -> None:
        self._tick = None
        state = self._world.ecs.state
        for service, load in self._loaded():
            for each in measure(service, self._with_programs(service, load)):
                state.surroundings.record_metric(
                    each.namespace, each.name, each.dimensions, each.value
                )
            self._world.containers.load(service, load.memory_mib)
        targets = self._targets
        alarms.evaluate(self._cloudwatch, self._now())
        for resource, target in targets.items():
            service_found = self._service(resource)
            if service_found is not None and service_found.deployments:
                self._scale(resource, target, service_found)
        self.observe()

    def _loaded(self) -> Iterator[tuple[Service, Load]]:
        """The active services that have a load, or whose programs may use something."""
        for cluster in self._world.ecs.state.clusters.values():
            for service in cluster.services.values():
                load = self._loads.get((cluster.name, service.name))
                if service.status == "ACTIVE" and (load is not None or self._programs_measured):
                    yield service, load or Load()

    def _with_programs(self, service: Service, load: Load) -> Load:
        """A load, and what the service's programs say they use besides."""
        vcpus, memory_mib = self._world.containers.used(service)
        return replace(load, vcpus=load.vcpus + vcpus, memory_mib=load.memory_mib + memory_mib)

    def _service(self, resource: str) -> Service | None:
        _, cluster_name, name = resource.split("/")
        cluster = self._world.ecs.state.find_cluster(cluster_name)
        service = cluster.services.get(name) if cluster is not None else None
        return service if service is not None and service.status == "ACTIVE" else None

    def _policies(self, resource: str) -> list[Any]:
        return [each for each in self._backend.policies.values() if each.resource_id == resource]

    def _scale(self, resource: str, target: Any, service: Service) -> None:
        """Out if any policy wants it, to the most that one wants; in only if all that track a
        target agree.
        """
        if (target.suspended_state or {}).get("DynamicScalingOutSuspended") is True:
            wishes_out: list[Wish] = []
        else:
            wishes_out = [each for each in self._wishes(resource, service, out=True) if each]
        if wishes_out:
            self._scale_out(resource, target, service, max(wishes_out, key=lambda w: w.count))
            return
        if (target.suspended_state or {}).get("DynamicScalingInSuspended") is True:
            return
        wishes_in = list(self._wishes(resource, service, out=False))
        agreed = [each for each in wishes_in if each is not None]
        if agreed and len(agreed) == len(wishes_in):
            self._scale_in(resource, target, service, max(agreed, key=lambda w: w.count))

    def _wishes(self, resource: str, service: Service, *, out: bool) -> Iterator[Wish | None]:
        """What each policy wants; None from one that tracks a target and does not want to scale
        this way.
        """
        for policy in self._policies(resource):
            if policy.policy_type == "TargetTrackingScaling":
                if out or not _configuration(policy).get("DisableScaleIn"):
                    yield self._tracking_wish(policy, service, out=out)
            else:
                yield from self._step_wishes(policy, service, out=out)

    def _tracking_wish(self, policy: Any, service: Service, *, out: bool) -> Wish | None:
        alarm = policy.alarms[0 if out else 1]
        value = alarms.latest(alarm, self._cloudwatch, self._now())
        if alarm.state_value != "ALARM" or value is None:
            return None
        settings = _configuration(policy)
        running = sum(1 for each in service.tasks.values() if each.last_status == "RUNNING")
        count = tracked(running, value, float(settings["TargetValue"]))
        cooldown_s = settings.get("ScaleOutCooldown" if out else "ScaleInCooldown", COOLDOWN_S)
        return Wish(count, float(cooldown_s))

    def _step_wishes(self, policy: Any, service: Service, *, out: bool) -> Iterator[Wish]:
        for alarm in self._cloudwatch.alarms.values():
            acts = alarm.actions_enabled and policy.policy_arn in (alarm.alarm_actions or [])
            if not acts or alarm.state_value != "ALARM":
                continue
            value = alarms.latest(alarm, self._cloudwatch, self._now())
            beyond = value - float(alarm.threshold) if value is not None else 0.0
            settings = _configuration(policy)
            count = stepped(service.desired_count, settings, beyond)
            if (count > service.desired_count) == out and count != service.desired_count:
                yield Wish(count, float(settings.get("Cooldown", COOLDOWN_S)))

    def _scale_out(self, resource: str, target: Any, service: Service, wish: Wish) -> None:
        """During a cooldown only a larger step goes on from where the last one began."""
        past = self._past.setdefault(resource, Past())
        now, before = self._world.now(), service.desired_count
        count = min(wish.count, target.max_capacity)
        if now < past.out_at_s + wish.cooldown_s and count - before <= past.out_by:
            return
        if count > before:
            past.out_at_s, past.out_by = now, count - before
            self._set(service, count)

    def _scale_in(self, resource: str, target: Any, service: Service, wish: Wish) -> None:
        """Not during a cooldown, and not while a deployment is in progress.

        Source:
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
        """
        past = self._past.setdefault(resource, Past())
        now = self._world.now()
        deploying = len(service.deployments) > 1 or service.primary.rollout_state == "IN_PROGRESS"
        count = max(wish.count, target.min_capacity)
        resting = now < max(past.in_at_s, past.out_at_s) + wish.cooldown_s
        if count < service.desired_count and not deploying and not resting:
            past.in_at_s = now
            self._set(service, count)

    def _set(self, service: Service, count: int) -> None:
        what = f"Application Auto Scaling: desired count {service.desired_count} -> {count}"
        self._world.ecs.state.note("service", service.arn, service.name, what)
        self._world.ecs.call(
            "UpdateService", cluster=service.cluster.name, service=service.name, desiredCount=count
        )

    # Scheduled actions

    def _plan_actions(self) -> None:
        """Give new and changed scheduled actions their next moment on the clock."""
        backend = self._backend
        found = {each.arn: each for each in backend.scheduled_actions} if backend else {}
        for arn in self._actions.keys() - found.keys():
            self._world.clock.cancel(self._actions.pop(arn)[1])
        for arn, action in found.items():
            told = f"{action.schedule} {action.timezone} {action.start_time} {action.end_time}"
            if arn in self._actions and self._actions[arn][0] == told:
                continue
            if arn in self._actions:
                self._world.clock.cancel(self._actions[arn][1])
            self._actions[arn] = told, None
            self._arm(action, new=True)

    def _arm(self, action: Any, *, new: bool) -> None:
        zone, now = action.timezone or "UTC", self._world.now()
        try:
            if new:
                start = action.start_time
                at_s = schedule_expression.first(
                    action.schedule,
                    zone,
                    now,
                    start_s=float(start) if start else None,
                    at_once=False,
                )
            else:
                at_s = schedule_expression.following(action.schedule, zone, now)
        except schedule_expression.InvalidExpressionError:
            return
        if at_s is None or (action.end_time and at_s > float(action.end_time)):
            return
        event = self._world.clock.schedule(at_s - now, self._act, action.arn, background=True)
        self._actions[action.arn] = self._actions[action.arn][0], event

    def _act(self, arn: str) -> None:
        """The moment of a scheduled action: new bounds, and a count within them."""
        backend = self._backend
        action = next((each for each in backend.scheduled_actions if each.arn == arn), None)
        if action is None:
            return
        self._arm(action, new=False)
        target, service = self._targets.get(action.resource_id), self._service(action.resource_id)
        if target is None or service is None:
            return
        if (target.suspended_state or {}).get("ScheduledScalingSuspended") is True:
            return
        bounds: Mapping[str, Any] = action.scalable_target_action or {}
        target.update(bounds.get("MinCapacity"), bounds.get("MaxCapacity"), None)
        count = min(max(service.desired_count, target.min_capacity), target.max_capacity)
        if count != service.desired_count:
            self._set(service, count)


def _configuration(policy: Any) -> Mapping[str, Any]:
    return (
        policy.target_tracking_scaling_policy_configuration
        or policy.step_scaling_policy_configuration
        or {}
    )
