"""Clusters, capacity providers and container instances as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import NAMESPACE_URL, uuid5

from ecs_lab.engine.model import CapacityProvider, Cluster, ContainerInstance
from ecs_lab.engine.shapes.common import Shape, compact


def cluster_shape(cluster: Cluster, include: list[str]) -> Shape:
    """A Cluster; statistics, settings, configuration and tags only where `include` asks for them.

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
        "statistics": _statistics(cluster) if "STATISTICS" in include else [],
        "settings": cluster.settings if "SETTINGS" in include else [],
        "tags": cluster.tags if "TAGS" in include else [],
        "capacityProviders": cluster.capacity_providers,
        "defaultCapacityProviderStrategy": cluster.default_strategy,
        "serviceConnectDefaults": cluster.service_connect_defaults,
        "configuration": cluster.configuration if "CONFIGURATIONS" in include else None,
    }
    return compact(shape)


def cluster_attachments(providers: Iterable[CapacityProvider]) -> Shape:
    """What `include=["ATTACHMENTS"]` adds: the scaling policy of each provider that scales its
    group. The lab scales by itself: in the group there is no policy of that name.

    Source: https://docs.aws.amazon.com/cli/latest/reference/ecs/describe-clusters.html (example 2)
    """
    attached = [_scaling_policy(each) for each in providers]
    return {"attachments": attached, "attachmentsStatus": "UPDATE_COMPLETE"} if attached else {}


def _scaling_policy(provider: CapacityProvider) -> Shape:
    same_each_time = str(uuid5(NAMESPACE_URL, provider.arn))
    details = {
        "capacityProviderName": provider.name,
        "scalingPolicyName": f"ECSManagedAutoScalingPolicy-{same_each_time}",
    }
    return {
        "id": same_each_time,
        "type": "as_policy",
        "status": "ACTIVE",
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def _statistics(cluster: Cluster) -> list[Shape]:
    """Tasks and services counted by launch type.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html
    """
    counts: dict[str, int] = {}
    tasks = [each for each in cluster.tasks.values() if not each.stopping]
    for kind, name in (("EC2", "EC2"), ("FARGATE", "Fargate")):
        statuses = [each.last_status for each in tasks if each.launch_type == kind]
        running = statuses.count("RUNNING")
        services = [each.status for each in cluster.services.values() if each.launch_type == kind]
        counts[f"running{name}TasksCount"] = running
        counts[f"pending{name}TasksCount"] = len(statuses) - running
        counts[f"active{name}ServiceCount"] = services.count("ACTIVE")
        counts[f"draining{name}ServiceCount"] = services.count("DRAINING")
    return [{"name": name, "value": str(count)} for name, count in counts.items()]


def capacity_provider_shape(provider: CapacityProvider, include: list[str]) -> Shape:
    """A CapacityProvider of an Auto Scaling group, or of Managed Instances in a cluster.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProvider.html
    """
    kind = "managedInstancesProvider" if provider.managed else "autoScalingGroupProvider"
    return compact(
        {
            "capacityProviderArn": provider.arn,
            "name": provider.name,
            "cluster": provider.cluster_name,
            "status": provider.status,
            kind: provider.settings,
            "updateStatus": provider.update_status,
            "updateStatusReason": provider.update_reason,
            "tags": provider.tags if "TAGS" in include else [],
            "type": "MANAGED_INSTANCES" if provider.managed else "EC2_AUTOSCALING",
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
        **({"healthStatus": _health(instance)} if "CONTAINER_INSTANCE_HEALTH" in include else {}),
    }


def _health(instance: ContainerInstance) -> Shape:
    """The instance's health: Docker in the lab is always well, but nobody tells so while the agent
    is away. Of the two statuses the more severe is the overall one.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-health.html
    """
    runtime, connectivity = ("OK", "OK")
    if not instance.agent_connected:
        runtime, connectivity = ("INSUFFICIENT_DATA", "IMPAIRED")
    return {
        "overallStatus": connectivity,
        "details": [
            {"type": "CONTAINER_RUNTIME", "status": runtime},
            {"type": "AGENT_CONNECTIVITY", "status": connectivity},
        ],
    }
