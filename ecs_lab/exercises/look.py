"""Looking at a learner's world: what several exercises' checks ask for.

All take a lab and answer with AWS's own shapes. What is not there gives an empty answer where AWS
gives one, and AWS's error where it raises one, which the check engine turns into feedback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecs_lab.exercises.checks import Verdict, missed, passed

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

Shape = dict[str, Any]
"""A resource as boto3 gives it."""


def service(lab: Lab, cluster: str, name: str) -> Shape | None:
    """The ACTIVE service of a name, or None."""
    found = lab.client("ecs").describe_services(cluster=cluster, services=[name])["services"]
    return next((each for each in found if each["status"] == "ACTIVE"), None)


def running_tasks(lab: Lab, cluster: str, service_name: str) -> list[Shape]:
    """The RUNNING tasks of a service."""
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster=cluster, serviceName=service_name)["taskArns"]
    if not arns:
        return []
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    return [task for task in tasks if task["lastStatus"] == "RUNNING"]


def instances(lab: Lab, cluster: str) -> list[Shape]:
    """The container instances of a cluster that can take tasks: ACTIVE, with a connected agent."""
    ecs = lab.client("ecs")
    arns = ecs.list_container_instances(cluster=cluster, status="ACTIVE")["containerInstanceArns"]
    if not arns:
        return []
    found = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)
    return [each for each in found["containerInstances"] if each["agentConnected"]]


def zone(lab: Lab, instance: Shape) -> str:
    """The Availability Zone of a container instance."""
    machines = {each["InstanceId"]: each for each in lab.snapshot()["ec2Instances"]}
    found: str = machines[instance["ec2InstanceId"]]["AvailabilityZone"]
    return found


def service_runs(lab: Lab, cluster: str, name: str, count: int, launch_type: str) -> Verdict:
    """Whether a service has `count` tasks RUNNING on a launch type, and wants just as many."""
    found = service(lab, cluster, name)
    where = {"EC2": "EC2", "FARGATE": "Fargate"}[launch_type]
    if found is None:
        return missed(
            expected=f"an ACTIVE service {name} in {cluster}",
            found="no such service",
            why="RunTask starts tasks once; only a service keeps their number.",
        )
    tasks = [t for t in running_tasks(lab, cluster, name) if t["launchType"] == launch_type]
    if len(tasks) == found["desiredCount"] == count:
        return passed
    return missed(
        expected=f"desired {count}, {count} running on {where}",
        found=f"desired {found['desiredCount']}, {len(tasks)} running on {where}",
        why=last_event(found),
    )


def last_event(of: Shape) -> str:
    """The newest event of a service, or that there is none."""
    events = of.get("events") or [{"message": "no service event"}]
    message: str = events[0]["message"]
    return message
