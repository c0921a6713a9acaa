"""The Security Token Service: who am I, and may I be somebody else for a while?

moto: hands out keys for any role, whether it is there and trusts the caller or not; and what it
calls a caller is none of the lab's.
Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ecs_lab.aws.access import identities, refusals
from ecs_lab.aws.access.callers import Caller
from ecs_lab.aws.access.keys import Credentials
from ecs_lab.iam import document

if TYPE_CHECKING:
    from ecs_lab.aws.access.access import Access

Answer = tuple[int, dict[str, str], bytes]
ADMINISTRATOR = "arn:aws:iam::{account}:user/administrator"
"""Who the lab's own key belongs to. It is in nobody's list of users, and may do everything."""
ADMINISTRATOR_ID = "AIDAECSLABADMINISTRATOR"
FREE = {"GetCallerIdentity", "GetSessionToken"}
"""Operations that need no permission.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html and
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""


class StsError(Exception):
    """An error of STS: code, status and text."""

    def __init__(self, code: str, status: int, text: str) -> None:
        super().__init__(text)
        self.code, self.status, self.text = code, status, text


def get_caller_identity(access: Access, who: Caller | None, given: Mapping[str, Any]) -> Answer:
    """The account, the ARN and the id of who asks."""
    account = access.account_id
    arn = who.principal.arn if who is not None else ADMINISTRATOR.format(account=account)
    unique_id = who.unique_id if who is not None else ADMINISTRATOR_ID
    return answer("GetCallerIdentity", {"Arn": arn, "UserId": unique_id, "Account": account})


def assume_role(access: Access, who: Caller | None, given: Mapping[str, Any]) -> Answer:
    """Keys of a role, whose trust policy has been asked before; see `Access`."""
    role = identities.role(access.iam, str(given.get("RoleArn")))
    longest_s = float((role.max_session_duration if role is not None else 0) or 3600)
    lasts_s = float(given.get("DurationSeconds") or 3600)
    if lasts_s > longest_s:
        raise StsError(
            "ValidationError",
            400,
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    name = str(given.get("RoleSessionName"))
    credentials = access.issue(
        str(role.arn) if role is not None else "",
        name,
        lasts_s,
        source_identity=str(given.get("SourceIdentity") or ""),
        session_policies=_session_policies(access, given),
        tags=[(each["Key"], each["Value"]) for each in given.get("Tags") or []],
    )
    session = identities.session_principal(role.arn, name) if role is not None else None
    assumed = {"AssumedRoleId": f"{role.id if role else ''}:{name}", "Arn": str(session)}
    return answer("AssumeRole", {"Credentials": _shown(credentials), "AssumedRoleUser": assumed})


def _session_policies(access: Access, given: Mapping[str, Any]) -> Any:
    """The policies that the session is given for itself, or None."""
    arns = [each["arn"] for each in given.get("PolicyArns") or []]
    if not given.get("Policy") and not arns:
        return None
    managed = [access.iam.managed_policies.get(arn) for arn in arns]
    if None in managed:
        raise StsError("MalformedPolicyDocument", 400, "A policy of PolicyArns does not exist.")
    found = [
        identities.read(identities.managed_document(each), each.name, each.arn) for each in managed
    ]
    try:
        inline = [document.read(given["Policy"], "Policy")] if given.get("Policy") else []
    except document.MalformedPolicyError as error:
        raise StsError("MalformedPolicyDocument", 400, str(error)) from None
    return (*inline, *found)


def get_session_token(access: Access, who: Caller | None, given: Mapping[str, Any]) -> Answer:
    """Temporary keys of the same user; an administrator's are an administrator's."""
    lasts_s = float(given.get("DurationSeconds") or 43200)
    if who is not None and who.principal.role_arn:
        raise StsError("AccessDenied", 403, "Cannot call GetSessionToken with session credentials")
    if who is None:
        credentials = access.administrators_keys(lasts_s)
    else:
        credentials = access.issue_to_user(who.identity.name, lasts_s)
    return answer("GetSessionToken", {"Credentials": _shown(credentials)})


def decode_authorization_message(
    access: Access, who: Caller | None, given: Mapping[str, Any]
) -> Answer:
    """What an encoded message of EC2's UnauthorizedOperation says."""
    try:
        text = refusals.decoded(str(given.get("EncodedMessage")))
    except ValueError:
        raise StsError(
            "InvalidAuthorizationMessageException", 400, "Message is not valid"
        ) from None
    return answer("DecodeAuthorizationMessage", {"DecodedMessage": text})


OPERATIONS = {
    "AssumeRole": assume_role,
    "DecodeAuthorizationMessage": decode_authorization_message,
    "GetCallerIdentity": get_caller_identity,
    "GetSessionToken": get_session_token,
}


def answer(operation: str, result: Mapping[str, Any], namespace: str = "") -> Answer:
    """An answer of the query protocol."""
    xml = (
        f'<{operation}Response xmlns="{namespace or _NAMESPACE}">'
        f"<{operation}Result>{_xml(result)}</{operation}Result>"
        f"<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId>"
        f"</ResponseMetadata></{operation}Response>"
    )
    return 200, {"Content-Type": "text/xml"}, xml.encode()


_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


def _xml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join(f"<{key}>{_xml(each)}</{key}>" for key, each in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(each)}</member>" for each in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def _shown(credentials: Credentials) -> dict[str, str]:
    expires = datetime.fromtimestamp(credentials.expires_at_s, UTC)
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.token,
        "Expiration": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
    }
