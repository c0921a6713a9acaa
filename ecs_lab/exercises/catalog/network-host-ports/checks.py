"""Checks of network-host-ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

REQUESTS = 40
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html"


@check("The service web keeps its four tasks running", points=3)
def four(lab: Lab) -> Verdict:
    """Four tasks that stay, five minutes and more."""
    lab.wait(clinic.ROLLOUT_S)
    return clinic.runs(lab, variant.cluster, 4)


@check("They run on the two instances that were there", needs="four")
def two_instances(lab: Lab) -> Verdict:
    """The cluster's instances are counted, and those on which tasks run."""
    tasks = running_tasks(lab, variant.cluster, "web")
    hosts = {task.get("containerInstanceArn", "Fargate") for task in tasks}
    ecs = lab.client("ecs")
    registered = ecs.list_container_instances(cluster=variant.cluster)["containerInstanceArns"]
    if len(registered) == 2 and hosts <= set(registered):
        return passed
    return missed(
        expected="two container instances, and all tasks on them",
        found=f"{len(registered)} registered, tasks on {sorted(hosts)}",
        why="What is short on the instances is a port, and nothing that costs.",
        see=GUIDE,
    )


@check("Each of the four answers through the load balancer", points=2, needs="four")
def each_answers(lab: Lab) -> Verdict:
    """Forty requests from the internet, and who has answered them."""
    lab.wait(clinic.ROLLOUT_S)
    wanted = {task["taskArn"] for task in running_tasks(lab, variant.cluster, "web")}
    (found,) = lab.client("elbv2").describe_load_balancers(Names=["web"])["LoadBalancers"]
    try:
        replies = [lab.http.get(f"http://{found['DNSName']}/") for _ in range(REQUESTS)]
    except UnreachableError as error:
        return missed(expected="answers with 200", found="no answer", why=str(error))
    answered = {reply.task for reply in replies if reply.status == 200}
    wrong = [str(reply) for reply in replies if reply.status != 200]
    if answered == wanted and not wrong:
        return passed
    return missed(
        expected=f"{REQUESTS} times 200, from all {len(wanted)} tasks",
        found=wrong[0] if wrong else f"200 from {len(answered)} of them",
        why="Is every task a healthy target, and may the load balancer reach its port?",
        see=GUIDE,
    )
