"""Services whose deployments somebody else controls: their tasks come in task sets.

With the EXTERNAL controller the caller makes, scales and deletes task sets; with CODE_DEPLOY
CodeDeploy does. ECS keeps each set at its share of the service's desired count.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
"""

from __future__ import annotations

from ecs_lab.engine import launch, load_balancing
from ecs_lab.engine.errors import InvalidParameterException, NotSimulatedError
from ecs_lab.engine.model import (
    Document,
    Service,
    ServiceDeployment,
    ServiceRevision,
    Tags,
    Task,
    TaskDefinition,
    TaskSet,
)
from ecs_lab.engine.service_events import complain, say, say_started
from ecs_lab.engine.service_tasks import order, scale_in_order, stop, to_run
from ecs_lab.engine.state import State
from ecs_lab.engine.task_health import unhealthy

MOST_TASK_SETS = 5
CHANGEABLE = {
    "EXTERNAL": {
        "desiredCount",
        "placementConstraints",
        "placementStrategy",
        "healthCheckGracePeriodSeconds",
        "enableECSManagedTags",
        "propagateTags",
    }
}
CHANGEABLE["CODE_DEPLOY"] = CHANGEABLE["EXTERNAL"] | {"deploymentConfiguration"}
"""What UpdateService may change, by deployment controller; of those that say how a deployment goes.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""
OF_TASK_SETS = (
    "taskDefinition",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "networkConfiguration",
    "loadBalancers",
    "serviceRegistries",
)
"""What an EXTERNAL service has not, because each of its task sets has it."""

NAMES = {
    "taskDefinition": "task definition",
    "networkConfiguration": "network parameters",
    "platformVersion": "platform version",
    "loadBalancers": "load balancers",
    "capacityProviderStrategy": "capacity provider strategy",
    "serviceRegistries": "service registries",
    "deploymentConfiguration": "deployment configuration",
}
INSTEAD = {
    "CODE_DEPLOY": "Use AWS CodeDeploy to trigger a new deployment.",
    "EXTERNAL": "Use CreateTaskSet to deploy the change.",
}


def controller_of(request: Document) -> str:
    """The type of deployment controller that a service's request asks for."""
    return str((request.get("deploymentController") or {}).get("type", "ECS"))


def in_task_sets(service: Service) -> bool:
    """Whether the service's tasks come in task sets."""
    return controller_of(service.request) != "ECS"


def check_create(request: Document) -> None:
    """An EXTERNAL service has what its task sets have not; neither controller knows DAEMON."""
    controller = controller_of(request)
    if controller == "ECS":
        return
    if controller not in INSTEAD:
        raise InvalidParameterException(
            f"Invalid deployment controller type {controller!r}: ECS, CODE_DEPLOY or EXTERNAL."
        )
    if request.get("schedulingStrategy") == "DAEMON":
        raise InvalidParameterException(
            f"The {controller} deployment controller doesn't support the DAEMON scheduling "
            "strategy."
        )
    if controller == "CODE_DEPLOY" and not request.get("loadBalancers"):
        raise InvalidParameterException(
            "A service with the CODE_DEPLOY deployment controller needs an Application Load "
            "Balancer or a Network Load Balancer: give loadBalancers."
        )
    given = [key for key in OF_TASK_SETS if request.get(key)]
    if controller == "EXTERNAL" and given:
        raise InvalidParameterException(
            f"Unable to specify {given[0]} on services with an EXTERNAL deployment controller. "
            "Specify it in CreateTaskSet."
        )


def check_update(service: Service, request: Document) -> None:
    """Refuse what only a new task set can change."""
    controller = controller_of(service.request)
    if request.get("deploymentController") and controller_of(request) != controller:
        raise NotSimulatedError(
            "The lab does not change a service's deployment controller: create another service."
        )
    if controller == "ECS":
        return
    if request.get("forceNewDeployment"):
        raise InvalidParameterException(
            f"Cannot force a new deployment on services with a {controller} deployment "
            f"controller. {INSTEAD[controller]}"
        )
    for key, name in NAMES.items():
        if request.get(key) and key not in CHANGEABLE[controller]:
            raise InvalidParameterException(
                f"Unable to update {name} on services with a {controller} deployment "
                f"controller. {INSTEAD[controller]}"
            )


def begin(
    state: State,
    service: Service,
    definition: TaskDefinition | None,
    platform_version: str | None,
) -> None:
    """Give a new CODE_DEPLOY service its first task set; an EXTERNAL one begins without any."""
    if definition is None:
        return
    task_set = add_task_set(
        state,
        service,
        definition,
        service.request,
        launch_type=service.launch_type,
        platform_version=platform_version,
        scale=100.0,
        tags=[],
    )
    make_primary(state, task_set)


