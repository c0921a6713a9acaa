"""Service deployments and service revisions as the API shows them."""

from __future__ import annotations

from ecs_lab.engine.model import Deployment, LifecycleHook, ServiceDeployment, ServiceRevision
from ecs_lab.engine.shapes.common import Shape, capacity, compact, counts


def service_revision_shape(revision: ServiceRevision) -> Shape:
    """A ServiceRevision.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html
    """
    service = revision.service
    fargate = service.launch_type == "FARGATE"
    images = [
        compact(
            {
                "containerName": each["name"],
                "imageDigest": revision.image_digests.get(each["name"]),
                "image": each["image"],
            }
        )
        for each in revision.definition.containers
    ]
    return compact(
        {
            "serviceRevisionArn": revision.arn,
            "serviceArn": service.arn,
            "clusterArn": service.cluster.arn,
            "taskDefinition": revision.definition.arn,
            **capacity(revision.request, service.launch_type),
            "platformVersion": revision.platform_version,
            "platformFamily": "Linux" if fargate else None,
            "loadBalancers": revision.request.get("loadBalancers", []),
            "serviceRegistries": revision.request.get("serviceRegistries", []),
            "networkConfiguration": revision.network,
            "serviceConnectConfiguration": revision.request.get("serviceConnectConfiguration"),
            "volumeConfigurations": revision.request.get("volumeConfigurations") or None,
            "containerImages": images,
            "guardDutyEnabled": False,
            "resolvedConfiguration": _resolved(revision),
            "createdAt": revision.created_at_s,
        }
    )


def _resolved(revision: ServiceRevision) -> Shape | None:
    """The target groups that a revision uses, with the listener rule that leads to them.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevisionLoadBalancer.html
    """
    used = [
        compact(
            {
                "targetGroupArn": each["targetGroupArn"],
                "productionListenerRule": (each.get("advancedConfiguration") or {}).get(
                    "productionListenerRule"
                ),
            }
        )
        for each in revision.request.get("loadBalancers") or []
        if each.get("targetGroupArn")
    ]
    return {"loadBalancers": used} if used else None


def service_deployment_brief(record: ServiceDeployment) -> Shape:
    """A ServiceDeploymentBrief, as ListServiceDeployments gives it."""
    return compact(
        {
            "serviceDeploymentArn": record.arn,
            "serviceArn": record.service.arn,
            "clusterArn": record.service.cluster.arn,
            "createdAt": record.created_at_s,
            "startedAt": record.created_at_s,
            "finishedAt": record.finished_at_s,
            "targetServiceRevisionArn": record.target.arn,
            "status": record.status,
            "statusReason": record.status_reason,
        }
    )


def current_revision(revision: ServiceRevision) -> Shape:
    """A ServiceCurrentRevisionSummary."""
    found = _deployments_of(revision)
    running, pending = counts([task for each in found for task in each.tasks.values()])
    return {
        "arn": revision.arn,
        "requestedTaskCount": revision.service.desired_count,
        "runningTaskCount": running,
        "pendingTaskCount": pending,
    }


def _deployments_of(revision: ServiceRevision) -> list[Deployment]:
    return [each for each in revision.service.deployments if each.revision is revision]


def _revision_summary(revision: ServiceRevision) -> Shape:
    found = _deployments_of(revision)
    return {
        **current_revision(revision),
        "requestedTestTrafficWeight": max((each.test_percent for each in found), default=0.0),
        "requestedProductionTrafficWeight": max(
            (each.production_percent for each in found), default=0.0
        ),
    }


def service_deployment_shape(record: ServiceDeployment) -> Shape:
    """A ServiceDeployment.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
    """
    rollback = None
    if record.rollback_to is not None:
        rollback = {
            "reason": record.rollback_reason,
            "startedAt": record.rollback_started_at_s,
            "serviceRevisionArn": record.rollback_to.arn,
        }
    brief = service_deployment_brief(record)
    del brief["targetServiceRevisionArn"]
    return compact(
        {
            **brief,
            "stoppedAt": record.stopped_at_s,
            "updatedAt": record.updated_at_s,
            "sourceServiceRevisions": [_revision_summary(each) for each in record.sources],
            "targetServiceRevision": _revision_summary(record.target),
            "lifecycleStage": record.lifecycle_stage,
            "lifecycleHookDetails": [_hook_shape(each) for each in record.hooks] or None,
            "deploymentConfiguration": record.configuration,
            "rollback": rollback,
            "deploymentCircuitBreaker": _breaker_shape(record),
            "alarms": _alarms_shape(record),
        }
    )


def _hook_shape(hook: LifecycleHook) -> Shape:
    return compact(
        {
            "hookId": hook.id,
            "targetType": hook.target_type,
            "targetArn": hook.target_arn,
            "status": hook.status,
            "expiresAt": hook.expires_at_s,
            "timeoutAction": hook.timeout_action,
        }
    )


def _watch_status(enabled: bool, triggered: bool, going_on: bool) -> str:
    if not enabled:
        return "DISABLED"
    if triggered:
        return "TRIGGERED"
    return "MONITORING" if going_on else "MONITORING_COMPLETE"


def _breaker_shape(record: ServiceDeployment) -> Shape:
    from ecs_lab.engine.circuit_breaker import threshold

    asked = record.configuration.get("deploymentCircuitBreaker") or {}
    limit = threshold(record.service.desired_count, asked.get("thresholdConfiguration"))
    enabled, going_on = bool(asked.get("enable")), record.finished_at_s is None
    return {
        "status": _watch_status(enabled, record.breaker_triggered, going_on),
        "failureCount": record.failure_count,
        "threshold": limit if enabled else 0,
    }


def _alarms_shape(record: ServiceDeployment) -> Shape:
    asked = record.configuration.get("alarms") or {}
    enabled = bool(asked.get("enable")) and not record.ignores_alarms
    going_on = record.finished_at_s is None
    return {
        "status": _watch_status(enabled, bool(record.triggered_alarms), going_on),
        "alarmNames": asked.get("alarmNames", []),
        "triggeredAlarmNames": record.triggered_alarms,
    }
