"""Releases behind a load balancer: what exercises on deployments give, and how checks watch one.

A service here is called `web` unless an exercise says otherwise; its container listens on port 80.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ecs_lab.exercises.look import KEPT, Shape
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecs_lab.lab import Lab

MISSING = "123456789012.dkr.ecr.us-east-1.amazonaws.com/not-there:1"
"""An image that is in no registry."""
REQUESTS = 20
LOOK_S = 30
LONGEST_S = 5400
"""Longer than any of the shifts that are asked for takes."""


# ------------------------------------------------------------------ what is given


class Front(NamedTuple):
    """A load balancer `front`: ARNs of its target groups by name, of its listeners by port."""

    groups: dict[str, str]
    listeners: dict[int, str]


def front(lab: Lab, listeners: Mapping[int, str], groups: Sequence[str]) -> Front:
    """Make the load balancer `front` in the public subnets, open on the ports of its listeners.

    `listeners` says by port which of the target groups gets the requests at first.
    """
    elb, security_group = lab.client("elbv2"), lab.network.security_groups["web"]
    made = elb.create_load_balancer(
        Name="front", Subnets=list(lab.network.public_subnets), SecurityGroups=[security_group]
    )["LoadBalancers"][0]
    arns = {name: _target_group(lab, name) for name in groups}
    ports = {}
    for port, group in listeners.items():
        answer = elb.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"], Protocol="HTTP", Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": arns[group]}],
        )  # fmt: skip
        ports[port] = str(answer["Listeners"][0]["ListenerArn"])
        if port != 80:  # which is open from the start
            lab.client("ec2").authorize_security_group_ingress(
                GroupId=security_group, IpProtocol="tcp", FromPort=port, ToPort=port,
                CidrIp="0.0.0.0/0",
            )  # fmt: skip
    return Front(arns, ports)


def _target_group(lab: Lab, name: str) -> str:
    made = lab.client("elbv2").create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType="ip"
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def role(lab: Lab, name: str, service: str, policy: str) -> str:
    """A role that a service of AWS may assume, with one of AWS's policies; gives its ARN."""
    iam, principal = lab.client("iam"), {"Service": f"{service}.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    return str(made["Role"]["Arn"])


def service(lab: Lab, cluster: str, group: str, **changes: Any) -> None:
    """Create a Fargate service `web` of two tasks behind a target group, and let it come up."""
    target = {"targetGroupArn": group, "containerName": "web", "containerPort": 80}
    request: dict[str, Any] = {
        "serviceName": "web", "taskDefinition": "web:1", "desiredCount": 2,
        "launchType": "FARGATE", "networkConfiguration": scene.network(lab),
        "loadBalancers": [target], "availabilityZoneRebalancing": "DISABLED",
    }  # fmt: skip
    lab.client("ecs").create_service(cluster=cluster, **request | changes)
    lab.settle()


# ------------------------------------------------------------------ what a release shows


def url(lab: Lab, port: int = 80) -> str:
    """The address of the load balancer `front`, at one of its ports."""
    found = lab.client("elbv2").describe_load_balancers(Names=["front"])["LoadBalancers"]
    return f"http://{found[0]['DNSName']}:{port}"


def revision_like(lab: Lab, arn: str, image: str = "") -> str:
    """Register a task definition like another, with another image in its container of the port if
    one is given; gives its name as `family:revision`.
    """
    ecs = lab.client("ecs")
    old: Shape = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    new = {key: old[key] for key in KEPT if key in old}
    for each in new["containerDefinitions"]:
        if image and each.get("portMappings"):
            each["image"] = image
    new.setdefault("executionRoleArn", lab.roles["ecsTaskExecutionRole"])
    made = ecs.register_task_definition(**new)["taskDefinition"]
    return f"{made['family']}:{made['revision']}"


def share(lab: Lab, address: str, revision: str) -> int:
    """How many percent of requests a revision answers."""
    answers = Counter(lab.http.get(address).revision for _ in range(REQUESTS))
    return round(100 * answers[revision] / REQUESTS)


def shift(lab: Lab, address: str, revision: str) -> list[tuple[int, int]]:
    """How traffic went over to a new revision: its shares in percent, in their order, each with
    the seconds that it stayed. The last one is 100 if all of it did, with 0 seconds.
    """
    shares: list[list[int]] = []
    for _ in range(LONGEST_S // LOOK_S):
        lab.wait(LOOK_S)
        now = share(lab, address, revision)
        if not shares or shares[-1][0] != now:
            shares.append([now, 0])
        if now == 100:
            break
        shares[-1][1] += LOOK_S
    return [(percent, seconds) for percent, seconds in shares if percent]


def words(shares: Sequence[tuple[int, int]]) -> str:
    """Shares of traffic as feedback says them.

    >>> words([(10, 300), (100, 0)])
    '10 % for 5 minutes, then 100 %'
    """
    told = [f"{percent} %" + _minutes(seconds) for percent, seconds in shares]
    return ", then ".join(told) or "no request for the new revision"


def _minutes(seconds: int) -> str:
    return f" for {seconds / 60:g} minutes" if seconds else ""
