"""Checks of ecr-scan-and-lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

SCAN_S = 120
"""Longer than a scan takes."""
SCANS = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic-enabling.html"
TAGS = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html"


@check("An image is scanned when it is pushed", points=2)
def scanned(lab: Lab) -> Verdict:
    """The check pushes one, waits, and looks for its findings."""
    ecr, repository = lab.client("ecr"), f"{variant.release.name}/web"
    lab.registry.push(f"{repository}:checked", like="nginx:1.27")
    lab.wait(SCAN_S)
    pushed = {"repositoryName": repository, "imageId": {"imageTag": "checked"}}
    try:
        ecr.describe_image_scan_findings(**pushed)
    except ecr.exceptions.ScanNotFoundException as error:
        return missed(
            expected="a scan of the new image",
            found=str(error),
            why="Without a setting nothing is scanned until somebody starts a scan.",
            see=SCANS,
        )
    return passed


@check("The tag of a release cannot be moved", points=2)
def locked(lab: Lab) -> Verdict:
    """The check pushes another image with the tag of each release."""
    moved = []
    for tag in (variant.release.clean, variant.release.unsafe):
        try:
            lab.registry.push(f"{variant.release.name}/web:{tag}", like="httpd:2.4")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ImageTagAlreadyExistsException":
                raise
        else:
            moved.append(tag)
    if not moved:
        return passed
    return missed(
        expected="ImageTagAlreadyExistsException",
        found=f"another image has {' and '.join(moved)} now",
        why="A repository is MUTABLE unless it is told otherwise.",
        see=TAGS,
    )


@check("The service runs two tasks of the release that is safe", points=3)
def clean(lab: Lab) -> Verdict:
    """Two tasks that stay for five minutes and more have the digest of the clean image."""
    verdict = clinic.runs(lab, variant.release.name)
    if verdict is not passed:
        return verdict
    ecr = lab.client("ecr")
    wanted = ecr.describe_images(
        repositoryName=f"{variant.release.name}/web", imageIds=[{"imageTag": variant.release.clean}]
    )["imageDetails"][0]["imageDigest"]
    found = {
        container.get("imageDigest"): container["image"]
        for task in running_tasks(lab, variant.release.name, "web")
        for container in task["containers"]
    }
    if set(found) == {wanted}:
        return passed
    return missed(
        expected="one release, without such findings",
        found=", ".join(sorted(image.rpartition("/")[2] for image in found.values())),
        why="start_image_scan, its waiter, describe_image_scan_findings: of both releases.",
        see=SCANS,
    )
