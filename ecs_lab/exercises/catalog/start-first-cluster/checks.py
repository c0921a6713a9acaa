"""Checks of start-first-cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.exercises.look import Shape
    from ecs_lab.lab import Lab


def shop(lab: Lab) -> Shape:
    """The cluster shop with its settings and tags; empty when there is none."""
    found = lab.client("ecs").describe_clusters(
        clusters=[variant.cluster], include=["SETTINGS", "TAGS"]
    )
    return next(iter(found["clusters"]), {})


@check(f"The cluster {variant.cluster} is ACTIVE")
def cluster_is_active(lab: Lab) -> Verdict:
    """A cluster of the right name is there and not deleted."""
    if shop(lab).get("status") == "ACTIVE":
        return passed
    arns = lab.client("ecs").list_clusters()["clusterArns"]
    return missed(
        expected=f"an ACTIVE cluster named {variant.cluster}",
        found=f"clusters: {', '.join(arn.split('/')[-1] for arn in arns) or 'none'}",
        why="A cluster that is made without a name is called default.",
    )


@check("Container Insights is on", needs="cluster_is_active")
def insights_on(lab: Lab) -> Verdict:
    """Either level of Container Insights counts."""
    settings = {each["name"]: each["value"] for each in shop(lab).get("settings", [])}
    value = settings.get("containerInsights", "disabled")
    if value in ("enabled", "enhanced"):
        return passed
    return missed(
        expected="containerInsights enabled or enhanced",
        found=f"containerInsights {value}",
        why="Container Insights is off until a setting of the cluster or the account turns it on.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html",
    )


@check("It has the tag team=web", needs="cluster_is_active")
def tagged(lab: Lab) -> Verdict:
    """The tag may stand among others."""
    tags = {tag["key"]: tag["value"] for tag in shop(lab).get("tags", [])}
    if tags.get("team") == "web":
        return passed
    return missed(
        expected="the tag team=web",
        found=f"tags: {', '.join(f'{k}={v}' for k, v in tags.items()) or 'none'}",
        why="Tag keys and values are case-sensitive.",
    )


@check("A task runs in it", needs="cluster_is_active")
def takes_tasks(lab: Lab) -> Verdict:
    """A Fargate task that the check starts in the cluster comes up."""
    ecs = lab.client("ecs")
    ecs.register_task_definition(
        family="check",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27"}],
    )
    network = {"subnets": lab.network.public_subnets[:1], "assignPublicIp": "ENABLED"}
    started = ecs.run_task(
        cluster=variant.cluster,
        taskDefinition="check",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )
    lab.settle()
    arns = [task["taskArn"] for task in started["tasks"]]
    (task,) = ecs.describe_tasks(cluster=variant.cluster, tasks=arns)["tasks"]
    if task["lastStatus"] == "RUNNING":
        return passed
    return missed(
        expected="a task that reaches RUNNING",
        found=f"{task['lastStatus']}: {task.get('stoppedReason', 'no reason given')}",
    )
