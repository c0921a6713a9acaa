"""Requests that moto would misread, mended before it sees them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode


def mend(body: bytes) -> bytes:
    """The request's body as moto has to get it.

    moto: RunInstances launches MinCount instances. EC2 launches as many as it has capacity for, up
    to MaxCount, and the lab's capacity has no end.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
    """
    if not body.startswith(b"Action=RunInstances"):
        return body
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    if "MaxCount" in fields:
        fields["MinCount"] = fields["MaxCount"]
    return urlencode(fields).encode()
