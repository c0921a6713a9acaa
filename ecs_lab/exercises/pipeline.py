"""CodePipeline's two deploy actions for ECS, as far as they read files: a check plays them.

Sources: https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html
and https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ParamValidationError

from ecs_lab.exercises.look import KEPT, service

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

MOST_BYTES = 100 * 1024
IMAGE, TASK_DEFINITION = "<IMAGE1_NAME>", "<TASK_DEFINITION>"
"""The placeholders of an image in taskdef.json and of the task definition in appspec.yaml."""


class ActionFailedError(Exception):
    """Why a deploy action cannot go on."""


def read(lab: Lab, bucket: str, key: str) -> str:
    """The text of a file in an S3 bucket."""
    try:
        found = lab.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        raise ActionFailedError(f"{key} cannot be read: {error}") from None
    try:
        return str(found.decode("utf-8"))
    except UnicodeDecodeError:
        raise ActionFailedError(f"{key} is not in UTF-8.") from None


def standard(lab: Lab, cluster: str, name: str, text: str) -> None:
    """The standard ECS action: a revision of the service's task definition with the images of
    imagedefinitions.json, and a rolling update to it.
    """
    images = image_definitions(text)
    ecs = lab.client("ecs")
    running = (service(lab, cluster, name) or {})["taskDefinition"]
    old = ecs.describe_task_definition(taskDefinition=running)["taskDefinition"]
    new = {key: old[key] for key in KEPT if key in old}
    containers = {each["name"]: each for each in new["containerDefinitions"]}
    if unknown := sorted(set(images) - set(containers)):
        raise ActionFailedError(
            f"The task definition has no container {unknown[0]}: it has {', '.join(containers)}."
        )
    for container, image in images.items():
        containers[container]["image"] = image
    made = ecs.register_task_definition(**new)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=cluster, service=name, taskDefinition=made)


def image_definitions(text: str) -> dict[str, str]:
    """What an imagedefinitions.json says: image by container."""
    if len(text.encode()) > MOST_BYTES:
        raise ActionFailedError("imagedefinitions.json is larger than 100 KB.")
    found = _json("imagedefinitions.json", text)
    if not isinstance(found, list) or not found:
        raise ActionFailedError("imagedefinitions.json has to be a list, with an object for each "
                                "container.")  # fmt: skip
    for each in found:
        keys = sorted(each) if isinstance(each, dict) else str(each)
        if keys != ["imageUri", "name"] or not all(isinstance(v, str) for v in each.values()):
            raise ActionFailedError(
                "Each object of imagedefinitions.json has two texts, name and imageUri; one has "
                f"{keys}."
            )
    return {each["name"]: each["imageUri"] for each in found}


def blue_green(lab: Lab, application: str, group: str, files: dict[str, str]) -> str:
    """The ECS blue/green action: a task definition of taskdef.json with the image of
    imageDetail.json, and a CodeDeploy deployment of it by appspec.yaml; gives its id.
    """
    detail = _json("imageDetail.json", files["imageDetail.json"])
    if not isinstance(detail, dict) or not isinstance(detail.get("ImageURI"), str):
        raise ActionFailedError("imageDetail.json has to be an object with the text ImageURI.")
    definition = _json("taskdef.json", files["taskdef.json"].replace(IMAGE, detail["ImageURI"]))
    if not isinstance(definition, dict):
        raise ActionFailedError(
            "taskdef.json has to be an object, as RegisterTaskDefinition takes."
        )
    try:
        made = lab.client("ecs").register_task_definition(**definition)["taskDefinition"]
    except (ClientError, ParamValidationError, TypeError) as error:
        raise ActionFailedError(f"taskdef.json is not registered: {error}") from None
    if TASK_DEFINITION not in files["appspec.yaml"]:
        raise ActionFailedError(f"TaskDefinition in appspec.yaml has to be {TASK_DEFINITION}.")
    content = files["appspec.yaml"].replace(TASK_DEFINITION, made["taskDefinitionArn"])
    deployment = lab.client("codedeploy").create_deployment(
        applicationName=application,
        deploymentGroupName=group,
        revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
    )
    return str(deployment["deploymentId"])


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ActionFailedError(f"{name} is no JSON: {error}.") from None
