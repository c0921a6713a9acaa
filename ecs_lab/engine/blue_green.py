"""Blue/green, linear and canary deployments: the new revision (green) comes up beside the old one
(blue), takes over the traffic, and only then does blue go.

A hook, an alarm, the circuit breaker or StopServiceDeployment can end it before that: traffic goes
back to blue, and green is stopped. Without load balancers the stages pass without shifting.
Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from __future__ import annotations

from ecs_lab.engine import (
    circuit_breaker,
    deployments,
    launch,
    lifecycle_hooks,
    rolling,
    throttle,
    traffic_shift,
)
from ecs_lab.engine.model import Deployment, Service, Stage, Task
from ecs_lab.engine.service_events import complain, say, say_started
from ecs_lab.engine.service_tasks import healthy, order, scale_in_order, stop, to_run
from ecs_lab.engine.state import State
from ecs_lab.engine.task_health import unhealthy

BEFORE_SCALE_UP = ("RECONCILE_SERVICE", "PRE_SCALE_UP")


def look(state: State, service: Service) -> None:
    """Bring each revision to the count that the stage gives it, and go on when it is reached.

    Between deployments such a service is kept up like any other.
    """
    record = service.primary.record
    if record.status in deployments.ENDED and len(service.deployments) == 1:
        rolling.look(state, service)
        return
    if record.status == "IN_PROGRESS" and record.stages is None:
        _begin(state, service)
    _hear_of_health(state, service.primary)
    circuit_breaker.check_alarms(state, service.primary)
    throttle.delay_next_start(state, service)
    _shift_back(state, service)
    for deployment in service.deployments:
        _keep(state, service, deployment)
    _scaled_up(state, service.primary)
    _conclude(state, service)


def _begin(state: State, service: Service) -> None:
    """Choose which of the running revisions is blue, and enter the first stage."""
    green, others = service.primary, service.deployments[1:]
    blue = max(others, key=lambda each: each.production_percent, default=None)
    for each in others:
        if each is not blue:
            each.status, each.production_percent = "INACTIVE", 0.0
    green.alternate = blue is not None and not blue.alternate
    passing_s = state.durations["stage.passing"]
    green.record.stages = traffic_shift.stages(
        green.record.configuration,
        reconcile=len(green.record.sources) > 1,
        blue=blue is not None,
        passing_s=passing_s,
    )
    if blue is not None:
        blue.test_percent = 0.0
        _shift(state, blue, green, 100.0)
    _enter(state, green)


def _blue(service: Service) -> Deployment | None:
    """The old revision that serves while the new one comes up."""
    return next((each for each in service.deployments[1:] if each.status == "ACTIVE"), None)


def _enter(state: State, green: Deployment) -> None:
    """Do what the stage that comes next is for, and run its hooks."""
    record = green.record
    assert record.stages
    stage = record.stages[0]
    record.lifecycle_stage, record.updated_at_s = stage.name, state.clock.now
    what = stage.name if stage.percent is None else f"{stage.name} {stage.percent:g}%"
    state.note("deployment", record.arn, green.service.name, what)
    blue = _blue(green.service)
    if stage.name == "RECONCILE_SERVICE" and blue is not None:
        _shift(state, blue, green, 100.0)
    if stage.name == "TEST_TRAFFIC_SHIFT":
        _shift_test(state, green, blue)
    if stage.percent is not None:
        _shift(state, green, blue, stage.percent)
    lifecycle_hooks.begin(state, green, stage.name, _hook_settled)
    if stage.name in ("SCALE_UP", "CLEAN_UP"):
        look(state, green.service)
    else:
        _let_pass(state, green)


def _let_pass(state: State, green: Deployment) -> None:
    """Once the stage's hooks have ended, let the time of the stage pass."""
    record = green.record
    if record.stages and not lifecycle_hooks.open_hooks(record):
        stage = record.stages[0]
        state.clock.schedule(stage.lasts_s, _over, state, green, stage)


