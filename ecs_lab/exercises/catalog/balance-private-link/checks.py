"""Checks of balance-private-link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.replies import Reply

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

PAGE = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html"


def ask(lab: Lab) -> Reply | str:
    """A request from the partner's subnet through an endpoint there; or why there is no answer."""
    ec2 = lab.client("ec2")
    filters = [{"Name": "cidr", "Values": [f"{variant.block}/16"]}]
    vpc = ec2.describe_vpcs(Filters=filters)["Vpcs"][0]["VpcId"]
    subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]
    found = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    names = [name["DnsName"] for each in found["VpcEndpoints"] for name in each["DnsEntries"]]
    if not names:
        return "there is no endpoint in the partner's VPC"
    try:
        return lab.http.from_subnet(subnet["SubnetId"]).get(f"http://{names[0]}/")
    except UnreachableError as error:
        return str(error)


def reached(lab: Lab, tasks: set[str]) -> Verdict:
    """Whether the request is answered by one of these tasks."""
    reply = ask(lab)
    if not isinstance(reply, str) and reply.status == 200 and reply.task in tasks:
        return passed
    found, why = ("no answer", reply) if isinstance(reply, str) else (str(reply), "")
    return missed(expected="200 from a running task of web", found=found, why=why, see=PAGE)


def tasks_of_web(lab: Lab) -> set[str]:
    """The running tasks of the service web."""
    return {task["taskArn"] for task in running_tasks(lab, variant.cluster, "web")}


@check("The partner's subnet reaches a task of web through an endpoint", points=4)
def reaches(lab: Lab) -> Verdict:
    """The endpoint's first name, from a machine in the partner's subnet."""
    lab.wait(clinic.ROLLOUT_S)
    return reached(lab, tasks_of_web(lab))


@check("The load balancer is internal", points=1, needs="reaches")
def internal(lab: Lab) -> Verdict:
    """No load balancer of the account is internet-facing."""
    found = lab.client("elbv2").describe_load_balancers()["LoadBalancers"]
    open_ones = [each["LoadBalancerName"] for each in found if each["Scheme"] != "internal"]
    if not open_ones:
        return passed
    return missed(expected="only internal load balancers", found=f"internet-facing: {open_ones}")


@check("It goes on when all tasks have been replaced", points=2, needs="reaches")
def goes_on(lab: Lab) -> Verdict:
    """The check forces a new deployment, and asks again a quarter of an hour later."""
    lab.wait(clinic.ROLLOUT_S)
    before = tasks_of_web(lab)
    lab.client("ecs").update_service(
        cluster=variant.cluster, service="web", forceNewDeployment=True
    )
    lab.wait(clinic.ROLLOUT_S)
    return reached(lab, tasks_of_web(lab) - before)
