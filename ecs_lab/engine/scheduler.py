"""The service scheduler: looks at a service shortly after something about it changed, and acts.

How it acts depends on the service: rolling updates of replicas (`rolling.py`), one task on each
instance (`daemon.py`), and so on; what is here is common to all.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

from __future__ import annotations

from collections.abc import Callable

from ecs_lab.engine import rolling
from ecs_lab.engine.model import Service, Task
from ecs_lab.engine.service_tasks import stop, to_run
from ecs_lab.engine.state import State

Look = Callable[[State, Service], None]

LOOKS: dict[str, Look] = {"ROLLING": rolling.look}
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
    if task.last_status == "STOPPED":
        service.tasks.pop(task.id, None)
        deployment.tasks.pop(task.id, None)
    if task.last_status in ("RUNNING", "DEACTIVATING", "STOPPED") or task.stopping:
        if task.last_status == "RUNNING":
            state.clock.schedule(state.durations["task.healthy"], _grown_healthy, state, task)
        if task.stop_code in ("TaskFailedToStart", "EssentialContainerExited"):
            deployment.failed_tasks += task.last_status == "STOPPED"
        look_soon(state, service)


def _grown_healthy(state: State, task: Task) -> None:
    if task.service is not None and not task.stopping:
        look_soon(state, task.service)


def look(state: State, service: Service) -> None:
    """Compare what runs with what is desired, and act; look again later at one that has no rest."""
    service.next_look = None
    if service.status == "DRAINING":
        _drain(state, service)
    elif service.status == "ACTIVE":
        LOOKS[kind_of(service)](state, service)
        if service.complaint and service.next_look is None:
            retry_s = state.durations["scheduler.retry"]
            service.next_look = state.clock.schedule(retry_s, look, state, service, background=True)


def _drain(state: State, service: Service) -> None:
    """A service that is being deleted: stop all tasks, and become INACTIVE when they are gone."""
    stop(state, service, to_run(service.tasks.values()))
    if not service.tasks:
        service.status = "INACTIVE"
        state.note("service", service.arn, service.name, "DRAINING -> INACTIVE")
