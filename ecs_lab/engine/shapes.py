"""From the engine's things to the answers of the API: the one place where snake_case becomes AWS's
camelCase.

Times are seconds since the epoch, as ECS's JSON carries them. What a thing does not have is left
out, as AWS does.
"""

from __future__ import annotations

from typing import Any

from ecs_lab.engine.managed_agents import managed_agents
from ecs_lab.engine.model import (
    CapacityProvider,
    Cluster,
    Container,
    ContainerInstance,
    Deployment,
    Document,
    LifecycleHook,
    Service,
    ServiceDeployment,
    ServiceEvent,
    ServiceRevision,
    Task,
    TaskDefinition,
    TaskSet,
)

Shape = dict[str, Any]


def compact(shape: Shape) -> Shape:
    """The shape without what is None."""
    return {key: value for key, value in shape.items() if value is not None}


def cluster_shape(cluster: Cluster, include: list[str]) -> Shape:
    """A Cluster; settings, configuration, tags and attachments only where `include` asks for them.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html
    """
    active = [each for each in cluster.services.values() if each.status != "INACTIVE"]
    shape = {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status,
        "registeredContainerInstancesCount": len(cluster.container_instances),
        "runningTasksCount": cluster.running_tasks,
        "pendingTasksCount": cluster.pending_tasks,
        "activeServicesCount": len(active),
        "statistics": [],
        "settings": cluster.settings if "SETTINGS" in include else [],
        "tags": cluster.tags if "TAGS" in include else [],
        "capacityProviders": cluster.capacity_providers,
        "defaultCapacityProviderStrategy": cluster.default_strategy,
        "serviceConnectDefaults": cluster.service_connect_defaults,
        "configuration": cluster.configuration if "CONFIGURATIONS" in include else None,
    }
    return compact(shape)


def capacity_provider_shape(provider: CapacityProvider, include: list[str]) -> Shape:
    """A CapacityProvider of an Auto Scaling group.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProvider.html
    """
    return compact(
        {
            "capacityProviderArn": provider.arn,
            "name": provider.name,
            "status": provider.status,
            "autoScalingGroupProvider": provider.settings,
            "updateStatus": provider.update_status,
            "updateStatusReason": provider.update_reason,
            "tags": provider.tags if "TAGS" in include else [],
            "type": "EC2_AUTOSCALING",
        }
    )


def task_definition_shape(definition: TaskDefinition) -> Shape:
    """A TaskDefinition."""
    return compact(
        {
            "taskDefinitionArn": definition.arn,
            **definition.document,
            "revision": definition.revision,
            "status": definition.status,
            "registeredAt": definition.registered_at_s,
            "registeredBy": definition.registered_by,
            "deregisteredAt": definition.deregistered_at_s,
        }
    )


def _resources(cpu: int, memory: int, tcp: set[int], udp: set[int], gpus: int) -> list[Shape]:
    def number(name: str, value: int) -> Shape:
        return {
            "name": name,
            "type": "INTEGER",
            "doubleValue": 0.0,
            "longValue": 0,
            "integerValue": value,
        }

    def numbers(name: str, values: set[int]) -> Shape:
        ports = [str(each) for each in sorted(values)]
        return {
            "name": name,
            "type": "STRINGSET",
            "doubleValue": 0.0,
            "longValue": 0,
            "integerValue": 0,
            "stringSetValue": ports,
        }

    shapes = [
        number("CPU", cpu),
        number("MEMORY", memory),
        numbers("PORTS", tcp),
        numbers("PORTS_UDP", udp),
    ]
    return shapes + ([numbers("GPU", set(range(gpus)))] if gpus else [])


