"""The capstone: what its checks look at, and what they do to the service: deploy, load, lose.

The cluster, the service and the load balancer of a capstone have the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ecs_lab.exercises import capstone_app
from ecs_lab.exercises.checks import Verdict, missed, passed
from ecs_lab.exercises.look import Shape, last_event, running_tasks, service
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecs_lab.lab import Lab
    from ecs_lab.runtime.replies import Reply

CARRIED = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory", "volumes",
           "containerDefinitions", "executionRoleArn", "taskRoleArn")  # fmt: skip
"""What a new revision takes over from the one before."""
LOOK_S = 30
ROLLOUT_LOOKS = 60
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"


# ------------------------------------------------------------------ what is given


def give(lab: Lab, name: str, port: int, password: str) -> None:
    """The empty cluster, the application's image, the secret, and the bucket with the menu."""
    lab.client("ecs").create_cluster(clusterName=name)
    lab.registry.push(f"{name}:1", capstone_app.app, port=port)
    lab.client("secretsmanager").create_secret(Name=f"{name}/db", SecretString=password)
    s3 = lab.client("s3")
    s3.create_bucket(Bucket=f"{name}-menu")
    s3.put_object(Bucket=f"{name}-menu", Key="menu.txt", Body=b"tea 3")


# ------------------------------------------------------------------ looking


def ask(lab: Lab, name: str, path: str = "/", body: str = "") -> Reply | str:
    """The reply of the load balancer of a name to a GET, or to a POST of a body; or why none."""
    found = lab.client("elbv2").describe_load_balancers(Names=[name])["LoadBalancers"]
    address = f"http://{found[0]['DNSName']}{path}"
    try:
        return lab.http.post(address, body) if body else lab.http.get(address)
    except UnreachableError as error:
        return str(error)


def answers(lab: Lab, name: str, path: str, expected: str, why: str) -> Verdict:
    """Whether each of three requests for a path is answered with 200 and a text."""
    for reply in [ask(lab, name, path) for _ in range(3)]:
        if isinstance(reply, str):
            return missed(expected=f"200 for GET {path}", found="no answer", why=reply)
        if reply.status != 200 or expected not in reply.text:
            found = f"{reply}: {reply.text[:160]}"
            return missed(expected=f"200 and {expected!r} for GET {path}", found=found, why=why)
    return passed


def bad(replies: list[Reply | str]) -> list[str]:
    """Those of some replies that are no 200, in words."""
    return [str(each) for each in replies if isinstance(each, str) or each.status != 200]


def definition(lab: Lab, name: str) -> Shape:
    """The task definition that the service of a name runs."""
    arn = (service(lab, name, name) or {"taskDefinition": name})["taskDefinition"]
    found: Shape = lab.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return found


def role(lab: Lab, name: str, kind: str) -> str:
    """The name of the service's taskRoleArn or executionRoleArn."""
    return str(definition(lab, name).get(kind, "")).rpartition("/")[2]


def zones(lab: Lab, name: str) -> list[str]:
    """The zones in which the service's tasks run, in order."""
    return sorted(task["availabilityZone"] for task in running_tasks(lab, name, name))


def interfaces(lab: Lab, name: str) -> list[Shape]:
    """The network interfaces of the service's running tasks, as EC2 describes them."""
    ids = [
        detail["value"]
        for task in running_tasks(lab, name, name)
        for attachment in task["attachments"]
        for detail in attachment["details"]
        if detail["name"] == "networkInterfaceId"
    ]
    ec2 = lab.client("ec2")
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=ids) if ids else {}
    return list(found.get("NetworkInterfaces", []))


def may(lab: Lab, who: str, *calls: tuple[str, str, dict[str, Any]]) -> list[str]:
    """Those calls (service, method, parameters) that a role is allowed, as `s3 put_object`."""
    done = []
    with lab.acting_as(who):
        for service_name, method, params in calls:
            if _allowed(getattr(lab.client(service_name), method), params):
                done.append(f"{service_name} {method}")
    return done


