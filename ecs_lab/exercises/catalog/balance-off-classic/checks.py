"""Checks of balance-off-classic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import last_event, running_tasks, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

TIMES = 24
PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html"


def who_answers(lab: Lab) -> set[str]:
    """The tasks that answer requests to the load balancer web."""
    found = lab.client("elbv2").describe_load_balancers(Names=["web"])["LoadBalancers"]
    replies = [lab.http.get(f"http://{found[0]['DNSName']}/") for _ in range(TIMES)]
    return {str(reply.task) for reply in replies if reply.status == 200}


@check("The Application Load Balancer web answers", points=1)
def answers(lab: Lab) -> Verdict:
    """From the internet, on port 80."""
    return clinic.answers(lab)


@check("Four tasks on the two instances answer", points=3, needs="answers")
def four_answer(lab: Lab) -> Verdict:
    """Twenty-four requests, and who answered them."""
    lab.wait(clinic.FIVE_MINUTES_S)
    running = {task["taskArn"] for task in running_tasks(lab, variant.cluster, "front")}
    states = [each["State"] for each in lab.snapshot()["ec2Instances"]]
    machines = [state for state in states if state == "running"]
    answered = who_answers(lab)
    if answered == running and len(running) == 4 and len(machines) == 2:
        return passed
    return missed(
        expected="answers from all four tasks of front, on 2 instances",
        found=f"{len(running)} tasks run on {len(machines)} instances, {len(answered)} answer",
        why=last_event(service(lab, variant.cluster, "front") or {}),
        see=PAGE,
    )


@check("All four can be replaced by a new deployment", points=2, needs="four_answer")
def redeploys(lab: Lab) -> Verdict:
    """The check forces one, and looks a quarter of an hour later."""
    before = who_answers(lab)
    lab.client("ecs").update_service(
        cluster=variant.cluster, service="front", forceNewDeployment=True
    )
    lab.wait(clinic.ROLLOUT_S)
    now = who_answers(lab)
    if len(now) == 4 and not now & before:
        return passed
    return missed(
        expected="four new tasks answer",
        found=f"{len(now - before)} new and {len(now & before)} old ones",
        why=last_event(service(lab, variant.cluster, "front") or {}),
    )


@check("The Classic Load Balancer is gone", points=1, needs="answers")
def classic_is_gone(lab: Lab) -> Verdict:
    """There is none in the account."""
    found = lab.client("elb").describe_load_balancers()["LoadBalancerDescriptions"]
    if not found:
        return passed
    return missed(
        expected="no Classic Load Balancer",
        found=[each["LoadBalancerName"] for each in found],
        why="It costs money for every hour that it is there.",
    )
