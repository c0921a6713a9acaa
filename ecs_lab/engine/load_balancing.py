"""Services behind load balancers: what CreateService asks of `loadBalancers`, and the targets of a
task from its registration to the end of its draining.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.model import Document, Service, Task, TaskDefinition
from ecs_lab.engine.service_events import say
from ecs_lab.engine.state import State
from ecs_lab.engine.surroundings import Target, TargetGroup

MOST_TARGET_GROUPS = 5
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html"""

LoadBalancers = Sequence[Mapping[str, Any]]


def check(state: State, balancers: LoadBalancers, definition: TaskDefinition) -> None:
    """Whether tasks of this definition can be targets of these load balancers.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html
    """
    if len(balancers) > MOST_TARGET_GROUPS:
        raise InvalidParameterException(
            f"load balancers can have at most {MOST_TARGET_GROUPS} items."
        )
    if len(balancers) > 1 and any("loadBalancerName" in each for each in balancers):
        raise InvalidParameterException("load balancers can have at most 1 items.")
    for each in balancers:
        _check_container(each, definition)
        _check_balancer(state, each, definition)


def _check_container(balancer: Document, definition: TaskDefinition) -> None:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    if not name:
        raise InvalidParameterException("Container Name can not be blank.")
    found = next((each for each in definition.containers if each["name"] == name), None)
    if found is None:
        raise InvalidParameterException(
            f"The container {name} does not exist in the task definition."
        )
    if all(each["containerPort"] != port for each in found.get("portMappings", [])):
        raise InvalidParameterException(
            f"The container {name} did not have a container port {port} defined."
        )


def _check_balancer(state: State, balancer: Document, definition: TaskDefinition) -> None:
    arn, classic = balancer.get("targetGroupArn"), balancer.get("loadBalancerName")
    if bool(arn) == bool(classic):
        raise InvalidParameterException(
            "A load balancer has a targetGroupArn or, if it is a Classic Load Balancer, a "
            "loadBalancerName: give one of them."
        )
    if arn:
        _check_target_group(arn, state.surroundings.target_group(arn), definition)
        return
    if definition.network_mode == "awsvpc":
        raise InvalidParameterException(
            "Classic Load Balancers are not supported with the awsvpc network mode: use a target "
            "group of an Application or Network Load Balancer."
        )
    found = state.surroundings.target_group(str(classic))
    if found is None or not found.classic:
        raise InvalidParameterException(f"The load balancer {classic} does not exist.")


def _check_target_group(arn: str, group: TargetGroup | None, definition: TaskDefinition) -> None:
    """Tasks with a network interface of their own are reached at its address, the others through
    their container instance.
    """
    if group is None or group.classic:
        raise InvalidParameterException(f"The specified target group does not exist: {arn}")
    mode = definition.network_mode
    wanted = "ip" if mode == "awsvpc" else "instance"
    if group.target_type != wanted:
        raise InvalidParameterException(
            f"The provided target group {arn} has target type {group.target_type}, which is "
            f"incompatible with the {mode} network mode specified in the task definition."
        )
    if not group.has_load_balancer:
        raise InvalidParameterException(
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )


def register(state: State, task: Task) -> None:
    """Make a task that is ready a target of each of its service's load balancers."""
    if task.service is None or task.deployment is None:
        return
    for balancer in task.deployment.load_balancers:
        name = balancer.get("targetGroupArn") or balancer["loadBalancerName"]
        address = _address(task, balancer)
        if address is None or state.surroundings.target_group(name) is None:
            continue
        target = Target(name, *address)
        task.targets.append(target)
        state.surroundings.register_target(target, task, partial(target_changed, state))
        _announce_soon(state, task.service, ("registered", name))


def _address(task: Task, balancer: Document) -> tuple[str, int] | None:
    """Where the load balancer reaches the container: id and port of the target."""
    port = int(balancer["containerPort"])
    if task.interface is not None:
        return task.interface.private_ip, port
    if task.container_instance is None:
        return None
    for container in task.containers:
        if container.name == balancer["containerName"]:
            for each in container.network_bindings:
                if each.get("containerPort") == port:
                    return task.container_instance.ec2_instance_id, int(each["hostPort"])
    return task.container_instance.ec2_instance_id, port


