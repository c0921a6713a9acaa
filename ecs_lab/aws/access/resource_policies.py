"""Policies that stand on resources: buckets, queues, topics, secrets, keys, repositories, files.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from ecs_lab.aws.access import identities
from ecs_lab.iam.document import Policy

MUST_NAME = "kms"
"""The service whose policies have to allow a request, whatever identity-based policies say.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""


def of(arn: str, account_id: str) -> Policy | None:
    """The policy on a resource, or None where it has none."""
    service = arn.split(":")[2] if arn.count(":") >= _LEAST_COLONS else ""
    if service not in _FINDERS:
        return None
    module_name, finder = _FINDERS[service]
    # A service that nobody has used yet is not loaded, and has no resources.
    module = sys.modules.get(f"moto.{module_name}.models")
    backends = getattr(module, f"{module_name}_backends", None)
    if backends is None:
        return None
    region = arn.split(":")[3] or "aws"
    text = finder(backends[account_id][region], arn)
    return (
        identities.read(text.decode() if isinstance(text, bytes) else text, arn) if text else None
    )


_LEAST_COLONS = 5


def _named(arn: str) -> str:
    """The name at the end of an ARN, such as a queue's or a key's id."""
    return arn.split(":", _LEAST_COLONS)[-1]


def _bucket(backend: Any, arn: str) -> Any:
    return getattr(backend.buckets.get(_named(arn).partition("/")[0]), "policy", None)


def _queue(backend: Any, arn: str) -> Any:
    return getattr(backend.queues.get(_named(arn)), "policy", None)


def _topic(backend: Any, arn: str) -> Any:
    return getattr(backend.topics.get(arn), "policy", None)


def _secret(backend: Any, arn: str) -> Any:
    found = (each for each in backend.secrets.values() if each.arn == arn)
    return getattr(next(found, None), "policy", None)


def _key(backend: Any, arn: str) -> Any:
    return getattr(backend.keys.get(arn.rpartition("/")[2]), "policy", None)


def _repository(backend: Any, arn: str) -> Any:
    return getattr(backend.repositories.get(_named(arn).partition("/")[2]), "policy", None)


EVERY_CLIENT = json.dumps(
    {
        "Statement": {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "elasticfilesystem:Client*",
            "Resource": "*",
        }
    }
)
"""The policy of an EFS file system that was given none: any client does everything.

Source: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
"""


def _file_system(backend: Any, arn: str) -> Any:
    found = backend.file_systems_by_id.get(arn.rpartition("/")[2])
    return None if found is None else found.file_system_policy or EVERY_CLIENT


_FINDERS: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "s3": ("s3", _bucket),
    "sqs": ("sqs", _queue),
    "sns": ("sns", _topic),
    "secretsmanager": ("secretsmanager", _secret),
    "kms": ("kms", _key),
    "ecr": ("ecr", _repository),
    "elasticfilesystem": ("efs", _file_system),
}
"""Service in an ARN -> moto's package, and what finds the policy in its backend."""
