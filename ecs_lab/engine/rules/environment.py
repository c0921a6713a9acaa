"""Rules for what a container finds in its environment: secrets and environment files."""

from __future__ import annotations

import re

from ecs_lab.engine.rules.draft import Draft
from ecs_lab.engine.rules.messages import refuse

PARAMETER_NAME = re.compile(r"[A-Za-z0-9_./-]{1,2048}")


def secret_names(draft: Draft) -> None:
    """A secret's name is used once, and by no environment variable.

    The same plain environment variable twice is accepted.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
    """
    for container in draft.containers:
        names = [each["name"] for each in container.get("secrets") or []]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            refuse("secret-names-unique", names=", ".join(twice))
        variables = {each.get("name") for each in container.get("environment") or []}
        for name in names:
            if name in variables:
                refuse("secret-name-in-environment", name=name)


def secret_sources(draft: Draft) -> None:
    """valueFrom is an ARN (of Secrets Manager or Parameter Store) or a parameter's name.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
    """
    for container in draft.containers:
        for secret in container.get("secrets") or []:
            source = secret["valueFrom"]
            if not source.startswith("arn:") and not PARAMETER_NAME.fullmatch(source):
                refuse("secret-parameter-name", name=secret["name"])


def secrets_need_a_role(draft: Draft) -> None:
    """Whoever wants secrets names an execution role that may read them.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    wanted = any(each.get("secrets") for each in draft.containers)
    if wanted and not draft.get("executionRoleArn"):
        refuse("secrets-execution-role")


def environment_files(draft: Draft) -> None:
    """Up to ten environment files a container, each an S3 object whose name ends in .env.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EnvironmentFile.html
    """
    for container in draft.containers:
        files = container.get("environmentFiles") or []
        if len(files) > 10:
            refuse("environment-files-many")
        for each in files:
            if each["type"] != "s3":
                refuse("environment-file-type", value=each["type"])
            if not re.match(r"arn:[a-z-]+:s3:::[^/]+/.", each["value"]):
                refuse("environment-file-arn")
            if not each["value"].endswith(".env"):
                refuse("environment-file-name", value=each["value"])