def deregister(state: State, task: Task) -> float:
    """Take a task out of its load balancers; returns the seconds that its connections may still
    use.

    The targets drain for the deregistration delay of their group (300 s by default), and the
    containers are stopped after that.
    Source:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
    """
    delay_s = 0.0
    for target in task.targets:
        group = state.surroundings.target_group(target.group)
        state.surroundings.deregister_target(target)
        delay_s = max(delay_s, group.deregistration_delay_s if group is not None else 0.0)
        if task.service is not None:
            _announce_soon(state, task.service, ("deregistered", target.group))
    if task.targets and task.service is not None and task.deployment is not None:
        _announce_soon(state, task.service, ("draining", task.deployment.id))
    task.targets = []
    return delay_s


def target_changed(state: State, task: Task) -> None:
    """A target's health is another now: the scheduler looks at the service, at the end of the grace
    period if that lasts longer.
    """
    if task.stopping:
        return
    state.task_changed(state, task)
    left_s = grace_left_s(state, task)
    if left_s > 0:
        state.clock.schedule(left_s, _grace_over, state, task)


def _grace_over(state: State, task: Task) -> None:
    if not task.stopping:
        state.task_changed(state, task)


def grace_left_s(state: State, task: Task) -> float:
    """How long the scheduler still ignores that a started task is unhealthy.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    if task.service is None or task.started_at_s is None:
        return 0.0
    grace_s = task.service.request.get("healthCheckGracePeriodSeconds") or 0
    return max(0.0, task.started_at_s + float(grace_s) - state.clock.now)


def targets_healthy(state: State, task: Task) -> bool:
    """Whether every load balancer that the task is a target of finds it healthy."""
    return all(state.surroundings.target_health(each).state == "healthy" for each in task.targets)


def failed_target(state: State, task: Task) -> tuple[Target, str] | None:
    """The first target of the task that its load balancer does not use, and the description of
    why, or None.
    """
    for target in task.targets:
        health = state.surroundings.target_health(target)
        if health.state in ("unhealthy", "unused"):
            return target, health.description
    return None


def stopped_reason(target: Target) -> str:
    """The stoppedReason of a task that failed its load balancer's health checks."""
    kind = "target-group" if target.group.startswith("arn:") else "elb"
    return f"Task failed ELB health checks in ({kind} {target.group})"


def say_unhealthy(state: State, task: Task, target: Target, why: str) -> None:
    """Write in the service's events which target is unhealthy, and why.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html
    """
    assert task.service is not None
    where = f"(service {task.service.name}) (task {task.id})"
    if task.container_instance is not None:
        where += f" (instance {task.container_instance.ec2_instance_id})"
    if target.group.startswith("arn:"):
        where += f" (port {target.port}) is unhealthy in (target-group {target.group})"
    else:
        where += f" is unhealthy in (elb {target.group})"
    say(state, task.service, f"{where} due to (reason {why})")


def _announce_soon(state: State, service: Service, what: tuple[str, str]) -> None:
    """Count what happens in this moment, for one event about all of it."""
    if not service.target_news:
        state.clock.schedule(0.0, _announce, state, service)
    service.target_news[what] = service.target_news.get(what, 0) + 1


def _announce(state: State, service: Service) -> None:
    """Say what happened to targets, in the words of events seen in the field."""
    news, service.target_news = service.target_news, {}
    for (what, name), count in news.items():
        if what == "draining":
            text = (
                f"(service {service.name}, taskSet {name}) has begun draining connections on "
                f"{count} tasks."
            )
        elif name.startswith("arn:"):
            text = f"(service {service.name}) {what} {count} targets in (target-group {name})"
        else:
            text = f"(service {service.name}) {what} {count} instances in (elb {name})"
        say(state, service, text)
