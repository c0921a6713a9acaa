"""Service deployments and revisions: list, describe, stop."""

from __future__ import annotations

from typing import Any

from ecs_lab.engine import blue_green, deployments, lifecycle_hooks, scheduler
from ecs_lab.engine.api import request_rules
from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.errors import ConflictException, InvalidParameterException
from ecs_lab.engine.errors import ServiceDeploymentNotFoundException as NotFound
from ecs_lab.engine.model import Service, ServiceDeployment, ServiceRevision
from ecs_lab.engine.shapes import (
    service_deployment_brief,
    service_deployment_shape,
    service_revision_shape,
)
from ecs_lab.engine.state import State, find_each, page


def _services(state: State) -> list[Service]:
    return [each for cluster in state.clusters.values() for each in cluster.services.values()]


def find_deployment(state: State, arn: str) -> ServiceDeployment | None:
    """The service deployment with that ARN, or None."""
    records = (record for each in _services(state) for record in each.records)
    return next((record for record in records if record.arn == arn), None)


def _find_revision(state: State, arn: str) -> ServiceRevision | None:
    records = (record for each in _services(state) for record in each.records)
    return next((record.target for record in records if record.target.arn == arn), None)


@operation("ListServiceDeployments")
def list_service_deployments(state: State, request: Request) -> Answer:
    """List a service's deployments, newest first, by status and time where asked for.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
    """
    cluster = state.cluster(request.get("cluster"))
    service = request_rules.known_service(state, cluster, request["service"])
    status, between = request.get("status") or [], request.get("createdAt") or {}
    after, before = between.get("after", float("-inf")), between.get("before", float("inf"))
    found = [
        service_deployment_brief(each)
        for each in service.records
        if (not status or each.status in status) and after <= each.created_at_s <= before
    ]
    return page(request, "serviceDeployments", found, default=20)


@operation("DescribeServiceDeployments")
def describe_service_deployments(state: State, request: Request) -> Answer:
    """Describe up to 20 service deployments; what is not there comes back as MISSING.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html
    """
    arns = request["serviceDeploymentArns"]
    _check_number(arns, "serviceDeploymentArns")
    found, failures = find_each(arns, lambda arn: find_deployment(state, arn), "")
    shown = [service_deployment_shape(each) for each in found]
    return {"serviceDeployments": shown, "failures": failures}


@operation("DescribeServiceRevisions")
def describe_service_revisions(state: State, request: Request) -> Answer:
    """Describe up to 20 service revisions; what is not there comes back as MISSING.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html
    """
    arns = request["serviceRevisionArns"]
    _check_number(arns, "serviceRevisionArns")
    found, failures = find_each(arns, lambda arn: _find_revision(state, arn), "")
    shown = [service_revision_shape(each) for each in found]
    return {"serviceRevisions": shown, "failures": failures}


def _check_number(arns: list[Any], name: str) -> None:
    if not 1 <= len(arns) <= 20:
        raise InvalidParameterException(f"{name} takes 1 to 20 ARNs.")


@operation("StopServiceDeployment")
def stop_service_deployment(state: State, request: Request) -> Answer:
    """Stop a deployment that is going on: ROLLBACK (the default) to the last completed revision.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html
    """
    kind = request.get("stopType") or "ROLLBACK"
    if kind not in ("ROLLBACK", "ABORT"):
        raise InvalidParameterException(f"Invalid stopType {kind!r}: ROLLBACK or ABORT.")
    record = find_deployment(state, request["serviceDeploymentArn"])
    if record is None:
        raise NotFound
    current = record.service.primary
    if record.status != "IN_PROGRESS" or current.record is not record:
        raise ConflictException("The service deployment has ended and cannot be stopped.")
    if kind == "ROLLBACK" and deployments.last_completed(record.service) is None:
        raise ConflictException("There is no completed service revision to roll back to.")
    why = "Service deployment was stopped by user."
    deployments.fail(state, current, why, roll_back=kind == "ROLLBACK")
    scheduler.look_soon(state, record.service)
    return {"serviceDeploymentArn": record.arn}


@operation("ContinueServiceDeployment")
def continue_service_deployment(state: State, request: Request) -> Answer:
    """Let a deployment that is paused at a PAUSE hook go on, or roll it back.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html
    """
    action = request.get("action") or "CONTINUE"
    if action not in ("CONTINUE", "ROLLBACK"):
        raise InvalidParameterException(f"Invalid action {action!r}: CONTINUE or ROLLBACK.")
    record = find_deployment(state, request["serviceDeploymentArn"])
    if record is None:
        raise NotFound
    paused = [each for each in lifecycle_hooks.open_hooks(record) if each.target_type == "PAUSE"]
    if request["hookId"] not in [each.id for each in paused]:
        raise InvalidParameterException(
            "The service deployment is not paused at a lifecycle hook with this hookId: see "
            "lifecycleHookDetails of DescribeServiceDeployments."
        )
    blue_green.resume(state, record.service.primary, request["hookId"], action)
    return {"serviceDeploymentArn": record.arn}
