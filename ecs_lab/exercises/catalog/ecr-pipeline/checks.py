"""Checks of ecr-pipeline."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ecs_lab.exercises import clinic
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecs_lab.lab import Lab

ROLE = "pipeline"
PUSHING = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"
LAYER = b"a layer"


def refused(call: Callable[..., Any], **params: Any) -> str:
    """AWS's message where a call is not allowed; "" where it is."""
    try:
        call(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return str(error.response["Error"]["Message"])
        raise
    return ""


def pipeline(lab: Lab) -> Any:
    """ECR as the role pipeline sees it."""
    with lab.acting_as(ROLE):
        return lab.client("ecr")


def upload(ecr: Any, repository: str) -> None:
    """Push a layer and a manifest as Docker does, by the calls of ECR."""
    where = {"repositoryName": repository}
    digest = f"sha256:{hashlib.sha256(LAYER).hexdigest()}"
    ecr.batch_check_layer_availability(**where, layerDigests=[digest])
    upload_id = ecr.initiate_layer_upload(**where)["uploadId"]
    ecr.upload_layer_part(
        **where, uploadId=upload_id, partFirstByte=0, partLastByte=len(LAYER) - 1,
        layerPartBlob=LAYER,
    )  # fmt: skip
    ecr.complete_layer_upload(**where, uploadId=upload_id, layerDigests=[digest])
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = f'{{"schemaVersion": 2, "mediaType": "{kind}", "layers": []}}'
    ecr.put_image(**where, imageManifest=manifest, imageTag="checked")


@check("The role pipeline can log in to ECR", points=1)
def logs_in(lab: Lab) -> Verdict:
    """The check asks for a token as the role."""
    names = [role["RoleName"] for role in lab.client("iam").list_roles()["Roles"]]
    if ROLE not in names:
        return missed(expected="a role pipeline", found=", ".join(names))
    found = refused(pipeline(lab).get_authorization_token)
    if not found:
        return passed
    return missed(
        expected="an authorization token",
        found=found,
        why="A token is not of one repository: ecr:GetAuthorizationToken has the resource *.",
        see=PUSHING,
    )


@check("It can push to its repository", points=2, needs="logs_in")
def pushes(lab: Lab) -> Verdict:
    """The check makes every call of a push as the role."""
    found = refused(upload, ecr=pipeline(lab), repository=f"{variant.name}/web")
    if not found:
        return passed
    return missed(
        expected="each call of a push is allowed",
        found=found,
        why="The message names the action that is missing, and the repository.",
        see=PUSHING,
    )


@check("It can push to no other repository, and delete nothing", points=2, needs="pushes")
def only_there(lab: Lab) -> Verdict:
    """The check makes a repository and tries it, and tries to delete an image."""
    lab.client("ecr").create_repository(repositoryName="checked")
    ecr, found = pipeline(lab), []
    if not refused(upload, ecr=ecr, repository="checked"):
        found.append("it pushed to the repository checked")
    image = [{"imageTag": "1"}]
    if not refused(ecr.batch_delete_image, repositoryName=f"{variant.name}/web", imageIds=image):
        found.append("it deleted an image")
    if not found:
        return passed
    return missed(
        expected=f"pushes to {variant.name}/web only",
        found="; ".join(found),
        why="The actions of a push take the ARN of a repository as Resource.",
        see=PUSHING,
    )


@check("The service web keeps two tasks running", points=1)
def runs(lab: Lab) -> Verdict:
    """Two tasks that stay, five minutes and more."""
    return clinic.runs(lab, variant.name)


@check("They run the same image when its tag has moved", points=2, needs="runs")
def by_digest(lab: Lab) -> Verdict:
    """The check gives the tag 1 to another image, and starts all tasks anew."""
    ecr, repository = lab.client("ecr"), f"{variant.name}/web"
    lab.wait(clinic.FIVE_MINUTES_S)
    before = digests(lab)
    ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="MUTABLE")
    lab.registry.push(f"{repository}:1", like="httpd:2.4")
    verdict = clinic.redeploys(lab, variant.name)
    if verdict is not passed:
        return verdict
    ours = all(f"/{repository}@" in image for image, _ in before)
    if ours and {digest for _, digest in before} == {digest for _, digest in digests(lab)}:
        return passed
    return missed(
        expected=f"an image of {repository}, the same before and after",
        found=", ".join(sorted({image for image, _ in before})),
        why="A tag can move to another image. A digest is that of the content.",
    )


def digests(lab: Lab) -> set[tuple[str, str]]:
    """The images of the running tasks as they are named, and their digests."""
    return {
        (container["image"], container.get("imageDigest", ""))
        for task in running_tasks(lab, variant.name, "web")
        for container in task["containers"]
    }
