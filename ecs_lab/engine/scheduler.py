"""The service scheduler: looks at a service shortly after something about it changed, and acts.

How it acts depends on the service: rolling updates of replicas (`rolling.py`), one task on each
instance (`daemon.py`), and so on; what is here is common to all.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

from __future__ import annotations

from collections.abc import Callable

from ecs_lab.engine import blue_green, daemon, external, rolling, throttle
from ecs_lab.engine.circuit_breaker import counts_as_failed, task_failed
from ecs_lab.engine.model import Service, Task
from ecs_lab.engine.service_tasks import stop, to_run
from ecs_lab.engine.state import State

Look = Callable[[State, Service], None]

STARTING = ("PROVISIONING", "PENDING", "ACTIVATING")
ALARM_PERIOD_S = 60.0
"""How often the alarms of a deployment are looked at: the least period of an alarm's metric."""

LOOKS: dict[str, Look] = {
    "ROLLING": rolling.look,
    "DAEMON": daemon.look,
    "BLUE_GREEN": blue_green.look,
    "EXTERNAL": external.look,
    "CODE_DEPLOY": external.look,
}
"""How the scheduler looks at a service, by `kind_of` the service."""


def kind_of(service: Service) -> str:
    """What decides how a service is looked at: its controller, its scheduling, its strategy."""
    controller = (service.request.get("deploymentController") or {}).get("type", "ECS")
    if controller != "ECS":
        return str(controller)
    if service.request.get("schedulingStrategy") == "DAEMON":
        return "DAEMON"
    strategy = service.request["deploymentConfiguration"].get("strategy") or "ROLLING"
    return "ROLLING" if strategy == "ROLLING" else "BLUE_GREEN"


def look_soon(state: State, service: Service, delay_s: float | None = None) -> None:
    """Have the scheduler look at the service after its reaction time; several reasons make one
    look.
    """
    if service.next_look is not None and not service.next_look.background:
        return
    state.clock.cancel(service.next_look)
    delay_s = state.durations["scheduler.reaction"] if delay_s is None else delay_s
    service.next_look = state.clock.schedule(delay_s, look, state, service)


def task_changed(state: State, task: Task) -> None:
    """A task of a service has changed its state: the scheduler will want to know."""
    service, deployment = task.service, task.deployment
    if service is None or deployment is None:
        return
    if task.last_status == "RUNNING" and not task.stopping:
        state.clock.schedule(state.durations["task.healthy"], _grown_healthy, state, task)
    if task.last_status == "STOPPED":
        service.tasks.pop(task.id, None)
        deployment.tasks.pop(task.id, None)
        if counts_as_failed(task):
            task_failed(state, deployment)
    elif task.stopping and task.last_status in STARTING:
        throttle.task_never_started(service, task)
    if task.last_status == "RUNNING" or task.stopping:
        look_soon(state, service)


def _grown_healthy(state: State, task: Task) -> None:
    if task.service is not None and not task.stopping:
        look_soon(state, task.service)


def look(state: State, service: Service) -> None:
    """Compare what runs with what is desired, and act; look again at a service without rest."""
    service.next_look = None
    if service.status == "DRAINING":
        _drain(state, service)
    elif service.status == "ACTIVE":
        LOOKS[kind_of(service)](state, service)
        _look_again(state, service)


def _look_again(state: State, service: Service) -> None:
    """Look later at a service that waits for something that tells nobody when it happens."""
    if service.next_look is not None:
        return
    alarms = service.request["deploymentConfiguration"].get("alarms") or {}
    deploying = any(each.rollout_state == "IN_PROGRESS" for each in service.deployments[:1])
    if alarms.get("enable") and deploying:
        service.next_look = state.clock.schedule(ALARM_PERIOD_S, look, state, service)
    elif throttle.waiting(state, service):
        wait_s = service.not_before_s - state.clock.now
        service.next_look = state.clock.schedule(wait_s, look, state, service, background=True)
    elif service.complaint:
        retry_s = state.durations["scheduler.retry"]
        service.next_look = state.clock.schedule(retry_s, look, state, service, background=True)


def _drain(state: State, service: Service) -> None:
    """A service that is being deleted: stop all tasks; when they are gone it is INACTIVE."""
    stop(state, service, to_run(service.tasks.values()))
    if not service.tasks:
        service.status = "INACTIVE"
        state.note("service", service.arn, service.name, "DRAINING -> INACTIVE")
