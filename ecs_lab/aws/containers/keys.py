"""Whether a caller may use the AWS KMS key that a secret, a parameter or a file is encrypted with.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from __future__ import annotations

from ecs_lab.aws.containers.callers import Caller, RefusedError, account_of

NO_CIPHERTEXT = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in this "
    "region, or you are not allowed to access."
)


def decrypt(caller: Caller, key_id: str | None, region: str, refusal: str) -> None:
    """Use a key to decrypt; raises RefusedError with the text `refusal`.

    A key of AWS's own (`alias/aws/...`, or none named) may be used by whoever may read what is
    encrypted with it; a customer's needs kms:Decrypt.
    """
    if not key_id or key_id.rpartition("alias/")[2].startswith("aws/"):
        return
    try:
        caller.ask("kms:Decrypt", _arn(caller, key_id, region))
    except RefusedError:
        raise RefusedError("AccessDeniedException", refusal) from None


def _arn(caller: Caller, key_id: str, region: str) -> str:
    """The ARN of a key that is named by its id, its alias or its ARN."""
    from moto.kms.models import kms_backends

    account_id = account_of(caller.task)
    if key_id.startswith("arn:") and ":key/" in key_id:
        return key_id
    alias = key_id.rpartition(":")[2]
    if alias.startswith("alias/"):
        key_id = kms_backends[account_id][region].get_key_id_from_alias(alias) or alias
    return f"arn:aws:kms:{region}:{account_id}:key/{key_id}"
