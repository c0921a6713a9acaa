"""Which AWS service a request is for, told from its signature, as every SDK and the AWS CLI sign.

All services are asked at one address when AWS_ENDPOINT_URL is set; the service and the Region stand
in the credential scope of the signature:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

_SCOPE = re.compile(
    r"[^/\s]+/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[A-Za-z0-9.-]+)/aws4_request"
)
_UNSIGNED: Final = {"AssumeRoleWithWebIdentity": "sts", "AssumeRoleWithSAML": "sts"}
HOSTS: Final = {"ecr": "api.ecr"}
"""Services whose host begins with another word than their signatures have."""


class UnknownServiceError(ValueError):
    """A request from which no AWS service can be told."""


def aws_url(target: str, headers: Mapping[str, str], body: bytes) -> str:
    """The address at AWS of a request to this machine.

    `target` is the request's path with its query, as it was sent; the names of the headers are in
    lower case. Raises UnknownServiceError for a request that is not signed.

    >>> scope = "AWS4-HMAC-SHA256 Credential=AK/20260105/eu-west-1/ecs/aws4_request, Signature=0"
    >>> aws_url("/", {"authorization": scope}, b"{}")
    'https://ecs.eu-west-1.amazonaws.com/'
    """
    service, region = _service_and_region(target, headers, body)
    if service == "s3":
        target = _with_bucket(target, headers.get("host", ""))
    return f"https://{HOSTS.get(service, service)}.{region}.amazonaws.com{target}"


def _service_and_region(target: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    query = urlsplit(target).query
    for signature in (headers.get("authorization", ""), *_presigned(query)):
        if found := _SCOPE.search(signature):
            return found["service"].lower(), found["region"]
    if "AWSAccessKeyId=" in query or headers.get("authorization", "").startswith("AWS "):
        return "s3", "us-east-1"  # signature version 2: boto3 still signs addresses for S3 with it
    action = re.search(rb"(?:^|&)Action=(\w+)", body)
    if action is not None and (service := _UNSIGNED.get(action[1].decode())):
        return service, "us-east-1"
    raise UnknownServiceError(
        "This request carries no AWS signature, so the lab cannot tell which service "
        "it is for: give your client an access key, any will do."
    )


def _presigned(query: str) -> list[str]:
    return [unquote(value) for value in parse_qs(query).get("X-Amz-Credential", [])]


def _with_bucket(target: str, host: str) -> str:
    """The target with the bucket in its path, where the client put it into the host's name."""
    name = host.rpartition(":")[0] or host
    bucket = name.removesuffix(".localhost")
    return f"/{bucket}{target}" if bucket != name else target