def _over(state: State, green: Deployment, stage: Stage) -> None:
    """The stage is over, unless the deployment has been turned back or replaced meanwhile."""
    if _going_on(green) and green.record.stages and green.record.stages[0] is stage:
        green.record.stages.pop(0)
        _enter(state, green)


def _going_on(green: Deployment) -> bool:
    service = green.service
    return (
        service.status == "ACTIVE"
        and service.primary is green
        and green.record.status == "IN_PROGRESS"
    )


def _hook_settled(state: State, green: Deployment) -> None:
    """A hook has ended: go on, or roll back if it asks for that."""
    if not _going_on(green):
        return
    bad = lifecycle_hooks.failed(green.record)
    if bad is None:
        _let_pass(state, green)
        return
    stage = green.record.lifecycle_stage
    why = f"Service deployment rolled back because a lifecycle hook of {stage} {_how(bad.status)}."
    deployments.fail(state, green, why, roll_back=True)
    look(state, green.service)


def _how(status: str) -> str:
    return "timed out" if status == "TIMED_OUT" else "failed"


def resume(state: State, green: Deployment, hook_id: str, action: str) -> None:
    """Let a paused deployment go on, or turn it back, as ContinueServiceDeployment asks."""
    for hook in green.record.hooks:
        if hook.id == hook_id:
            status = "SUCCEEDED" if action == "CONTINUE" else "FAILED"
            lifecycle_hooks.finish(state, green.record, hook, status)
    _hook_settled(state, green)


def _shift(state: State, to: Deployment, away: Deployment | None, percent: float) -> None:
    """Give `to` this share of production traffic, and `away` the rest."""
    to.production_percent = percent
    if away is not None:
        away.production_percent = 100.0 - percent
    _direct(state, to, away, "productionListenerRule", percent)


def _shift_test(state: State, green: Deployment, blue: Deployment | None) -> None:
    green.test_percent = 100.0
    if blue is not None:
        blue.test_percent = 0.0
    _direct(state, green, blue, "testListenerRule", 100.0)


def _direct(
    state: State, to: Deployment, away: Deployment | None, rule: str, percent: float
) -> None:
    """Set the weights of the listener rules; those of a load balancer are whole numbers.

    Which rules and target groups these are says the revision that shifts: one of a rolling update
    before it has only its target group.
    """
    scale = 1 if percent == round(percent) else 10
    weight = round(percent * scale)
    rest = 100 * scale - weight
    asked = to if away is None or _shifts(to) else away
    own = {each.get("targetGroupArn") for each in to.load_balancers}
    for balancer in asked.load_balancers:
        advanced = balancer.get("advancedConfiguration") or {}
        if not advanced.get(rule):
            continue
        pair = {_first_group(asked, advanced), advanced["alternateTargetGroupArn"]}
        for group in pair & own:
            weights = {group: weight, **dict.fromkeys(pair - {group}, rest if away else 0)}
            state.surroundings.shift_traffic(advanced[rule], weights)


def _shifts(deployment: Deployment) -> bool:
    """Whether a revision says how traffic comes to it."""
    return any(each.get("advancedConfiguration") for each in deployment.load_balancers)


def _first_group(deployment: Deployment, advanced: object) -> str:
    asked = deployment.revision.request.get("loadBalancers") or []
    found = (each for each in asked if each.get("advancedConfiguration") == advanced)
    return str(next(found)["targetGroupArn"])


def _shift_back(state: State, service: Service) -> None:
    """Of a deployment that has failed: give the traffic back to the old revision, once it is up."""
    record = service.primary.record
    if not record.stages or record.status == "IN_PROGRESS":
        return
    failed = record.status != "ROLLBACK_IN_PROGRESS"
    back = _blue(service) if failed else service.primary
    others = [each for each in service.deployments if each is not back]
    if back is None:
        record.stages = []
        return
    if back.production_percent == 0 and not _all_up(state, back):
        if not back.tasks and others:
            back.alternate = not others[0].alternate
        return
    for each in others:
        each.production_percent = each.test_percent = 0.0
    _shift(state, back, others[0] if others else None, 100.0)
    record.stages, record.lifecycle_stage = [], "CLEAN_UP"
    state.note("deployment", record.arn, service.name, "traffic back")


