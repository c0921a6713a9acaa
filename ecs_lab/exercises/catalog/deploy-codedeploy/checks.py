"""Checks of deploy-codedeploy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from ecs_lab.exercises import releases
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import Shape, running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html"
HOOKS = (
    "https://docs.aws.amazon.com/codedeploy/latest/userguide/"
    "reference-appspec-file-structure-hooks.html"
)
SOON_S = 180


def last(lab: Lab) -> Shape | None:
    """The newest deployment of the application, or None."""
    client, found = lab.client("codedeploy"), []
    for group in client.list_deployment_groups(applicationName=variant.cluster)["deploymentGroups"]:
        ids = client.list_deployments(
            applicationName=variant.cluster, deploymentGroupName=group
        )["deployments"]  # fmt: skip
        found += [client.get_deployment(deploymentId=each)["deploymentInfo"] for each in ids]
    return max(found, key=lambda each: str(each["createTime"]), default=None)


def again(lab: Lab) -> tuple[str, str]:
    """Deploy a new revision with the learner's own AppSpec file and group: its name, and the id of
    the deployment.
    """
    before: Shape = last(lab) or {}
    new = releases.revision_like(lab, "web:2")
    spec = yaml.safe_load(before["revision"]["appSpecContent"]["content"])
    for each in spec["Resources"][0].values():
        each["Properties"]["TaskDefinition"] = new
    made = lab.client("codedeploy").create_deployment(
        applicationName=variant.cluster,
        deploymentGroupName=before["deploymentGroupName"],
        revision={
            "revisionType": "AppSpecContent",
            "appSpecContent": {"content": yaml.safe_dump(spec)},
        },
    )
    return new, str(made["deploymentId"])


def revisions(lab: Lab) -> list[str]:
    """What the service's running tasks run."""
    tasks = running_tasks(lab, variant.cluster, "web")
    return sorted(task["taskDefinitionArn"].rpartition("/")[2] for task in tasks)


@check("CodeDeploy has brought web:2 to all users", points=2)
def deployed(lab: Lab) -> Verdict:
    """A deployment has Succeeded, and its tasks answer."""
    lab.wait(2 * releases.LONGEST_S)
    found = last(lab)
    state = found["status"] if found else "no deployment"
    answers = releases.share(lab, releases.url(lab), "web:2")
    if state == "Succeeded" and answers == 100 and revisions(lab) == ["web:2", "web:2"]:
        return passed
    return missed(
        expected="a deployment that has Succeeded, and all requests answered by web:2",
        found=f"{state}; {answers} % of requests answered by web:2",
        why=str((found or {}).get("deploymentStatusMessages") or ""),
        see=ECS,
    )


@check("Users move at the speed that was asked for", points=2, needs="deployed")
def speed(lab: Lab) -> Verdict:
    """The check deploys another revision in the same way, and sends requests all the while."""
    lab.wait(2 * releases.LONGEST_S)
    new, _ = again(lab)
    shares = releases.shift(lab, releases.url(lab), new)
    first = shares[0] if shares else (0, 0)
    asked = (10, variant.speed.first_s)
    if first == asked and len(shares) == variant.speed.steps and shares[-1][0] == 100:
        return passed
    return missed(
        expected=f"{variant.speed.words} ({releases.words([asked])} at first)",
        found=releases.words(shares),
        why="The deployment configuration of the group says how traffic is shifted.",
        see=ECS,
    )


@check("test-green tests the new tasks before the first user reaches them", points=3,
       needs="deployed")  # fmt: skip
def tested_before_users(lab: Lab) -> Verdict:
    """The check deploys another revision; the function asks both ports, and reports Failed."""
    lab.wait(2 * releases.LONGEST_S)
    asked: list[tuple[bool, int]] = []
    live, test = releases.url(lab), releases.url(lab, 8080)

    def judge(_: dict[str, Any]) -> dict[str, str]:
        with lab.quiet():
            tests = releases.share(lab, test, new) == 100
            asked.append((tests, releases.share(lab, live, new)))
        return {"status": "Failed"}

    lab.hooks["test-green"] = judge
    new, _ = again(lab)
    shares = releases.shift(lab, live, new)
    if asked == [(True, 0)] and not shares:
        return passed
    if not asked:
        found = "the function is never asked"
    else:
        port = "the new" if asked[0][0] else "the old"
        found = f"when it is asked, port 8080 leads to {port} tasks, and {asked[0][1]} % of users "
        found += "are on the new ones"
    if shares:
        found += f"; although it reports Failed, users get {releases.words(shares)}"
    return missed(
        expected="one question, when port 8080 leads to the new tasks and no user does",
        found=found,
        why="Each hook has its place between the steps of a deployment.",
        see=HOOKS,
    )


@check("When test-green reports Failed, everything is as it was", points=2, needs="deployed")
def turned_back(lab: Lab) -> Verdict:
    """The check deploys another revision, and the function reports Failed."""
    lab.wait(2 * releases.LONGEST_S)
    lab.hooks["test-green"] = lambda _: {"status": "Failed"}
    _, deployment = again(lab)
    lab.wait(2 * releases.LONGEST_S)
    shown = lab.client("codedeploy").get_deployment(deploymentId=deployment)["deploymentInfo"]
    tests = releases.share(lab, releases.url(lab, 8080), "web:2")
    if shown["status"] == "Failed" and tests == 100 and revisions(lab) == ["web:2", "web:2"]:
        return passed
    return missed(
        expected="a deployment that has Failed, two tasks of web:2, and both ports lead to them",
        found=f"{shown['status']}, tasks of {' and '.join(revisions(lab))}; port 8080 leads to "
        f"web:2 for {tests} %",
        why="Without a rollback configured, a failed deployment stays as it is at that moment.",
        see="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html",
    )


@check("The old tasks are kept for the minutes that were asked for", points=2, needs="deployed")
def kept(lab: Lab) -> Verdict:
    """The check deploys another revision, and counts tasks around the end of that time."""
    lab.wait(2 * releases.LONGEST_S)
    new, _ = again(lab)
    releases.shift(lab, releases.url(lab), new)
    lab.wait(variant.kept * 60 - 2 * releases.LOOK_S)
    before = len(revisions(lab))
    lab.wait(SOON_S)
    after = len(revisions(lab))
    if (before, after) == (4, 2):
        return passed
    return missed(
        expected=f"4 tasks until {variant.kept} minutes after the shift, and then 2",
        found=f"{before} a little before that time, and {after} a little after it",
        why="How long the original task set is kept is a setting of the deployment group.",
        see="https://docs.aws.amazon.com/codedeploy/latest/APIReference/"
        "API_BlueInstanceTerminationOption.html",
    )
