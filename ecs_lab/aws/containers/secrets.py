"""Secrets of Secrets Manager and parameters of Parameter Store, as a starting task reads them.

Read once, when the task starts, with the task execution role: a secret that changes later is seen
by new tasks only.
Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from ecs_lab.aws.containers import keys
from ecs_lab.aws.containers.callers import (
    Caller,
    RefusedError,
    UnreachableError,
    account_of,
    region_of,
)
from ecs_lab.aws.containers.failures import cannot_start

NOT_FOUND = "Secrets Manager can't find the specified secret."
NO_VERSION = "Secrets Manager can't find the specified secret value for {what}: {value}"
MARKED_FOR_DELETION = (
    "You can't perform this operation on the secret because it was marked for deletion."
)
_PLAIN, _WITH_PARTS = 7, 10


@dataclass(frozen=True, slots=True)
class SecretName:
    """A `valueFrom` that names a secret: its ARN, and which part and version of it is wanted."""

    arn: str
    json_key: str = ""
    version_stage: str = ""
    version_id: str = ""

    @classmethod
    def read(cls, value_from: str) -> SecretName:
        """Take a `valueFrom` apart.

        >>> secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
        >>> SecretName.read(secret + ":password::").json_key
        'password'
        >>> SecretName.read(secret) == SecretName(secret)
        True
        """
        parts = value_from.split(":")
        if len(parts) != _WITH_PARTS:
            return cls(value_from)
        return cls(":".join(parts[:_PLAIN]), *parts[_PLAIN:])


def value_of(caller: Caller, value_from: str) -> str:
    """The value of a secret or parameter; raises CannotStartError with AWS's text."""
    if ":secretsmanager:" in value_from and value_from.startswith("arn:"):
        return _of_secret(caller, SecretName.read(value_from))
    return _of_parameter(caller, value_from)


def _of_secret(caller: Caller, name: SecretName) -> str:
    try:
        text = secret_text(caller, name)
    except RefusedError as error:
        missing = error.message == NOT_FOUND
        what = "secret_missing" if missing else "secret"
        cause = caller.cause("secretsmanager", "GetSecretValue", error)
        raise cannot_start(what, caller.task, name=name.arn, cause=cause) from None
    except UnreachableError:
        cause = caller.timeout("secretsmanager", "GetSecretValue")
        raise cannot_start("secret_unreachable", caller.task, name=name.arn, cause=cause) from None
    return _part(caller, text, name.json_key) if name.json_key else text


def _part(caller: Caller, text: str, key: str) -> str:
    """The value of one key of a secret in JSON, as the agent prints it."""
    try:
        found = json.loads(text)
    except ValueError:
        first = text[:1] or " "
        cause = f"invalid character '{first}' looking for beginning of value"
        raise cannot_start("secret_key", caller.task, cause=cause) from None
    if not isinstance(found, dict) or key not in found:
        cause = f"retrieved secret from Secrets Manager did not contain json key {key}"
        raise cannot_start("secret_key", caller.task, cause=cause)
    value = found[key]
    return value if isinstance(value, str) else json.dumps(value)


def check_registry(caller: Caller, value_from: str) -> None:
    """Read the secret with the user name and password of a private registry; raises
    CannotStartError with AWS's text.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
    """
    try:
        text = secret_text(caller, SecretName(_arn_of(caller, value_from)))
    except RefusedError as error:
        cause = caller.cause("secretsmanager", "GetSecretValue", error)
        raise cannot_start("registry_secret", caller.task, name=value_from, cause=cause) from None
    except UnreachableError:
        cause = caller.timeout("secretsmanager", "GetSecretValue")
        raise cannot_start(
            "registry_secret_unreachable", caller.task, name=value_from, cause=cause
        ) from None
    problem = _registry_problem(text)
    if problem is not None:
        raise cannot_start("registry_secret_malformed", caller.task, cause=problem)