def container_instance_shape(instance: ContainerInstance, include: list[str]) -> Shape:
    """A ContainerInstance with its registered and remaining resources; PORTS lists the ports in
    use.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
    """
    running = sum(1 for each in instance.tasks.values() if each.last_status == "RUNNING")
    tcp, udp = set(instance.reserved_tcp), set(instance.reserved_udp)
    free_gpus = instance.gpus - instance.used_gpus
    return {
        "containerInstanceArn": instance.arn,
        "ec2InstanceId": instance.ec2_instance_id,
        **compact({"capacityProviderName": instance.capacity_provider}),
        "version": instance.version,
        "versionInfo": instance.version_info,
        "registeredResources": _resources(
            instance.cpu_units, instance.memory_mib, tcp, udp, instance.gpus
        ),
        "remainingResources": _resources(
            instance.free_cpu,
            instance.free_memory,
            tcp | instance.used_tcp,
            udp | instance.used_udp,
            free_gpus,
        ),
        "status": instance.status,
        "agentConnected": instance.agent_connected,
        "runningTasksCount": running,
        "pendingTasksCount": len(instance.tasks) - running,
        "attributes": [
            compact({"name": name, "value": value}) for name, value in instance.attributes.items()
        ],
        "registeredAt": instance.registered_at_s,
        "attachments": [],
        "tags": instance.tags if "TAGS" in include else [],
    }


def container_shape(container: Container, task: Task) -> Shape:
    """A Container of a task."""
    interface = task.interface
    interfaces = (
        [{"attachmentId": task.attachment_id, "privateIpv4Address": interface.private_ip}]
        if interface
        else []
    )
    definition = container.definition
    return compact(
        {
            "containerArn": container.arn,
            "taskArn": task.arn,
            "name": definition["name"],
            "image": definition["image"],
            "imageDigest": container.image_digest,
            "runtimeId": container.runtime_id,
            "lastStatus": container.last_status,
            "exitCode": container.exit_code,
            "reason": container.reason,
            "networkBindings": container.network_bindings,
            "networkInterfaces": interfaces,
            "healthStatus": container.health_status,
            "managedAgents": managed_agents(task, container),
            "cpu": str(definition.get("cpu", 0)),
            "memory": str(definition["memory"]) if "memory" in definition else None,
            "memoryReservation": str(definition["memoryReservation"])
            if "memoryReservation" in definition
            else None,
        }
    )


def _attachment_shape(task: Task) -> Shape:
    details = [{"name": "subnetId", "value": task.subnet_id}]
    status = "PRECREATED"
    if task.interface is not None:
        status = "DELETED" if task.last_status == "STOPPED" else "ATTACHED"
        details += [
            {"name": "networkInterfaceId", "value": task.interface.eni_id},
            {"name": "macAddress", "value": task.interface.mac_address},
            {"name": "privateDnsName", "value": task.interface.private_dns_name},
            {"name": "privateIPv4Address", "value": task.interface.private_ip},
        ]
    return {
        "id": task.attachment_id,
        "type": "ElasticNetworkInterface",
        "status": status,
        "details": details,
    }


