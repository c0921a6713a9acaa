"""The lab of the playground of requests: an Application Load Balancer with rules, three services
behind it, and what can be wrong with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecs_lab.lab import Lab
from ecs_lab.playground.stage import stage
from ecs_lab.quiz import scene
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.replies import Hop, Reply
from ecs_lab.worlds import World

SERVICES = {"web": 3, "web-new": 2, "api": 2}
"""Services, each with a target group of its name, and their desired counts."""
OLD_HOST, NEW_HOST = "old.example.com", "shop.example.com"
NOTICED_S = 120
"""Longer than two failed health checks take, which make a target unhealthy."""
BREAK = "/break"
_READY_S = 300
_GRACE_S = 7200  # ECS does not replace what fails, so that one can look at it


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one request: status 0 where no answer came.

    `why` says what was in the way, or where a redirect leads; it is empty for a task's answer.
    """

    status: int
    hops: tuple[Hop, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What the load balancer thinks of a target in the end."""

    group: str
    address: str
    zone: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Played:
    """The requests in their order, and the targets of all groups."""

    sent: tuple[Sent, ...]
    targets: tuple[Target, ...]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """What runs in every task: answers 200 until it is asked for BREAK, and 500 from then on."""
    memory = environ["ecs_lab.container"].memory
    memory["broken"] = memory.get("broken") or environ["PATH_INFO"] == BREAK
    start_response("500 Internal Server Error" if memory["broken"] else "200 OK", [])
    return [b""]


def build() -> World:
    """An account with all this, where every target is healthy."""
    with stage() as lab:
        scene.cluster(lab)
        image = lab.registry.push("shop:1", app)
        groups = {name: _group(lab, name) for name in SERVICES}
        _balancer(lab, groups)
        for name, arn in groups.items():
            _service(lab, name, image, arn)
        lab.wait(_READY_S)
        return lab.copy_of_world()


def _service(lab: Lab, name: str, image: str, group: str) -> None:
    container = scene.container(name, image=image, portMappings=[{"containerPort": 80}])
    scene.fargate_definition(lab, container, family=name)
    target = {"targetGroupArn": group, "containerName": name, "containerPort": 80}
    lab.client("ecs").create_service(
        cluster=scene.CLUSTER, serviceName=name, taskDefinition=name, desiredCount=SERVICES[name],
        launchType="FARGATE", networkConfiguration=scene.network(lab), loadBalancers=[target],
        healthCheckGracePeriodSeconds=_GRACE_S, availabilityZoneRebalancing="DISABLED",
    )  # fmt: skip


def _group(lab: Lab, name: str) -> str:
    made = lab.client("elbv2").create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType="ip"
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def _balancer(lab: Lab, groups: Mapping[str, str]) -> None:
    """The load balancer, its listener, and the rules before the default one."""
    elb = lab.client("elbv2")
    balancer = elb.create_load_balancer(
        Name="front", Subnets=lab.network.public_subnets,
        SecurityGroups=[lab.network.security_groups["web"]],
    )["LoadBalancers"][0]  # fmt: skip
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": groups["web"]}],
    )["Listeners"][0]["ListenerArn"]  # fmt: skip
    header = {"HttpHeaderName": "x-version", "Values": ["new"]}
    moved = {"Host": NEW_HOST, "StatusCode": "HTTP_301"}
    secret = {"StatusCode": "403", "ContentType": "text/plain", "MessageBody": "Not from outside."}
    rules: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"Field": "path-pattern", "Values": ["/api/*"]},
         {"Type": "forward", "TargetGroupArn": groups["api"]}),
        ({"Field": "path-pattern", "Values": ["/admin*"]},
         {"Type": "fixed-response", "FixedResponseConfig": secret}),
        ({"Field": "host-header", "Values": [OLD_HOST]},
         {"Type": "redirect", "RedirectConfig": moved}),
        ({"Field": "http-header", "HttpHeaderConfig": header},
         {"Type": "forward", "TargetGroupArn": groups["web-new"]}),
    ]  # fmt: skip
    for number, (condition, action) in enumerate(rules, 1):
        elb.create_rule(ListenerArn=listener, Priority=10 * number, Conditions=[condition],
                        Actions=[action])  # fmt: skip


def play(world: World, asked: Mapping[str, Any], headers: Mapping[str, str]) -> Played:
    """Arrange the lab as the fields say, and send the requests, one a second."""
    with stage(world) as lab:
        _weigh(lab, asked["weight"])
        _reach(lab, int(asked["zones"]), asked["cross_zone"])
        if asked["closed"] != "none":
            _close(lab, lab.network.security_groups[asked["closed"]])
        if asked["failing"] != "no":
            _break_one(lab)
        if asked["failing"] == "noticed" or asked["closed"] == "tasks":
            lab.wait(NOTICED_S)
        balancer = lab.client("elbv2").describe_load_balancers()["LoadBalancers"][0]
        url = f"http://{balancer['DNSName']}{asked['path']}"
        sent = tuple(_send(lab, url, headers) for _ in range(asked["count"]))
        return Played(sent, tuple(_targets(lab)))


def _weigh(lab: Lab, weight: int) -> None:
    """Share the default rule's requests between web and web-new."""
    elb = lab.client("elbv2")
    groups = {each["TargetGroupName"]: each["TargetGroupArn"]
              for each in elb.describe_target_groups()["TargetGroups"]}  # fmt: skip
    weights = {"web": 100 - weight, "web-new": weight}
    shares = [{"TargetGroupArn": groups[name], "Weight": w} for name, w in weights.items()]
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": shares}}
    elb.modify_listener(ListenerArn=listener, DefaultActions=[action])


def _reach(lab: Lab, zones: int, cross_zone: bool) -> None:
    """Enable the load balancer in the first zones, and turn cross-zone load balancing on or off."""
    elb = lab.client("elbv2")
    if zones < len(lab.network.public_subnets):
        balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        elb.set_subnets(LoadBalancerArn=balancer, Subnets=lab.network.public_subnets[:zones])
    if not cross_zone:
        off = [{"Key": "load_balancing.cross_zone.enabled", "Value": "false"}]
        for group in elb.describe_target_groups()["TargetGroups"]:
            elb.modify_target_group_attributes(
                TargetGroupArn=group["TargetGroupArn"], Attributes=off
            )


def _close(lab: Lab, group_id: str) -> None:
    """Take every inbound rule away from a security group."""
    ec2 = lab.client("ec2")
    group = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=group["IpPermissions"])


