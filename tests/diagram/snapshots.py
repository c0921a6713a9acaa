"""Builders of snapshots: small labs as `World.snapshot()` describes them, in AWS's own shapes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

REGION, ACCOUNT = "us-east-1", "123456789012"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
ROLES = f"arn:aws:iam::{ACCOUNT}:role"
Snapshot = dict[str, Any]


def arn(kind: str, name: str) -> str:
    """An ECS ARN in the lab's account."""
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{kind}/{name}"


def empty_lab() -> Snapshot:
    """A lab as it starts: one VPC, two subnets in each of three zones, no cluster."""
    subnets = [
        {
            "SubnetId": f"subnet-{tier}{zone[-1]}",
            "VpcId": "vpc-0lab",
            "AvailabilityZone": zone,
            "CidrBlock": f"10.0.{number * 16 + (128 if tier == 'priv' else 0)}.0/20",
            "MapPublicIpOnLaunch": tier == "pub",
            "Tags": [],
            "public": tier == "pub",
        }
        for tier in ("pub", "priv")
        for number, zone in enumerate(ZONES)
    ]
    return {
        "now": "2026-01-05T09:00:00+00:00",
        "region": REGION,
        "account": ACCOUNT,
        "vpcs": [
            {
                "VpcId": "vpc-0lab",
                "CidrBlock": "10.0.0.0/16",
                "Tags": [{"Key": "Name", "Value": "lab"}],
            }
        ],
        "subnets": subnets,
        "securityGroups": [],
        "natGateways": [{"NatGatewayId": "nat-1", "SubnetId": "subnet-puba", "State": "available"}],
        "internetGateways": [{"InternetGatewayId": "igw-1", "VpcId": "vpc-0lab"}],
        "ec2Instances": [],
        "clusters": [],
        "containerInstances": [],
        "services": [],
        "tasks": [],
        "taskDefinitions": [],
        "roles": [],
        "instanceProfiles": [
            {
                "InstanceProfileName": "ecsInstanceRole",
                "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/ecsInstanceRole",
                "Roles": ["ecsInstanceRole"],
            }
        ],
        "loadBalancers": [],
        "targetGroups": [],
        "fileSystems": [],
    }


def add_cluster(lab: Snapshot, name: str = "shop") -> Snapshot:
    """Add an ECS cluster; the lab comes back."""
    lab["clusters"].append(
        {
            "clusterName": name,
            "clusterArn": arn("cluster", name),
            "status": "ACTIVE",
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": 0,
            "pendingTasksCount": 0,
            "activeServicesCount": 0,
        }
    )
    return lab


def add_task_definition(
    lab: Snapshot, family: str = "web", revision: int = 1, *, fargate: bool = False, **more: Any
) -> Snapshot:
    """Add a task definition revision, in bridge mode or for Fargate."""
    definition = {
        "taskDefinitionArn": arn("task-definition", f"{family}:{revision}"),
        "family": family,
        "revision": revision,
        "status": "ACTIVE",
        "networkMode": "awsvpc" if fargate else "bridge",
        "requiresCompatibilities": ["FARGATE" if fargate else "EC2"],
        "containerDefinitions": [{"name": "app", "image": "nginx:1.27"}],
        "taskRoleArn": f"{ROLES}/shopTaskRole",
        "executionRoleArn": f"{ROLES}/ecsTaskExecutionRole",
    }
    size = {"cpu": "256", "memory": "512"} if fargate else {}
    lab["taskDefinitions"].append(definition | size | more)
    return lab


