"""Checks of deploy-pipeline-files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises import pipeline, releases
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

FILES = "https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html"
ACTION = (
    "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html"
)
HALF_AN_HOUR_S = 1800
TEMPLATES = ("imageDetail.json", "taskdef.json", "appspec.yaml")


def digest(lab: Lab, repository: str, tag: str) -> str:
    """The digest of an image in the lab's registry."""
    found = lab.client("ecr").describe_images(
        repositoryName=repository, imageIds=[{"imageTag": tag}]
    )
    return str(found["imageDetails"][0]["imageDigest"])


def digests(lab: Lab, service: str, container: str) -> list[str]:
    """The digests of the images in one container of a service's running tasks."""
    return [
        each["imageDigest"]
        for task in running_tasks(lab, variant.cluster, service)
        for each in task["containers"]
        if each["name"] == container
    ]


def run_web(lab: Lab, detail: str = "") -> str:
    """Run the pipeline of web with the learner's files, or with another imageDetail.json; gives
    what became of the deployment.
    """
    lab.settle()
    files = {name: pipeline.read(lab, variant.bucket, f"web/{name}") for name in TEMPLATES}
    files |= {"imageDetail.json": detail} if detail else {}
    made = pipeline.blue_green(lab, variant.cluster, "web", files)
    lab.wait(HALF_AN_HOUR_S)
    shown = lab.client("codedeploy").get_deployment(deploymentId=made)["deploymentInfo"]
    return f"{shown['status']} {' '.join(shown.get('deploymentStatusMessages') or [])}".strip()


@check("The standard action brings api:2 into one container of api", points=3)
def standard_action(lab: Lab) -> Verdict:
    """The check plays the action with api/imagedefinitions.json."""
    lab.settle()
    before = digests(lab, "api", "log")
    try:
        text = pipeline.read(lab, variant.bucket, "api/imagedefinitions.json")
        pipeline.standard(lab, variant.cluster, "api", text)
    except pipeline.ActionFailedError as error:
        return missed(expected="a deploy action that goes through", found=str(error), see=FILES)
    lab.wait(HALF_AN_HOUR_S)
    found, asked = digests(lab, "api", variant.container), digest(lab, "api", "2")
    if found == [asked] * 2 and digests(lab, "api", "log") == before:
        return passed
    return missed(
        expected="two tasks with api:2 in one container, and the other container as before",
        found=f"{found.count(asked)} tasks with api:2, images of log: {digests(lab, 'api', 'log')}",
        why="Each pair of the file is a container of the task definition and the image it gets.",
        see=FILES,
    )


@check("The blue/green action brings web:2 to all users", points=3)
def blue_green_action(lab: Lab) -> Verdict:
    """The check plays the action with the three files of web."""
    try:
        state = run_web(lab)
    except pipeline.ActionFailedError as error:
        return missed(expected="a deploy action that goes through", found=str(error), see=ACTION)
    found, asked = digests(lab, "web", "web"), digest(lab, "web", "2")
    answers = lab.http.get(releases.url(lab)).status
    if state == "Succeeded" and found == [asked] * 2 and answers == 200:
        return passed
    return missed(
        expected="a deployment that has Succeeded, two tasks of web:2, and 200 for a request",
        found=f"{state}; {found.count(asked)} tasks of web:2; {answers} for a request",
        why="The AppSpec file says which container and port get the traffic.",
        see=ACTION,
    )


@check("A later image is deployed with the same two templates", points=3,
       needs="blue_green_action")  # fmt: skip
def next_image(lab: Lab) -> Verdict:
    """The check pushes web:3, and writes imageDetail.json as ECR's source action does."""
    image = lab.registry.push("web:3", like="nginx:1.28")
    asked = digest(lab, "web", "3")
    detail = {"RepositoryName": "web", "ImageDigest": asked, "ImageTags": ["3"],
              "ImageURI": f"{image.rpartition(':')[0]}@{asked}"}  # fmt: skip
    try:
        state = run_web(lab, detail=json.dumps(detail))
    except pipeline.ActionFailedError as error:
        return missed(expected="a deploy action that goes through", found=str(error), see=ACTION)
    found = digests(lab, "web", "web")
    if state == "Succeeded" and found == [asked] * 2:
        return passed
    return missed(
        expected="two tasks of web:3",
        found=f"{state}; {found.count(asked)} tasks of web:3",
        why="The image of a run comes from imageDetail.json. Where does the action put it?",
        see=ACTION,
    )
