"""Checks of ec2-two-instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import instances, zone
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

BOOT_S = 180
"""Longer than an instance takes from its launch to its registration."""


@check(f"Two instances are registered in the cluster {variant.cluster}", points=2)
def two_registered(lab: Lab) -> Verdict:
    """At least two ACTIVE container instances with a connected agent."""
    lab.wait(BOOT_S)
    found = instances(lab, variant.cluster)
    if len(found) >= 2:
        return passed
    launched = [each for each in lab.snapshot()["ec2Instances"] if each["State"] == "running"]
    return missed(
        expected=f"2 container instances, ACTIVE and with a connected agent, in {variant.cluster}",
        found=f"{len(found)} in {variant.cluster}; {len(launched)} EC2 instances are running",
        why="An instance joins the cluster that its agent's configuration names, and only with an "
        "instance profile that allows it. lab.agent_log(instance_id) tells what the agent did."
        if launched
        else "No EC2 instance runs: ECS does not launch instances by itself.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html",
    )


@check("They are in two Availability Zones", needs="two_registered")
def two_zones(lab: Lab) -> Verdict:
    """The registered instances are spread over at least two zones."""
    lab.wait(BOOT_S)
    zones = sorted({zone(lab, each) for each in instances(lab, variant.cluster)})
    if len(zones) >= 2:
        return passed
    return missed(
        expected="instances in 2 zones",
        found=f"all in {zones[0]}",
        why="An instance is in the zone of its subnet.",
    )


@check("Without one of the zones, a task still runs", points=2, needs="two_zones")
def survives_zone(lab: Lab) -> Verdict:
    """The check terminates every instance of a zone, then runs a task on what is left."""
    lab.wait(BOOT_S)
    found = instances(lab, variant.cluster)
    lost_zone = zone(lab, found[0])
    lost = [each["ec2InstanceId"] for each in found if zone(lab, each) == lost_zone]
    lab.client("ec2").terminate_instances(InstanceIds=lost)
    lab.wait(BOOT_S)
    status = _status_of_a_new_task(lab)
    if status == "RUNNING":
        return passed
    return missed(
        expected=f"a task that runs after {lost_zone} was lost",
        found=status,
        why="The instances that are left must have room for a task.",
    )


def _status_of_a_new_task(lab: Lab) -> str:
    ecs = lab.client("ecs")
    container = {"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27", "memory": 128}
    ecs.register_task_definition(family="check", containerDefinitions=[container])
    answer = ecs.run_task(cluster=variant.cluster, taskDefinition="check", launchType="EC2")
    if answer["failures"]:
        return f"no task: {answer['failures'][0]['reason']}"
    lab.settle()
    arns = [task["taskArn"] for task in answer["tasks"]]
    status: str = ecs.describe_tasks(cluster=variant.cluster, tasks=arns)["tasks"][0]["lastStatus"]
    return status
