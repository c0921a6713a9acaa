"""Environment files: objects of S3 that a container's environment variables are read from.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
"""

from __future__ import annotations

from collections.abc import Iterable

from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from ecs_lab.aws.containers.callers import (
    Caller,
    RefusedError,
    UnreachableError,
    account_of,
    on_fargate,
)
from ecs_lab.aws.containers.failures import cannot_start


def variables(text: str, *, blanks: bool = True) -> dict[str, str]:
    r"""The variables of one file: lines of VARIABLE=VALUE, everything after the first = being the
    value, quotation marks and spaces too. Lines that begin with # and lines without = are nothing;
    of a variable that stands twice the last counts. Without `blanks` those without a value are
    left out.

    >>> variables('# a comment\nMODE="a b"\nURL=http://x/?a=b\nEMPTY=\n=x\nnothing')
    {'MODE': '"a b"', 'URL': 'http://x/?a=b', 'EMPTY': ''}
    """
    pairs = (
        line.split("=", 1)
        for line in text.splitlines()
        if "=" in line and not line.startswith(("#", "="))
    )
    return {name: value for name, value in pairs if value or blanks}


def merged(files: Iterable[dict[str, str]]) -> dict[str, str]:
    """The variables of several files: the first value of a variable counts.

    >>> merged([{"MODE": "first"}, {"MODE": "second", "SIZE": "2"}])
    {'MODE': 'first', 'SIZE': '2'}
    """
    found: dict[str, str] = {}
    for each in files:
        found = {**each, **found}
    return found


def read(caller: Caller, arns: Iterable[str]) -> dict[str, str]:
    """Read environment files from S3; raises CannotStartError with AWS's text.

    On Fargate a variable that is blank in a file does not appear in the container.
    """
    blanks = not on_fargate(caller.task)
    return merged(variables(_download(caller, each), blanks=blanks) for each in arns)


def _download(caller: Caller, arn: str) -> str:
    bucket, _, key = arn.partition(":::")[2].partition("/")
    names = {"bucket": bucket, "key": key}
    try:
        return object_text(caller, bucket, key)
    except RefusedError as error:
        cause = caller.cause("s3", "GetObject", error)
        if on_fargate(caller.task):
            cause = f"failed to download file {key}: failed to write to a temporary file: {cause}"
        raise cannot_start("environment_file", caller.task, cause=cause, **names) from None
    except UnreachableError:
        cause = caller.timeout("s3", "GetObject")
        raise cannot_start(
            "environment_file_unreachable", caller.task, cause=cause, **names
        ) from None


def object_text(caller: Caller, bucket: str, key: str) -> str:
    """An object of S3 as text; raises RefusedError and UnreachableError.

    Who may not list the bucket is not told that an object is missing.
    Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html,
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    caller.reach("s3")
    _ask(caller, "s3:GetBucketLocation", f"arn:aws:s3:::{bucket}")
    _ask(caller, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
    try:
        found = s3_backends[account_of(caller.task)]["aws"].get_object(bucket, key)
    except MissingBucket:
        text = "The specified bucket does not exist"
        raise RefusedError("NoSuchBucket", text, status=404) from None
    if found is None:
        _ask(caller, "s3:ListBucket", f"arn:aws:s3:::{bucket}")
        raise RefusedError("NoSuchKey", "The specified key does not exist.", status=404)
    return bytes(found.value).decode("utf-8", "replace")


def _ask(caller: Caller, action: str, resource: str) -> None:
    """Ask IAM; S3 tells no more of a refusal than this."""
    try:
        caller.ask(action, resource)
    except RefusedError:
        raise RefusedError("AccessDenied", "Access Denied", status=403) from None