def add_instance(
    lab: Snapshot,
    number: int = 0,
    *,
    cluster: str | None = "shop",
    zone: int | None = None,
    agent: bool = True,
    **more: Any,
) -> Snapshot:
    """Add an EC2 instance in a public subnet, registered in the cluster unless that is None."""
    zone = number % 3 if zone is None else zone
    instance_id = f"i-0{number:04x}5e1f00c0ffee"
    instance: dict[str, Any] = {
        "InstanceId": instance_id,
        "InstanceType": "t3.medium",
        "State": "running",
        "SubnetId": f"subnet-pub{'abc'[zone]}",
        "AvailabilityZone": ZONES[zone],
        "PrivateIpAddress": f"10.0.{zone * 16}.{10 + number}",
        "PublicIpAddress": None,
        "IamInstanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/ecsInstanceRole",
        "LaunchTime": f"2026-01-05T09:00:{number % 60:02}+00:00",
        "Tags": [],
    }
    lab["ec2Instances"].append(instance | more)
    if cluster is not None:
        lab["containerInstances"].append(
            {
                "containerInstanceArn": arn("container-instance", f"{cluster}/{number:032x}"),
                "ec2InstanceId": instance_id,
                "status": "ACTIVE",
                "agentConnected": agent,
                "remainingResources": [
                    {"name": "CPU", "type": "INTEGER", "integerValue": 1536},
                    {"name": "MEMORY", "type": "INTEGER", "integerValue": 3276},
                ],
                "cluster": cluster,
            }
        )
        _cluster(lab, cluster)["registeredContainerInstancesCount"] += 1
    return lab


def add_service(lab: Snapshot, name: str = "web", *, desired: int, **more: Any) -> Snapshot:
    """Add a service; its counts follow from the tasks that are added to it."""
    service = {
        "serviceName": name,
        "serviceArn": arn("service", f"shop/{name}"),
        "clusterArn": arn("cluster", "shop"),
        "status": "ACTIVE",
        "desiredCount": desired,
        "runningCount": 0,
        "pendingCount": 0,
        "launchType": "EC2",
        "taskDefinition": arn("task-definition", f"{name}:1"),
        "deployments": [],
        "cluster": "shop",
    }
    lab["services"].append(service | more)
    return lab


def add_task(
    lab: Snapshot,
    number: int,
    *,
    instance: int | None = None,
    subnet: str | None = None,
    service: str | None = "web",
    status: str = "RUNNING",
    **more: Any,
) -> Snapshot:
    """Add a task on an instance (bridge mode), in a subnet (Fargate), or without a place yet."""
    task: dict[str, Any] = {
        "taskArn": arn("task", f"shop/{(number + 1) * 2654435761 % 2**32:08x}{number:024x}"),
        "clusterArn": arn("cluster", "shop"),
        "taskDefinitionArn": arn("task-definition", f"{service or 'web'}:1"),
        "lastStatus": status,
        "desiredStatus": "STOPPED" if status == "STOPPED" else "RUNNING",
        "launchType": "EC2" if instance is not None else "FARGATE",
        "group": f"service:{service}" if service else "family:web",
        "createdAt": f"2026-01-05T09:{number // 60 % 60:02}:{number % 60:02}+00:00",
        "attachments": [],
        "containers": [{"name": "app", "lastStatus": status}],
        "cluster": "shop",
    }
    if instance is not None:
        task["containerInstanceArn"] = arn("container-instance", f"shop/{instance:032x}")
        binding = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768 + number}
        task["containers"][0]["networkBindings"] = [binding]
    if subnet is not None:
        address = f"10.0.{128 + number % 100}.{20 + number % 200}"
        details = [("subnetId", subnet), ("privateIPv4Address", address)]
        task["attachments"] = [
            {
                "type": "ElasticNetworkInterface",
                "details": [{"name": n, "value": v} for n, v in details],
            }
        ]
    lab["tasks"].append(task | more)
    for owner in (s for s in lab["services"] if s["serviceName"] == service):
        if status == "RUNNING":
            owner["runningCount"] += 1
        elif status != "STOPPED":
            owner["pendingCount"] += 1
    return lab


