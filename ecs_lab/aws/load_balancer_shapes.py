"""Load balancers and target groups in a snapshot, read from moto's backend."""

from __future__ import annotations

from typing import Any

from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from ecs_lab.aws.listener_weights import idle
from ecs_lab.aws.target_groups import target_groups_of

Shapes = list[dict[str, Any]]


def load_balancers(account_id: str, region: str) -> dict[str, Shapes]:
    """`loadBalancers` (with their listeners' target groups, and which of these get nothing) and
    `targetGroups` (with the health of their targets).
    """
    backend = elbv2_backends[account_id][region]
    balancers = [_balancer(each) for each in backend.load_balancers.values()]
    classic = [_classic(each) for each in elb_backends[account_id][region].load_balancers.values()]
    arns: dict[str, list[str]] = {}
    for each in balancers:
        for listener in each["Listeners"]:
            for group in listener["TargetGroupArns"]:
                arns.setdefault(group, []).append(each["LoadBalancerArn"])
    groups = [_group(each, arns.get(each.arn, [])) for each in backend.target_groups.values()]
    return {"loadBalancers": balancers + classic, "targetGroups": groups}


def _balancer(balancer: Any) -> dict[str, Any]:
    return {
        "LoadBalancerArn": balancer.arn,
        "LoadBalancerName": balancer.name,
        "DNSName": balancer.dns_name,
        "Type": balancer.type,
        "Scheme": balancer.scheme,
        "VpcId": balancer.vpc_id,
        "AvailabilityZones": [
            {"ZoneName": each.availability_zone, "SubnetId": each.id} for each in balancer.subnets
        ],
        "SecurityGroups": list(balancer.security_groups or []),
        "IdleTargetGroupArns": [arn for each in balancer.listeners.values() for arn in idle(each)],
        "Listeners": [
            {
                "Port": int(each.port),
                "Protocol": each.protocol,
                "TargetGroupArns": target_groups_of(each),
            }
            for each in balancer.listeners.values()
        ],
    }


def _classic(balancer: Any) -> dict[str, Any]:
    return {
        "LoadBalancerName": balancer.name,
        "DNSName": balancer.dns_name,
        "Type": "classic",
        "Scheme": balancer.scheme,
        "VpcId": balancer.vpc_id,
        "AvailabilityZones": [{"SubnetId": each} for each in balancer.subnets],
        "SecurityGroups": list(balancer.security_groups),
        "Listeners": [
            {"Port": int(each.load_balancer_port), "Protocol": each.protocol, "TargetGroupArns": []}
            for each in balancer.listeners
        ],
        "Instances": balancer.instances,
    }


def _group(group: Any, balancers: list[str]) -> dict[str, Any]:
    return {
        "TargetGroupArn": group.arn,
        "TargetGroupName": group.name,
        "Protocol": group.protocol,
        "Port": int(group.port) if group.port else None,
        "VpcId": group.vpc_id,
        "TargetType": group.target_type,
        "HealthCheckPath": group.health_check_path,
        "LoadBalancerArns": list(dict.fromkeys(balancers)),
        "Targets": [_target(group, *key) for key in group.registered],
    }


def _target(group: Any, target_id: str, port: int) -> dict[str, Any]:
    health = group.health((target_id, port))
    described = {"State": health.state, "Reason": health.reason, "Description": health.description}
    return {
        "Target": {"Id": target_id, "Port": port},
        "TargetHealth": {key: value for key, value in described.items() if value},
    }
