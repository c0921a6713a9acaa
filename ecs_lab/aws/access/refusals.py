"""How each service says no: its error codes, statuses and texts."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from ecs_lab.aws import error_answers
from ecs_lab.iam.evaluation import Decision

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class _Says:
    """Code, status and text of an error; the text of a denial is filled in."""

    code: str
    status: int
    text: str = "{message}"


_JSON = {
    "denied": _Says("AccessDeniedException", 400),
    "expired": _Says(
        "ExpiredTokenException", 400, "The security token included in the request is expired"
    ),
    "invalid": _Says(
        "UnrecognizedClientException", 400, "The security token included in the request is invalid."
    ),
}
_QUERY = {
    "denied": _Says("AccessDenied", 403),
    "expired": _Says("ExpiredToken", 403, _JSON["expired"].text),
    "invalid": _Says("InvalidClientTokenId", 403, _JSON["invalid"].text),
}
_EC2 = {
    "denied": _Says(
        "UnauthorizedOperation", 403, "You are not authorized to perform this operation. {message}"
    ),
    "expired": _Says("RequestExpired", 400, "Request has expired."),
    "invalid": _Says(
        "AuthFailure", 401, "AWS was not able to validate the provided access credentials"
    ),
}
_S3 = {
    "denied": _Says("AccessDenied", 403),
    "expired": _Says("ExpiredToken", 400, "The provided token has expired."),
    "invalid": _Says(
        "InvalidAccessKeyId",
        403,
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
}
_REST_JSON = {name: _Says(each.code, 403, each.text) for name, each in _JSON.items()}
_OTHERS = {
    "ec2": _EC2,
    "s3": _S3,
    "elasticfilesystem": _REST_JSON,
    "lambda": _REST_JSON,
    "sns": _QUERY | {"denied": _Says("AuthorizationError", 403)},
    "sqs": _QUERY,
}
"""Services that differ from others of their protocol.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""


def denied(decision: Decision, service: str, url: str, headers: Mapping[str, str]) -> Answer:
    """The answer to a request that the policies do not allow."""
    message = decision.message
    if service == "s3":  # it alone has the resource in quotation marks
        resource = decision.request.resource
        message = message.replace(f"resource: {resource} ", f'resource: "{resource}" ')
    if service == "ec2" and ":Describe" not in decision.request.action:
        message += f". Encoded authorization failure message: {encoded(decision)}"
    return _answer("denied", message, service, url, headers)


def encoded(decision: Decision) -> str:
    """A denial as EC2 hides it in its errors; how, AWS does not tell.

    What it says, and for whom: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
    """
    asked = decision.request
    context = {
        "principal": {"arn": str(asked.principal)},
        "action": asked.action,
        "resource": asked.resource,
    }
    said = {"allowed": False, "explicitDeny": decision.explicit, "context": context}
    return urlsafe_b64encode(zlib.compress(json.dumps(said).encode())).decode()


def decoded(text: str) -> str:
    """The JSON of such a message; raises ValueError for a text that is none."""
    try:
        return zlib.decompress(urlsafe_b64decode(text.encode())).decode()
    except zlib.error as error:
        raise ValueError(str(error)) from None


def bad_credentials(why: str, service: str, url: str, headers: Mapping[str, str]) -> Answer:
    """The answer to a request with credentials that are `expired` or `invalid`."""
    return _answer(why, "", service, url, headers)


def _answer(what: str, message: str, service: str, url: str, headers: Mapping[str, str]) -> Answer:
    kind = next((value for key, value in headers.items() if key.lower() == "content-type"), "")
    if _OTHERS.get(service) is _REST_JSON:
        kind = "application/json"  # also where a request has no body
    says = _OTHERS.get(service, _JSON if "json" in kind else _QUERY)[what]
    text = says.text.format(message=message)
    return error_answers.error(says.status, says.code, text, {"content-type": kind}, url)