def task_shape(task: Task, include: list[str]) -> Shape:
    """A Task.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
    """
    document, instance = task.definition.document, task.container_instance
    fargate = task.launch_type == "FARGATE"
    needs = task.definition.needs
    return compact(
        {
            "taskArn": task.arn,
            "clusterArn": task.cluster.arn,
            "taskDefinitionArn": task.definition.arn,
            "containerInstanceArn": instance.arn if instance else None,
            "capacityProviderName": task.capacity_provider,
            "launchType": task.launch_type,
            "platformVersion": task.platform_version,
            "platformFamily": "Linux" if fargate else None,
            "lastStatus": task.last_status,
            "desiredStatus": task.desired_status,
            "healthStatus": task.health_status,
            "connectivity": "CONNECTED" if task.connected_at_s is not None else None,
            "connectivityAt": task.connected_at_s,
            "availabilityZone": task.zone,
            "group": task.group,
            "startedBy": task.started_by,
            "cpu": document.get("cpu") or str(needs.cpu_units),
            "memory": document.get("memory") or str(needs.memory_mib),
            "ephemeralStorage": document.get("ephemeralStorage", {"sizeInGiB": 20})
            if fargate
            else None,
            "containers": [container_shape(each, task) for each in task.containers],
            "attachments": [_attachment_shape(task)] if task.attachment_id else [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "overrides": task.overrides,
            "enableExecuteCommand": task.execute_command,
            "version": task.version,
            "tags": task.tags if "TAGS" in include else [],
            "createdAt": task.created_at_s,
            "pullStartedAt": task.pull_started_at_s,
            "pullStoppedAt": task.pull_stopped_at_s,
            "startedAt": task.started_at_s,
            "stoppingAt": task.stopping_at_s,
            "executionStoppedAt": task.execution_stopped_at_s,
            "stoppedAt": task.stopped_at_s,
            "stopCode": task.stop_code,
            "stoppedReason": task.stopped_reason,
        }
    )


def _counts(tasks: list[Task]) -> tuple[int, int]:
    to_run = [each for each in tasks if not each.stopping]
    running = sum(1 for each in to_run if each.last_status == "RUNNING")
    return running, len(to_run) - running


def _capacity(request: Document, launch_type: str) -> Shape:
    """What shows where tasks run: the strategy, or the launch type where there is none."""
    strategy = request.get("capacityProviderStrategy")
    return {"capacityProviderStrategy": strategy} if strategy else {"launchType": launch_type}


def deployment_shape(deployment: Deployment) -> Shape:
    """A Deployment of a service."""
    running, pending = _counts(list(deployment.tasks.values()))
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
            **_capacity(deployment.revision.request, deployment.launch_type),
            "platformVersion": deployment.platform_version,
            "platformFamily": "Linux" if deployment.launch_type == "FARGATE" else None,
            "networkConfiguration": deployment.network,
            "rolloutState": deployment.rollout_state,
            "rolloutStateReason": deployment.rollout_reason,
        }
    )


def task_set_shape(task_set: TaskSet, include: list[str]) -> Shape:
    """A TaskSet.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
    """
    running, pending = _counts(list(task_set.tasks.values()))
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
            **_capacity(request, task_set.launch_type),
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
    running, pending = _counts(list(service.tasks.values()))
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
            **(_capacity(primary.revision.request, service.launch_type) if primary else {}),
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
                _current_revision(each)
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
            "availabilityZoneRebalancing": request.get("availabilityZoneRebalancing", "ENABLED"),
            "roleArn": request.get("role"),
            "tags": service.tags if "TAGS" in include else [],
        }
    )


def service_revision_shape(revision: ServiceRevision) -> Shape:
    """A ServiceRevision.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html
    """
    service = revision.service
    fargate = service.launch_type == "FARGATE"
    images = [
        {"containerName": each["name"], "image": each["image"]}
        for each in revision.definition.containers
    ]
    return compact(
        {
            "serviceRevisionArn": revision.arn,
            "serviceArn": service.arn,
            "clusterArn": service.cluster.arn,
            "taskDefinition": revision.definition.arn,
            **_capacity(revision.request, service.launch_type),
            "platformVersion": revision.platform_version,
            "platformFamily": "Linux" if fargate else None,
            "loadBalancers": revision.request.get("loadBalancers", []),
            "serviceRegistries": revision.request.get("serviceRegistries", []),
            "networkConfiguration": revision.network,
            "containerImages": images,
            "createdAt": revision.created_at_s,
        }
    )


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


def _current_revision(revision: ServiceRevision) -> Shape:
    found = _deployments_of(revision)
    running, pending = _counts([task for each in found for task in each.tasks.values()])
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
        **_current_revision(revision),
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
    enabled, going_on = bool(asked.get("enable")), record.finished_at_s is None
    return {
        "status": _watch_status(enabled, bool(record.triggered_alarms), going_on),
        "alarmNames": asked.get("alarmNames", []),
        "triggeredAlarmNames": record.triggered_alarms,
    }