def _break_one(lab: Lab) -> None:
    """Make one task of web answer with 500 from now on."""
    task = scene.tasks(lab, serviceName="web")[0]
    inside = lab.http.from_subnet(
        lab.network.public_subnets[0], [lab.network.security_groups["web"]]
    )
    inside.get(f"http://{_address(task)}{BREAK}")


def _address(task: Mapping[str, Any]) -> str:
    details = {each["name"]: each["value"] for each in task["attachments"][0]["details"]}
    return str(details["privateIPv4Address"])


def _send(lab: Lab, url: str, headers: Mapping[str, str]) -> Sent:
    lab.wait(1)
    try:
        reply = lab.http.get(url, headers=headers)
    except UnreachableError as error:
        return Sent(0, (), str(error))
    return Sent(reply.status, reply.hops, _why(reply))


def _why(reply: Reply) -> str:
    if reply.task:
        return ""
    if location := reply.headers.get("location"):
        return f"The rule sends the client to {location}"
    if reply.status < 500:
        return "The rule answers by itself."
    return reply.hops[-1].detail.rpartition("; ")[2]


def _targets(lab: Lab) -> Iterator[Target]:
    elb, zones = lab.client("elbv2"), {_address(t): t["availabilityZone"] for t in scene.tasks(lab)}
    for group in elb.describe_target_groups()["TargetGroups"]:
        found = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        for each in found["TargetHealthDescriptions"]:
            target, health = each["Target"], each["TargetHealth"]
            yield Target(group["TargetGroupName"], f"{target['Id']}:{target['Port']}",
                         zones.get(target["Id"], ""), health["State"],
                         health.get("Description", ""))  # fmt: skip