def _wanted(service: Service, deployment: Deployment) -> int:
    """How many tasks of the revision there are to be, at the stage that has been reached."""
    record, primary = service.primary.record, deployment is service.primary
    if primary and deployment.rollout_state == "FAILED":
        left = len(to_run(deployment.tasks.values()))
        return min(left, service.desired_count) if _blue(service) is None else 0
    if record.status == "IN_PROGRESS":
        if primary:
            return 0 if record.lifecycle_stage in BEFORE_SCALE_UP else service.desired_count
        return service.desired_count if _serves_on(service, deployment) else 0
    if primary:
        return service.desired_count
    if record.status == "ROLLBACK_IN_PROGRESS":
        serving = bool(record.stages) and deployment.production_percent > 0
        return service.desired_count if serving else 0
    return service.desired_count if deployment is _blue(service) else 0


def _serves_on(service: Service, deployment: Deployment) -> bool:
    """Whether the old revision stays beside the new one, with tasks or, scaled to 0, without."""
    record = service.primary.record
    going_on = record.status == "IN_PROGRESS" and record.lifecycle_stage != "CLEAN_UP"
    return going_on and deployment.status == "ACTIVE"


def _keep(state: State, service: Service, deployment: Deployment) -> None:
    """Start what is missing of the revision, stop what is too much and what is unhealthy."""
    running = to_run(deployment.tasks.values())
    sick = [each for each in running if unhealthy(state, each)]
    stop(state, service, sick)
    running = to_run(deployment.tasks.values())
    missing = _wanted(service, deployment) - len(running)
    if missing < 0:
        stop(state, service, scale_in_order(running, service, -missing))
    if missing <= 0 or throttle.waiting(state, service):
        return
    started, refusals = launch.start(state, order(service, deployment), missing)
    if started:
        service.steady = False
        say_started(state, service, started)
    if len(started) < missing:
        complain(state, service, refusals)


def _hear_of_health(state: State, deployment: Deployment) -> None:
    """Tell the circuit breaker of tasks that have become healthy since the last look."""
    for task in deployment.tasks.values():
        if task.id not in deployment.healthy_tasks and healthy(state, task):
            deployment.healthy_tasks.add(task.id)
            circuit_breaker.task_became_healthy(deployment)


def _all_up(state: State, deployment: Deployment) -> bool:
    """Whether all tasks of the revision are there and healthy."""
    tasks: list[Task] = to_run(deployment.tasks.values())
    count = deployment.service.desired_count
    return len(tasks) == count and all(healthy(state, each) for each in tasks)


def _scaled_up(state: State, green: Deployment) -> None:
    """SCALE_UP is over when all tasks of the new revision are healthy."""
    stages = green.record.stages
    if stages and stages[0].name == "SCALE_UP" and _going_on(green) and _all_up(state, green):
        throttle.end(green.service)
        _over(state, green, stages[0])


def _conclude(state: State, service: Service) -> None:
    """Retire revisions whose tasks are gone; with the old one gone the deployment is complete."""
    service.deployments[1:] = [
        each
        for each in service.deployments[1:]
        if each.tasks or _wanted(service, each) > 0 or _serves_on(service, each)
    ]
    primary, record = service.primary, service.primary.record
    if record.status == "IN_PROGRESS" and record.lifecycle_stage != "CLEAN_UP":
        return
    if record.status == "ROLLBACK_IN_PROGRESS" and record.stages:
        return
    if service.steady or len(service.deployments) > 1 or primary.rollout_state == "FAILED":
        return
    if len(service.tasks) != service.desired_count or not _all_up(state, primary):
        return
    service.steady = True
    service.complaint = ""
    deployments.complete(state, primary)
    text = f"(service {service.name}) has reached a steady state."
    say(state, service, text, "SERVICE_STEADY_STATE")
