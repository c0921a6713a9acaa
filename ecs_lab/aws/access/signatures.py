"""Who signed a request, and for which service: told from the signature, as AWS does.

A signature is not checked, only read: the lab has nothing to keep from its learner.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

_SCOPE = re.compile(
    r"(?P<key>[^/\s=]+)/\d{8}/(?P<region>[a-z0-9-]*)/(?P<service>[A-Za-z0-9.-]+)/aws4_request"
)
_VERSION_2 = re.compile(r"AWS (?P<key>[^:\s]+):")


@dataclass(frozen=True, slots=True)
class Scope:
    """The access key id of a signature, with the session token beside it (empty: none), and the
    service and Region that it is for.
    """

    access_key_id: str
    token: str
    service: str
    region: str


def read(url: str, headers: Mapping[str, str]) -> Scope | None:
    """What a request's signature says, or None for one that is not signed.

    >>> read("https://ecs.eu-west-1.amazonaws.com/", {"Authorization": "AWS4-HMAC-SHA256 "
    ...     "Credential=AK/20260105/eu-west-1/ecs/aws4_request, Signature=0"})
    Scope(access_key_id='AK', token='', service='ecs', region='eu-west-1')
    """
    signature = token = ""
    for name, value in headers.items():
        if name.lower() == "authorization":
            signature = value
        elif name.lower() == "x-amz-security-token":
            token = value
    credential = signature.partition(",")[0]
    if scope := _scope(credential, token):
        return scope
    if found := _VERSION_2.match(signature):
        return Scope(found["key"], token, "s3", "us-east-1")
    return _presigned(url) if "?" in url else None


@lru_cache(maxsize=1024)
def _scope(credential: str, token: str) -> Scope | None:
    found = _SCOPE.search(credential)
    return Scope(found["key"], token, found["service"].lower(), found["region"]) if found else None


def _presigned(url: str) -> Scope | None:
    """The signature in an address that somebody was given."""
    query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    token = query.get("X-Amz-Security-Token", query.get("x-amz-security-token", ""))
    if scope := _scope(query.get("X-Amz-Credential", ""), token):
        return scope
    key = query.get("AWSAccessKeyId")
    return Scope(key, token, "s3", "us-east-1") if key else None
