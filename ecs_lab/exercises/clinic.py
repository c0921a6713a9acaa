"""The clinic: pieces of which broken systems are built, and what a repaired one has to show.

`given.py` of a repair calls the first half, its `checks.py` the second. A service here is called
`web`, and its one container `web` runs nginx, unless an exercise says otherwise.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.exercises.checks import Verdict, missed, passed
from ecs_lab.exercises.look import last_event, running_tasks, service
from ecs_lab.quiz import scene
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecs_lab.lab import Lab

FIVE_MINUTES_S = 300
ROLLOUT_S = 900
"""Longer than two tasks of a sound service take to be replaced, targets' draining included."""


# ------------------------------------------------------------------ what is broken


def role(lab: Lab, name: str, actions: Sequence[str], trusted: str = "ecs-tasks") -> str:
    """An IAM role that may do these actions on everything; gives its ARN."""
    iam = lab.client("iam")
    principal = {"Service": f"{trusted}.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    if actions:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
    return str(made["Role"]["Arn"])


def on_fargate(
    lab: Lab, cluster: str, *containers: dict[str, Any], definition: dict[str, Any] | None = None,
    **changes: Any,
) -> None:  # fmt: skip
    """A Fargate service `web` of two tasks, and five minutes in which what is wrong comes out.

    `definition` changes its task definition, `changes` the call of CreateService.
    """
    lab.client("ecs").create_cluster(clusterName=cluster)
    scene.fargate_definition(lab, *(containers or [web()]), **(definition or {}))
    request: dict[str, Any] = {"launchType": "FARGATE", "networkConfiguration": scene.network(lab)}
    _service(lab, cluster, request | changes)


def on_instances(
    lab: Lab, cluster: str, *containers: dict[str, Any], subnets: Sequence[str],
    count: int = 2, definition: dict[str, Any] | None = None, config: str = "", **changes: Any,
) -> None:  # fmt: skip
    """A service `web` on t3.small instances, one in each of the subnets, and five minutes more.

    `config` is further lines of the instances' ecs.config.
    """
    lab.client("ecs").create_cluster(clusterName=cluster)
    for subnet in subnets:
        scene.launch(lab, f"ECS_CLUSTER={cluster}\n{config}", SubnetId=subnet)
    lab.wait(scene.BOOT_S)
    scene.definition(lab, *(containers or [scene.container()]), **(definition or {}))
    _service(lab, cluster, {"launchType": "EC2", "desiredCount": count} | changes)


def web(**changes: Any) -> dict[str, Any]:
    """The container `web`: nginx that listens on port 80."""
    return scene.container(**{"portMappings": [{"containerPort": 80}], **changes})


def target_group(lab: Lab, **changes: Any) -> str:
    """A target group behind a load balancer in two zones, both called `web`; gives its ARN."""
    elb = lab.client("elbv2")
    request = {"Protocol": "HTTP", "Port": 80, "TargetType": "ip", "VpcId": lab.network.vpc_id}
    request = {"Name": "web", **request, **changes}
    made = elb.create_target_group(**request)["TargetGroups"][0]
    balancer = elb.create_load_balancer(
        Name="web",
        Subnets=lab.network.public_subnets[:2],
        SecurityGroups=[lab.network.security_groups["web"]],
    )["LoadBalancers"][0]
    forward = {"Type": "forward", "TargetGroupArn": made["TargetGroupArn"]}
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80,
        DefaultActions=[forward],
    )  # fmt: skip
    return str(made["TargetGroupArn"])


def in_two_zones(lab: Lab) -> dict[str, Any]:
    """The network configuration of tasks in the two zones of `target_group`'s load balancer."""
    vpc = scene.network(lab)["awsvpcConfiguration"]
    return {"awsvpcConfiguration": vpc | {"subnets": list(lab.network.private_subnets[:2])}}


def targets(group: str, port: int = 80) -> list[dict[str, Any]]:
    """The `loadBalancers` of a service whose container web is behind a target group."""
    return [{"targetGroupArn": group, "containerName": "web", "containerPort": port}]


def _service(lab: Lab, cluster: str, changes: dict[str, Any]) -> None:
    request = {"serviceName": "web", "taskDefinition": "web", "desiredCount": 2} | changes
    lab.client("ecs").create_service(cluster=cluster, **scene.given(request))
    lab.wait(FIVE_MINUTES_S)


# ------------------------------------------------------------------ what a repaired one shows


def runs(lab: Lab, cluster: str, count: int = 2) -> Verdict:
    """Whether the service web keeps so many tasks running, or why not in ECS's own words."""
    lab.wait(FIVE_MINUTES_S)
    found = service(lab, cluster, "web")
    if found is None:
        return missed(expected=f"the service web in {cluster}", found="no such service")
    before = {task["taskArn"] for task in running_tasks(lab, cluster, "web")}
    lab.wait(FIVE_MINUTES_S)
    stayed = before & {task["taskArn"] for task in running_tasks(lab, cluster, "web")}
    if len(stayed) == found["desiredCount"] == count:
        return passed
    return missed(
        expected=f"desired {count}, and {count} tasks that stay up for five minutes",
        found=f"desired {found['desiredCount']}, and {len(stayed)} that do",
        why=_reason(lab, cluster) or last_event(found),
    )


def redeploys(lab: Lab, cluster: str, count: int = 2, *, within_s: int = ROLLOUT_S) -> Verdict:
    """Whether the service still comes up when all its tasks are started anew."""
    ecs = lab.client("ecs")
    before = {task["taskArn"] for task in running_tasks(lab, cluster, "web")}
    ecs.update_service(cluster=cluster, service="web", forceNewDeployment=True)
    lab.wait(within_s)
    now = {task["taskArn"] for task in running_tasks(lab, cluster, "web")}
    if len(now) == count and not now & before:
        return passed
    return missed(
        expected=f"{count} new tasks, and no old one, {within_s // 60} minutes after a deployment",
        found=f"{len(now - before)} new and {len(now & before)} old tasks",
        why=_reason(lab, cluster) or last_event(service(lab, cluster, "web") or {}),
    )


def answers(lab: Lab, path: str = "/", expected: str = "") -> Verdict:
    """Whether a request from the internet through the load balancer web is answered with 200."""
    lab.wait(FIVE_MINUTES_S)
    found = lab.client("elbv2").describe_load_balancers(Names=["web"])["LoadBalancers"]
    url = f"http://{found[0]['DNSName']}{path}"
    try:
        reply = lab.http.get(url)
    except UnreachableError as error:
        return missed(expected=f"200 for GET {path}", found="no answer", why=str(error))
    if reply.status == 200 and expected in reply.text:
        return passed
    hops = " > ".join(f"{hop.kind} {hop.name}" for hop in reply.hops)
    return missed(
        expected=f"200 for GET {path}",
        found=f"{reply.status} {reply.text[:120]}",
        why=f"Way: {hops}.",
    )


def _reason(lab: Lab, cluster: str) -> str:
    """Why the task that stopped last has stopped, if one has."""
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    stopped = [task for task in tasks if "stoppedAt" in task]
    stopped.sort(key=lambda task: str(task["stoppedAt"]))
    return str(stopped[-1].get("stoppedReason", "")) if stopped else ""
