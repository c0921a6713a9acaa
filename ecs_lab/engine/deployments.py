"""A service's deployments: how one begins, completes, fails, and is rolled back.

Each deployment brings in a service revision, which never changes. A rollback goes to the revision
of the most recent deployment that completed; where none did, nothing new is launched.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from __future__ import annotations

from ecs_lab.engine import lifecycle_hooks, service_connect
from ecs_lab.engine.model import (
    Deployment,
    Document,
    Service,
    ServiceDeployment,
    ServiceRevision,
    TaskDefinition,
)
from ecs_lab.engine.service_events import say
from ecs_lab.engine.state import State

DONE = ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL")
ENDED = (*DONE, "STOPPED", "ROLLBACK_FAILED")
BREAKER = "ECS deployment circuit breaker"


def begin(
    state: State,
    service: Service,
    definition: TaskDefinition,
    network: Document | None,
    platform_version: str | None,
) -> Deployment:
    """Begin a deployment of a new revision; the one that was PRIMARY becomes ACTIVE until its
    tasks are gone.
    """
    now = state.clock.now
    revision_id = state.ids.deployment().partition("/")[2]
    path = f"{service.cluster.name}/{service.name}/{revision_id}"
    revision = ServiceRevision(
        id=revision_id,
        arn=state.arn("service-revision", path),
        service=service,
        definition=definition,
        request=service.request,
        network=network,
        platform_version=platform_version,
        created_at_s=now,
    )
    stop_unfinished(state, service, "Service deployment was replaced by a newer one.")
    configuration = service.request["deploymentConfiguration"]
    record_id = state.ids.deployment().partition("/")[2]
    record = ServiceDeployment(
        id=record_id,
        arn=state.arn("service-deployment", f"{service.cluster.name}/{service.name}/{record_id}"),
        service=service,
        target=revision,
        sources=list(dict.fromkeys(each.revision for each in service.deployments)),
        configuration=configuration,
        created_at_s=now,
        updated_at_s=now,
        ignores_alarms=_alarm_rings(state, configuration),
    )
    service.records.insert(0, record)
    return _make_primary(state, service, revision, record)


def _alarm_rings(state: State, configuration: Document) -> bool:
    """Whether an alarm rings at the beginning: such a deployment may be what mends the trouble.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
    """
    asked = configuration.get("alarms") or {}
    return bool(asked.get("enable") and state.surroundings.alarms_ringing(asked["alarmNames"]))


def stop_unfinished(state: State, service: Service, why: str) -> None:
    """A deployment that is still going on is stopped: a newer one begins, or the service goes."""
    for record in service.records[:1]:
        if record.status not in ENDED:
            lifecycle_hooks.give_up(state, record)
            _end(state, record, "STOPPED", why)


def _make_primary(
    state: State, service: Service, revision: ServiceRevision, record: ServiceDeployment
) -> Deployment:
    now = state.clock.now
    deployment_id = state.ids.deployment()
    deployment = Deployment(
        id=deployment_id,
        service=service,
        revision=revision,
        record=record,
        definition=revision.definition,
        launch_type=service.launch_type,
        network=revision.network,
        platform_version=revision.platform_version,
        created_at_s=now,
        updated_at_s=now,
        rollout_reason=f"ECS deployment {deployment_id} in progress.",
    )
    for each in service.deployments:
        each.status = "ACTIVE"
    service.deployments.insert(0, deployment)
    service_connect.begin(state, deployment)
    service.steady = False
    definition = revision.definition
    what = f"PRIMARY {definition.family}:{definition.revision}"
    state.note("deployment", deployment_id, service.name, what)
    state.tell("deployment", deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS")
    return deployment


def complete(state: State, deployment: Deployment) -> None:
    """The deployment has reached its desired count of healthy tasks."""
    if deployment.rollout_state != "IN_PROGRESS":
        return
    service, record = deployment.service, deployment.record
    deployment.rollout_state = "COMPLETED"
    deployment.rollout_reason = f"ECS deployment {deployment.id} completed."
    deployment.updated_at_s = state.clock.now
    if record.status not in ENDED:
        rolled_back = record.status == "ROLLBACK_IN_PROGRESS"
        _end(state, record, "ROLLBACK_SUCCESSFUL" if rolled_back else "SUCCESSFUL", None)
    state.tell("deployment", deployment, "SERVICE_DEPLOYMENT_COMPLETED")
    text = f"(service {service.name}) (deployment {deployment.id}) deployment completed."
    say(state, service, text)


def fail(state: State, deployment: Deployment, why: str, *, roll_back: bool) -> None:
    """The deployment has failed; with `roll_back` the last completed revision comes back.

    Without one, or without `roll_back`, the deployment stays as it is and launches nothing more.
    """
    service, record = deployment.service, deployment.record
    lifecycle_hooks.give_up(state, record)
    deployment.rollout_state, deployment.rollout_reason = "FAILED", why
    deployment.updated_at_s = state.clock.now
    state.tell("deployment", deployment, "SERVICE_DEPLOYMENT_FAILED")
    cause = why.removeprefix(f"{BREAKER}: ")
    text = f"(service {service.name}) (deployment {deployment.id}) deployment failed: {cause}"
    say(state, service, text)
    record.status_reason = why
    target = last_completed(service) if roll_back else None
    if target is None:
        _end(state, record, "STOPPED", why)
        return
    record.status = "ROLLBACK_IN_PROGRESS"
    record.rollback_reason, record.rollback_to = why, target
    record.rollback_started_at_s = record.updated_at_s = state.clock.now
    back = _return_to(state, service, target, record)
    text = f"(service {service.name}) rolling back to deployment {back.id}."
    say(state, service, text)
    who = BREAKER if why.startswith(BREAKER) else "ECS deployment"
    back.rollout_reason = f"{who}: rolling back to deploymentId {back.id}."


def last_completed(service: Service) -> ServiceRevision | None:
    """The revision of the most recent deployment that completed, or None."""
    for record in service.records:
        if record.status == "SUCCESSFUL":
            return record.target
        if record.status == "ROLLBACK_SUCCESSFUL":
            return record.rollback_to
    return None


def _return_to(
    state: State, service: Service, revision: ServiceRevision, record: ServiceDeployment
) -> Deployment:
    """Make the revision PRIMARY again: its own deployment where that still has tasks, else anew."""
    service.request = {**service.request, "taskDefinition": revision.definition.arn}
    earlier = next((each for each in service.deployments if each.revision is revision), None)
    if earlier is None:
        return _make_primary(state, service, revision, record)
    service.deployments.remove(earlier)
    for each in service.deployments:
        each.status = "ACTIVE"
    service.deployments.insert(0, earlier)
    earlier.status, earlier.rollout_state = "PRIMARY", "IN_PROGRESS"
    earlier.record, earlier.updated_at_s = record, state.clock.now
    service.steady = False
    return earlier


def _end(state: State, record: ServiceDeployment, status: str, why: str | None) -> None:
    record.status, record.status_reason = status, why or record.status_reason
    now = state.clock.now
    record.updated_at_s = record.finished_at_s = now
    if status == "STOPPED":
        record.stopped_at_s = now
