"""All there is in a lab at one moment, in AWS's own shapes: what pictures are drawn from and
checks look at.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.transport import session_to
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
    taskDefinitions, roles, instanceProfiles, loadBalancers, targetGroups, fileSystems. Times of
    ECS are ISO texts; what belongs to a cluster has its name under `cluster`.
    """
    state = world.ecs.state

    def quietly(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
        return world.handle(method, url, headers, body, quiet=True)

    session = session_to(quietly, world.region)
    return {
        "now": _iso(world.clock.now),
        "region": world.region,
        "account": state.account_id,
        **_network(session.client("ec2")),
        **_ecs(state),
        **_roles(session.client("iam")),
        "loadBalancers": [],
        "targetGroups": [],
        "fileSystems": [],
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
    tables = ec2.describe_route_tables()["RouteTables"]
    public = {
        association["SubnetId"]
        for table in tables
        if any(str(route.get("GatewayId", "")).startswith("igw-") for route in table["Routes"])
        for association in table["Associations"]
        if "SubnetId" in association
    }
    gateways = ec2.describe_internet_gateways()["InternetGateways"]
    instances = [
        each for group in ec2.describe_instances()["Reservations"] for each in group["Instances"]
    ]
    return {
        "vpcs": [_of(each, "VpcId", "CidrBlock", "Tags") for each in ec2.describe_vpcs()["Vpcs"]],
        "subnets": [
            _of(
                each,
                "SubnetId",
                "VpcId",
                "AvailabilityZone",
                "CidrBlock",
                "MapPublicIpOnLaunch",
                "Tags",
            )
            | {"public": each["SubnetId"] in public}
            for each in ec2.describe_subnets()["Subnets"]
        ],
        "securityGroups": [
            _of(each, "GroupId", "GroupName", "VpcId")
            for each in ec2.describe_security_groups()["SecurityGroups"]
        ],
        "natGateways": [
            _of(each, "NatGatewayId", "SubnetId", "State")
            for each in ec2.describe_nat_gateways()["NatGateways"]
        ],
        "internetGateways": [
            {"InternetGatewayId": each["InternetGatewayId"], "VpcId": attachment["VpcId"]}
            for each in gateways
            for attachment in each["Attachments"]
        ],
        "ec2Instances": [_instance(each) for each in instances],
    }


def _instance(shape: dict[str, Any]) -> dict[str, Any]:
    kept = _of(
        shape,
        *("InstanceId", "InstanceType", "SubnetId", "PrivateIpAddress", "PublicIpAddress"),
        *("LaunchTime", "Tags"),
    )
    return kept | {
        "State": shape["State"]["Name"],
        "AvailabilityZone": shape["Placement"]["AvailabilityZone"],
        "IamInstanceProfileArn": shape.get("IamInstanceProfile", {}).get("Arn"),
    }


def _of(shape: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: shape[key] for key in keys if key in shape}


def _roles(iam: Any) -> dict[str, Shapes]:
    profiles = iam.list_instance_profiles()["InstanceProfiles"]
    return {
        "roles": [_of(each, "RoleName", "Arn") for each in iam.list_roles()["Roles"]],
        "instanceProfiles": [
            _of(each, "InstanceProfileName", "Arn")
            | {"Roles": [role["RoleName"] for role in each["Roles"]]}
            for each in profiles
        ],
    }