def add_task_set(
    state: State,
    service: Service,
    definition: TaskDefinition,
    request: Document,
    *,
    launch_type: str,
    platform_version: str | None,
    scale: float,
    tags: Tags,
    started_by: str | None = None,
) -> TaskSet:
    """Make a task set of the service from a checked request in CreateTaskSet's form."""
    now = state.clock.now
    identifier = state.ids.deployment()
    number = identifier.partition("/")[2]
    path = f"{service.cluster.name}/{service.name}"
    network = request.get("networkConfiguration")
    revision = ServiceRevision(
        id=number,
        arn=state.arn("service-revision", f"{path}/{number}"),
        service=service,
        definition=definition,
        request=request,
        network=network,
        platform_version=platform_version,
        created_at_s=now,
    )
    record = ServiceDeployment(
        id=number,
        arn=state.arn("service-deployment", f"{path}/{number}"),
        service=service,
        target=revision,
        sources=[],
        configuration={},
        created_at_s=now,
    )
    task_set = TaskSet(
        id=identifier,
        service=service,
        revision=revision,
        record=record,
        definition=definition,
        launch_type=launch_type,
        network=network,
        platform_version=platform_version,
        created_at_s=now,
        updated_at_s=now,
        status="ACTIVE",
        arn=state.arn("task-set", f"{path}/{identifier}"),
        scale=scale,
        external_id=request.get("externalId"),
        started_by=started_by,
        tags=tags,
        stability_at_s=now,
    )
    service.task_sets.append(task_set)
    service.steady = False
    _note(state, task_set)
    return task_set


def make_primary(state: State, task_set: TaskSet) -> None:
    """Let the task set be the one that serves production; what it has, the service shows."""
    service = task_set.service
    for each in service.task_sets:
        if each.status == "PRIMARY" and each is not task_set:
            each.status = "ACTIVE"
            _changed(state, each)
    task_set.status = "PRIMARY"
    service.launch_type = task_set.launch_type
    _changed(state, task_set)


def rescale(state: State, task_set: TaskSet, scale: float) -> None:
    """Change the task set's share of the service's desired count."""
    task_set.scale = scale
    task_set.updated_at_s = state.clock.now
    refresh(state, task_set)


def drain(state: State, task_set: TaskSet) -> None:
    """Let the task set go: its tasks stop, and then it is gone."""
    task_set.status = "DRAINING"
    task_set.scale = 0.0
    _changed(state, task_set)
    refresh(state, task_set)


def _changed(state: State, task_set: TaskSet) -> None:
    task_set.updated_at_s = state.clock.now
    _note(state, task_set)


def _note(state: State, task_set: TaskSet) -> None:
    definition = task_set.definition
    what = f"{task_set.status} {definition.family}:{definition.revision}"
    state.note("task set", task_set.arn, task_set.service.name, what)


def stable(state: State, task_set: TaskSet) -> bool:
    """Whether the set has its count running, none pending, none draining and all healthy.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
    """
    tasks = to_run(task_set.tasks.values())
    return len(tasks) == task_set.computed_desired_count and all(
        _settled(state, each) for each in tasks
    )


def _settled(state: State, task: Task) -> bool:
    instance = task.container_instance
    if task.last_status != "RUNNING" or (instance and instance.status == "DRAINING"):
        return False
    if not load_balancing.targets_healthy(state, task):
        return False
    checked = any("healthCheck" in each.definition for each in task.containers)
    return not checked or task.health_status == "HEALTHY"


def refresh(state: State, task_set: TaskSet) -> None:
    """Bring the task set's stabilityStatus up to date."""
    status = "STEADY_STATE" if stable(state, task_set) else "STABILIZING"
    if status == task_set.stability:
        return
    task_set.stability, task_set.stability_at_s = status, state.clock.now
    if status == "STEADY_STATE" and task_set.status != "DRAINING":
        service = task_set.service
        text = f"(service {service.name}, taskSet {task_set.id}) has reached a steady state."
        say(state, service, text, "SERVICE_STEADY_STATE")


def look(state: State, service: Service) -> None:
    """Bring each task set to its count, and take away those that have been deleted."""
    for task_set in service.task_sets:
        _to_count(state, service, task_set)
        refresh(state, task_set)
    gone = [each for each in service.task_sets if each.status == "DRAINING" and not each.tasks]
    service.task_sets[:] = [each for each in service.task_sets if each not in gone]
    for task_set in gone:
        state.note("task set", task_set.arn, service.name, "deleted")
    service.steady = all(each.stability == "STEADY_STATE" for each in service.task_sets)
    if service.steady:
        service.complaint = ""


def _to_count(state: State, service: Service, task_set: TaskSet) -> None:
    running = to_run(task_set.tasks.values())
    stop(state, service, [each for each in running if unhealthy(state, each)])
    running = to_run(task_set.tasks.values())
    missing = task_set.computed_desired_count - len(running)
    if missing < 0:
        stop(state, service, scale_in_order(running, service, -missing))
    if missing <= 0:
        return
    started, refusals = launch.start(state, order(service, task_set), missing)
    if started:
        say_started(state, service, started, f", taskSet {task_set.id}")
    if len(started) < missing:
        complain(state, service, refusals)
