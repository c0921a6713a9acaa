"""Task definitions and tasks as the API shows them."""

from __future__ import annotations

from ecs_lab.engine.managed_agents import managed_agents
from ecs_lab.engine.model import Container, ManagedVolume, Task, TaskDefinition
from ecs_lab.engine.shapes.common import Shape, compact


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


def _attachments(task: Task) -> list[Shape]:
    network = [_attachment_shape(task)] if task.attachment_id else []
    return [*network, _volume_shape(task.volume)] if task.volume is not None else network


def _volume_shape(volume: ManagedVolume) -> Shape:
    """The attachment of a task's own EBS volume.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attachment.html, and the
    examples of https://docs.aws.amazon.com/cli/latest/reference/ecs/run-task.html
    """
    details = {
        "roleArn": volume.ebs["roleArn"],
        "volumeName": volume.configuration["name"],
        "deleteOnTermination": str(volume.delete_on_termination).lower(),
        "volumeId": volume.volume_id,
        "statusReason": volume.status_reason,
    }
    return {
        "id": volume.attachment_id,
        "type": "AmazonElasticBlockStorage",
        "status": volume.status,
        "details": [{"name": name, "value": value} for name, value in details.items() if value],
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
            "attachments": _attachments(task),
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