def _arn_of(caller: Caller, arn_or_name: str) -> str:
    """The ARN of a registry's secret; one in the task's own Region may be given by its name.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RepositoryCredentials.html
    """
    if arn_or_name.startswith("arn:"):
        return arn_or_name
    region, account_id = region_of(caller.task), account_of(caller.task)
    secret: Any = secretsmanager_backends[account_id][region].secrets.get(arn_or_name)
    unknown = f"arn:aws:secretsmanager:{region}:{account_id}:secret:{arn_or_name}"
    return unknown if secret is None else str(secret.arn)


def _registry_problem(text: str) -> str | None:
    """What the agent says of a secret that is no user name with a password, or None."""
    if not text:
        return "asm fetching authorization data: empty secrets value"
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return "asm fetching authorization data: unable to unmarshal secret value, invalid schema"
    for key in ("username", "password"):
        if not found.get(key):
            return f"asm fetching {key}: AuthorizationData is malformed, empty field"
    return None


def secret_text(caller: Caller, name: SecretName) -> str:
    """The text of a secret's version; raises RefusedError or UnreachableError.

    moto: says less than AWS of a secret marked for deletion and fails for a stage that no version
    has, so its secrets are read here.
    """
    region, account_id = name.arn.split(":")[3], name.arn.split(":")[4]
    caller.reach("secretsmanager")
    caller.ask("secretsmanager:GetSecretValue", name.arn)
    secret: Any = secretsmanager_backends[account_id][region].secrets.get(name.arn)
    if secret is None:
        raise RefusedError("ResourceNotFoundException", NOT_FOUND)
    if secret.is_deleted():
        raise RefusedError("InvalidRequestException", MARKED_FOR_DELETION)
    version = _version(secret, name)
    keys.decrypt(caller, secret.kms_key_id, region, "Access to KMS is not allowed")
    return str(version.get("secret_string") or "")


def _version(secret: Any, name: SecretName) -> Any:
    stage = name.version_stage or "AWSCURRENT"
    for version_id, version in secret.versions.items():
        if name.version_id in ("", version_id) and (
            name.version_id or stage in version["version_stages"]
        ):
            return version
    what = "VersionId" if name.version_id else "staging label"
    text = NO_VERSION.format(what=what, value=name.version_id or stage)
    raise RefusedError("ResourceNotFoundException", text)


def _of_parameter(caller: Caller, value_from: str) -> str:
    region = value_from.split(":")[3] if value_from.startswith("arn:") else region_of(caller.task)
    values = {"name": value_from, "region": region}
    try:
        return _parameter_text(caller, value_from, region)
    except LookupError:
        raise cannot_start("parameter_missing", caller.task, **values) from None
    except RefusedError as error:
        cause = caller.cause("ssm", "GetParameters", error)
        raise cannot_start("parameter", caller.task, cause=cause, **values) from None
    except UnreachableError:
        cause = caller.timeout("ssm", "GetParameters")
        raise cannot_start("parameter_unreachable", caller.task, cause=cause, **values) from None


def _parameter_text(caller: Caller, value_from: str, region: str) -> str:
    """A parameter's value; raises LookupError for one that is not there, RefusedError and
    UnreachableError.
    """
    name = value_from.partition(":parameter")[2] if value_from.startswith("arn:") else value_from
    account_id = account_of(caller.task)
    caller.reach("ssm")
    arn = f"arn:aws:ssm:{region}:{account_id}:parameter/{name.partition(':')[0].lstrip('/')}"
    caller.ask("ssm:GetParameters", arn)
    backend = ssm_backends[account_id][region]
    # An ARN has a / before the name, also where the name itself begins with none.
    tries = [name, name.removeprefix("/")] if value_from.startswith("arn:") else [name]
    found = next((p for each in tries for p in backend.get_parameters([each]).values()), None)
    if found is None:
        raise LookupError(value_from)
    if found.parameter_type == "SecureString":
        keys.decrypt(caller, found.keyid, region, keys.NO_CIPHERTEXT)
    return str(found.decrypt(found.value))
