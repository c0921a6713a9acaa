"""All there is in a lab at one moment, in AWS's own shapes: what pictures are drawn from and
checks look at.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.efs.models import efs_backends

from ecs_lab.aws import load_balancer_shapes
from ecs_lab.engine.model import Cluster, TaskDefinition
from ecs_lab.engine.shapes import (
    cluster_shape,
    container_instance_shape,
    service_shape,
    task_definition_shape,
    task_shape,
)

if TYPE_CHECKING:
    from ecs_lab.aws.world import World
    from ecs_lab.engine.state import State

Shapes = list[dict[str, Any]]


def take(world: World) -> dict[str, Any]:
    """The snapshot: now, region, account, and lists of shapes under AWS's names for them.

    The lists are vpcs, subnets (with `public`), securityGroups, internetGateways, natGateways,
    ec2Instances, clusters, containerInstances, services, tasks (stopped ones for an hour),
    taskDefinitions, roles, instanceProfiles, loadBalancers, targetGroups, fileSystems (EFS, with
    MountTargets, and the ARNs of tasks under `mountedBy`). Times of ECS are ISO texts; what belongs
    to a cluster has its name under `cluster`.
    """
    state = world.ecs.state
    return {
        "now": _iso(world.clock.now),
        "region": world.region,
        "account": state.account_id,
        **_network(world.ec2),
        **_ecs(state),
        **_roles(world.iam),
        **load_balancer_shapes.load_balancers(state.account_id, world.region),
        "fileSystems": _file_systems(world),
    }


def _iso(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat()


def _dated(shape: dict[str, Any]) -> dict[str, Any]:
    """The shape with its times, which end in At, as ISO texts."""
    return {
        key: _iso(value)
        if key.endswith("At") and isinstance(value, int | float)
        else [_dated(each) if isinstance(each, dict) else each for each in value]
        if isinstance(value, list)
        else value
        for key, value in shape.items()
    }


def _file_systems(world: World) -> Shapes:
    """EFS file systems with their mount targets, and the tasks that have them mounted."""
    backend = efs_backends[world.ecs.state.account_id][world.region]
    return [
        {
            "FileSystemId": each.file_system_id,
            "Name": each.info_json()["Name"],
            "LifeCycleState": each.life_cycle_state,
            "AvailabilityZoneName": each.availability_zone_name,
            "MountTargets": [
                {
                    "MountTargetId": target.mount_target_id,
                    "SubnetId": target.subnet_id,
                    "AvailabilityZoneName": target.availability_zone_name,
                    "IpAddress": target.ip_address,
                    "LifeCycleState": target.life_cycle_state,
                }
                for target in each.iter_mount_targets()
            ],
            "mountedBy": world.volumes.tasks_that_mount(each.file_system_id),
        }
        for each in backend.file_systems_by_id.values()
    ]


def _ecs(state: State) -> dict[str, Shapes]:
    everything = ["SETTINGS", "CONFIGURATIONS", "TAGS"]
    clusters = [each for each in state.clusters.values() if each.status != "INACTIVE"]

    def of(cluster: Cluster, shape: dict[str, Any]) -> dict[str, Any]:
        return {**_dated(shape), "cluster": cluster.name}

    return {
        "clusters": [_dated(cluster_shape(c, everything)) for c in clusters],
        "containerInstances": [
            of(c, container_instance_shape(each, ["TAGS"]))
            for c in clusters
            for each in c.container_instances.values()
        ],
        "services": [
            of(c, service_shape(each, ["TAGS"]))
            for c in clusters
            for each in c.services.values()
            if each.status != "INACTIVE"
        ],
        "tasks": [of(c, task_shape(each, ["TAGS"])) for c in clusters for each in c.tasks.values()],
        "taskDefinitions": [
            {**_dated(task_definition_shape(each)), "tags": each.tags}
            for each in _shown_definitions(state)
        ],
    }


def _shown_definitions(state: State) -> list[TaskDefinition]:
    used = {id(task.definition) for c in state.clusters.values() for task in c.tasks.values()}
    return [
        each
        for revisions in state.families.values()
        for each in revisions.values()
        if each.status == "ACTIVE" or id(each) in used
    ]


def _network(ec2: Any) -> dict[str, Shapes]:
    """VPCs, what is in them, and EC2 instances, read from moto's backend.

    Asking by API would take a hundred times as long for a hundred instances.
    """
    subnets = [each for zone in ec2.subnets.values() for each in zone.values()]
    public = _public_subnets(ec2)
    return {
        "vpcs": [
            {"VpcId": each.id, "CidrBlock": each.cidr_block, "Tags": _tags(each)}
            for each in ec2.vpcs.values()
        ],
        "subnets": [
            {
                "SubnetId": each.id,
                "VpcId": each.vpc_id,
                "AvailabilityZone": each.availability_zone,
                "CidrBlock": each.cidr_block,
                "MapPublicIpOnLaunch": each.map_public_ip_on_launch,
                "Tags": _tags(each),
                "public": each.id in public or each.default_for_az,
            }
            for each in sorted(subnets, key=lambda subnet: subnet.cidr)
        ],
        "securityGroups": [
            {"GroupId": each.id, "GroupName": each.name, "VpcId": each.vpc_id}
            for groups in ec2.groups.values()
            for each in groups.values()
        ],
        "natGateways": [
            {"NatGatewayId": each.id, "SubnetId": each.subnet_id, "State": each.state}
            for each in ec2.nat_gateways.values()
        ],
        "internetGateways": [
            {"InternetGatewayId": each.id, "VpcId": each.vpc.id}
            for each in ec2.internet_gateways.values()
            if each.vpc is not None
        ],
        "ec2Instances": [
            _instance(each) for group in ec2.reservations.values() for each in group.instances
        ],
    }


def _public_subnets(ec2: Any) -> set[str]:
    """The subnets whose own route table leads to an internet gateway."""
    return {
        association["SubnetId"]
        for table in ec2.route_tables.values()
        if any(route.gateway is not None for route in table.routes)
        for association in table.associations
        if "SubnetId" in association
    }


def _instance(instance: Any) -> dict[str, Any]:
    shape = {
        "InstanceId": instance.id,
        "InstanceType": instance.instance_type,
        "State": instance.state,
        "SubnetId": instance.subnet_id,
        "AvailabilityZone": instance.availability_zone,
        "PrivateIpAddress": instance.private_ip,
        "PublicIpAddress": instance.public_ip,
        "IamInstanceProfileArn": (instance.iam_instance_profile or {}).get("Arn"),
        "LaunchTime": instance.launch_time.replace(tzinfo=UTC),
        "Tags": _tags(instance),
    }
    optional = ("PrivateIpAddress", "PublicIpAddress", "SubnetId")
    return {key: value for key, value in shape.items() if value or key not in optional}


def _tags(resource: Any) -> list[dict[str, str]]:
    return [{"Key": each["key"], "Value": each["value"]} for each in resource.get_tags()]


def _roles(iam: Any) -> dict[str, Shapes]:
    return {
        "roles": [{"RoleName": each.name, "Arn": each.arn} for each in iam.roles.values()],
        "instanceProfiles": [
            {
                "InstanceProfileName": each.name,
                "Arn": each.arn,
                "Roles": [role.name for role in each.roles],
            }
            for each in iam.instance_profiles.values()
        ],
    }
