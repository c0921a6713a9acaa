"""Checks of deploy-same-tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks, service
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"
ROLLOUT_S = 900
LOOK_S = 10
LOOKS = 60


def pushed(lab: Lab) -> str:
    """The digest of the image that has the tag now."""
    repository, _, tag = variant.image.partition(":")
    found = lab.client("ecr").describe_images(
        repositoryName=repository, imageIds=[{"imageTag": tag}]
    )
    return str(found["imageDetails"][0]["imageDigest"])


def digests(lab: Lab) -> list[str]:
    """The digests of the images that the service's tasks run."""
    tasks = running_tasks(lab, variant.cluster, "web")
    return [task["containers"][0]["imageDigest"] for task in tasks]


@check("All tasks run the image that has the tag now", points=2)
def new_image(lab: Lab) -> Verdict:
    """By their digests, once things have had time to settle."""
    lab.wait(ROLLOUT_S)
    found, now = digests(lab), pushed(lab)
    if found == [now] * variant.count:
        return passed
    return missed(
        expected=f"{variant.count} running tasks, all with the image {now[:19]}",
        found=f"{len(found)} running tasks, {found.count(now)} of them with it",
        why="A deployment settles which image a tag means, for all its tasks: one that only takes "
        "another's place gets the old image.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
    )


@check("The task definition has no new revision", needs="new_image")
def same_revision(lab: Lab) -> Verdict:
    """The service runs web:1, and the family has nothing else."""
    arns = lab.client("ecs").list_task_definitions(familyPrefix="web")["taskDefinitionArns"]
    runs = (service(lab, variant.cluster, "web") or {})["taskDefinition"]
    names = [arn.rpartition("/")[2] for arn in arns]
    if names == ["web:1"] and runs == arns[0]:
        return passed
    return missed(expected="web:1 alone", found=", ".join(names))


@check("In the next update, all new tasks start before an old one stops", points=3)
def defaults_are_back(lab: Lab) -> Verdict:
    """The check forces a deployment, and counts tasks meanwhile."""
    lab.wait(ROLLOUT_S)
    lab.client("ecs").update_service(
        cluster=variant.cluster, service="web", forceNewDeployment=True
    )
    counts = []
    for _ in range(LOOKS):
        lab.wait(LOOK_S)
        web = service(lab, variant.cluster, "web") or {}
        counts.append((web["runningCount"], web["runningCount"] + web["pendingCount"]))
    fewest, most = min(low for low, _ in counts), max(high for _, high in counts)
    if (fewest, most) == (variant.count, 2 * variant.count):
        return passed
    return missed(
        expected=f"from {variant.count} running tasks to {2 * variant.count} in all",
        found=f"from {fewest} running tasks to {most} in all",
        why="Two percentages of the desired count say how many must stay and how many may be "
        "there. What are they for a service that nobody has given any?",
        see=API + "API_DeploymentConfiguration.html",
    )
