"""Services, their deployments, task sets and events as the API shows them."""

from __future__ import annotations

from ecs_lab.engine.model import Deployment, Service, ServiceEvent, TaskSet
from ecs_lab.engine.shapes.common import Shape, capacity, compact, counts
from ecs_lab.engine.shapes.service_deployments import current_revision


def deployment_shape(deployment: Deployment) -> Shape:
    """A Deployment of a service."""
    running, pending = counts(list(deployment.tasks.values()))
    primary = deployment.status == "PRIMARY"
    return compact(
        {
            "id": deployment.id,
            "status": deployment.status,
            "taskDefinition": deployment.definition.arn,
            "desiredCount": deployment.service.desired_count if primary else 0,
            "pendingCount": pending,
            "runningCount": running,
            "failedTasks": deployment.failed_tasks,
            "createdAt": deployment.created_at_s,
            "updatedAt": deployment.updated_at_s,
            **capacity(deployment.revision.request, deployment.launch_type),
            "platformVersion": deployment.platform_version,
            "platformFamily": "Linux" if deployment.launch_type == "FARGATE" else None,
            "networkConfiguration": deployment.network,
            "volumeConfigurations": deployment.revision.request.get("volumeConfigurations"),
            "rolloutState": deployment.rollout_state,
            "rolloutStateReason": deployment.rollout_reason,
            "serviceConnectConfiguration": deployment.revision.request.get(
                "serviceConnectConfiguration"
            ),
            "serviceConnectResources": [
                {"discoveryName": name, "discoveryArn": arn}
                for name, arn in deployment.connect_resources.items()
            ]
            or None,
        }
    )


def task_set_shape(task_set: TaskSet, include: list[str]) -> Shape:
    """A TaskSet.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
    """
    running, pending = counts(list(task_set.tasks.values()))
    request, fargate = task_set.revision.request, task_set.launch_type == "FARGATE"
    return compact(
        {
            "id": task_set.id,
            "taskSetArn": task_set.arn,
            "serviceArn": task_set.service.arn,
            "clusterArn": task_set.service.cluster.arn,
            "startedBy": task_set.started_by,
            "externalId": task_set.external_id,
            "status": task_set.status,
            "taskDefinition": task_set.definition.arn,
            "computedDesiredCount": task_set.computed_desired_count,
            "pendingCount": pending,
            "runningCount": running,
            "createdAt": task_set.created_at_s,
            "updatedAt": task_set.updated_at_s,
            **capacity(request, task_set.launch_type),
            "platformVersion": task_set.platform_version,
            "platformFamily": "Linux" if fargate else None,
            "networkConfiguration": task_set.network,
            "loadBalancers": request.get("loadBalancers", []),
            "serviceRegistries": request.get("serviceRegistries", []),
            "scale": {"value": task_set.scale, "unit": "PERCENT"},
            "stabilityStatus": task_set.stability,
            "stabilityStatusAt": task_set.stability_at_s,
            "tags": task_set.tags if "TAGS" in include else [],
        }
    )


def event_shape(event: ServiceEvent) -> Shape:
    """A ServiceEvent."""
    return {"id": event.id, "createdAt": event.at_s, "message": event.message}


def service_shape(service: Service, include: list[str]) -> Shape:
    """A Service; its events newest first, 100 at most.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
    """
    running, pending = counts(list(service.tasks.values()))
    primary, request = service.shown, service.request
    fargate = primary is not None and service.launch_type == "FARGATE"
    return compact(
        {
            "serviceArn": service.arn,
            "serviceName": service.name,
            "clusterArn": service.cluster.arn,
            "status": service.status,
            "desiredCount": service.desired_count,
            "runningCount": running,
            "pendingCount": pending,
            **(capacity(primary.revision.request, service.launch_type) if primary else {}),
            "platformVersion": primary.platform_version if primary else None,
            "platformFamily": "Linux" if fargate else None,
            "taskDefinition": primary.definition.arn if primary else None,
            "deploymentConfiguration": request["deploymentConfiguration"],
            "deploymentController": request.get("deploymentController"),
            "deployments": [deployment_shape(each) for each in service.deployments]
            if service.status != "INACTIVE"
            else [],
            "taskSets": [task_set_shape(each, include) for each in service.task_sets] or None,
            "events": [event_shape(each) for each in reversed(service.events)],
            "currentServiceDeployment": service.records[0].arn if service.records else None,
            "currentServiceRevisions": [
                current_revision(each)
                for each in dict.fromkeys(d.revision for d in service.deployments)
            ],
            "createdAt": service.created_at_s,
            "createdBy": f"arn:aws:iam::{service.arn.split(':')[4]}:root",
            "loadBalancers": primary.revision.request.get("loadBalancers", []) if primary else [],
            "serviceRegistries": request.get("serviceRegistries", []),
            "placementConstraints": request.get("placementConstraints", []),
            "placementStrategy": request.get("placementStrategy", []),
            "networkConfiguration": primary.network if primary else None,
            "healthCheckGracePeriodSeconds": request.get("healthCheckGracePeriodSeconds"),
            "schedulingStrategy": request.get("schedulingStrategy", "REPLICA"),
            "enableECSManagedTags": request.get("enableECSManagedTags", False),
            "propagateTags": request.get("propagateTags", "NONE"),
            "enableExecuteCommand": request.get("enableExecuteCommand", False),
            "availabilityZoneRebalancing": request.get("availabilityZoneRebalancing", "DISABLED"),
            "roleArn": request.get("role"),
            "tags": service.tags if "TAGS" in include else [],
        }
    )