def add_balancer(lab: Snapshot, name: str = "front", **more: Any) -> Snapshot:
    """Add a load balancer that listens on port 80, an Application Load Balancer if not said
    otherwise.
    """
    balancer = {
        "LoadBalancerArn": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/{name}",
        "LoadBalancerName": name,
        "DNSName": f"{name}.elb.amazonaws.com",
        "Type": "application",
        "Scheme": "internet-facing",
        "Listeners": [{"Port": 80, "Protocol": "HTTP", "TargetGroupArns": []}],
    }
    lab["loadBalancers"].append(balancer | more)
    return lab


def add_target_group(
    lab: Snapshot,
    targets: dict[tuple[str, int], str],
    *,
    name: str = "web",
    kind: str = "ip",
    balancers: tuple[int, ...] = (0,),
) -> Snapshot:
    """Add a target group with targets (id and port) in these states, behind load balancers of
    these numbers.
    """
    lab["targetGroups"].append(
        {
            "TargetGroupArn": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/{name}",
            "TargetGroupName": name,
            "TargetType": kind,
            "HealthCheckPath": "/health",
            "LoadBalancerArns": [lab["loadBalancers"][n]["LoadBalancerArn"] for n in balancers],
            "Targets": [
                {"Target": {"Id": key, "Port": port}, "TargetHealth": {"State": state}}
                for (key, port), state in targets.items()
            ],
        }
    )
    return lab


def _cluster(lab: Snapshot, name: str) -> dict[str, Any]:
    return next(c for c in lab["clusters"] if c["clusterName"] == name)


def two_instances(tasks: int = 4) -> Snapshot:
    """An EC2 cluster with two instances in two zones and a service of bridge-mode tasks."""
    lab = add_task_definition(add_cluster(empty_lab()))
    add_service(lab, desired=tasks)
    add_instance(add_instance(lab, 0), 1)
    for number in range(tasks):
        add_task(lab, number, instance=number % 2)
    return lab


def instance_lost() -> Snapshot:
    """`two_instances` after the second instance was terminated and its tasks were replaced."""
    lab = deepcopy(two_instances())
    lab["ec2Instances"][1]["State"] = "terminated"
    del lab["containerInstances"][1]
    _cluster(lab, "shop")["registeredContainerInstancesCount"] = 1
    for number in (1, 3):
        task = lab["tasks"][number]
        task |= {"lastStatus": "STOPPED", "desiredStatus": "STOPPED"}
        task |= {"stoppedReason": "Host EC2 (instance i-00015e1f00c0ffee) terminated."}
        task["stoppedAt"] = f"2026-01-05T09:10:0{number}+00:00"
    lab["services"][0]["runningCount"] = 2
    add_task(lab, 4, instance=0)
    add_task(lab, 5, instance=0, status="PENDING")
    return lab


def fargate(tasks: int = 3) -> Snapshot:
    """A Fargate service with its tasks spread over the private subnets of three zones."""
    lab = add_task_definition(add_cluster(empty_lab()), fargate=True)
    add_service(lab, desired=tasks, launchType="FARGATE")
    for number in range(tasks):
        add_task(lab, number, subnet=f"subnet-priv{'abc'[number % 3]}")
    return lab


def crowd(tasks: int = 1000, instances: int = 100) -> Snapshot:
    """A service of very many tasks on very many instances in three zones."""
    lab = add_task_definition(add_cluster(empty_lab()))
    add_service(lab, desired=tasks)
    for number in range(instances):
        add_instance(lab, number)
    for number in range(tasks):
        status = "PENDING" if number % 50 == 49 else "RUNNING"
        add_task(lab, number, instance=number % instances, status=status)
    return lab


def balanced() -> Snapshot:
    """`fargate` behind an Application Load Balancer: two of three targets are healthy."""
    lab = add_balancer(fargate(3))
    addresses = [each["attachments"][0]["details"][1]["value"] for each in lab["tasks"]]
    states = ("healthy", "healthy", "unhealthy")
    return add_target_group(
        lab, {(each, 80): state for each, state in zip(addresses, states, strict=True)}
    )