def _allowed(call: Callable[..., Any], params: dict[str, Any]) -> bool:
    try:
        call(**params)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "AccessDenied" not in code and code != "UnauthorizedOperation"
    return True


# ------------------------------------------------------------------ trying


def deploy(lab: Lab, name: str, image: str = "") -> str:
    """Deploy what the service runs as a new revision, with another image if one is given."""
    new = {key: value for key, value in definition(lab, name).items() if key in CARRIED}
    for each in new["containerDefinitions"]:
        if image and each.get("portMappings"):
            each["image"] = image
    ecs = lab.client("ecs")
    made = ecs.register_task_definition(**new)["taskDefinition"]
    ecs.update_service(cluster=name, service=name, taskDefinition=made["taskDefinitionArn"])
    return str(made["taskDefinitionArn"])


def rollout(lab: Lab, name: str) -> Iterator[tuple[Shape, list[Reply | str]]]:
    """Half a minute after the other, the service and three replies, until it is at rest or half an
    hour is over.
    """
    for _ in range(ROLLOUT_LOOKS):
        lab.wait(LOOK_S)
        now = service(lab, name, name) or {}
        yield now, [ask(lab, name) for _ in range(3)]
        if len(now["deployments"]) == 1 and now["deployments"][0]["rolloutState"] == "COMPLETED":
            return


def turned_back(lab: Lab, name: str, image: str) -> Verdict:
    """Whether a release of this image is turned back by itself, and no user has noticed it."""
    before = definition(lab, name)["taskDefinitionArn"]
    deploy(lab, name, image)
    now: Shape = {}
    wrong = []
    for seen, replies in rollout(lab, name):
        now = seen
        wrong += bad(replies)
    state = now["deployments"][0]["rolloutState"]
    if now["taskDefinition"] == before and state == "COMPLETED" and not wrong:
        return passed
    return missed(
        expected="the release from before, COMPLETED within half an hour, and only answers of 200",
        found=f"{now['taskDefinition'].rpartition('/')[2]} {state}; {len(wrong)} bad answers"
        + (f" such as {wrong[0]}" if wrong else ""),
        why=last_event(now),
        see=GUIDE + "deployment-circuit-breaker.html",
    )


def renew(lab: Lab, name: str) -> None:
    """Replace all tasks of the service by new ones of the same revision, and wait for it."""
    lab.client("ecs").update_service(cluster=name, service=name, forceNewDeployment=True)
    for _ in rollout(lab, name):
        pass


def lose_zone(lab: Lab, index: int) -> None:
    """Cut the private subnet of a zone off, as AWS FIS disrupts connectivity: by a network ACL
    that allows nothing.

    Source: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
    """
    ec2 = lab.client("ec2")
    shut = ec2.create_network_acl(VpcId=lab.network.vpc_id)["NetworkAcl"]["NetworkAclId"]
    for acl in ec2.describe_network_acls()["NetworkAcls"]:
        for each in acl["Associations"]:
            if each["SubnetId"] == lab.network.private_subnets[index]:
                ec2.replace_network_acl_association(
                    AssociationId=each["NetworkAclAssociationId"], NetworkAclId=shut
                )


def lose_nat_gateways(lab: Lab, index: int) -> None:
    """Lose the NAT gateways in the public subnet of a zone."""
    ec2 = lab.client("ec2")
    for each in ec2.describe_nat_gateways()["NatGateways"]:
        if each["SubnetId"] == lab.network.public_subnets[index] and each["State"] == "available":
            ec2.delete_nat_gateway(NatGatewayId=each["NatGatewayId"])


def counts(lab: Lab, name: str, load: float, minutes: int) -> list[int]:
    """The desired counts of the service, every five minutes, under a load.

    `load` is how many tasks it would keep at 100 percent of their CPU.
    """
    vcpus = load * int(definition(lab, name)["cpu"]) / 1024
    lab.set_load(name, name, vcpus=vcpus)
    ecs, seen = lab.client("ecs"), []
    for _ in range(minutes // 5):
        lab.wait(300)
        (now,) = ecs.describe_services(cluster=name, services=[name])["services"]
        seen.append(int(now["desiredCount"]))
    return seen
