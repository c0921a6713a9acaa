"""Answers to requests that the lab cannot do, in the protocol of the service that was asked."""

from __future__ import annotations

import json
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

Answer = tuple[int, dict[str, str], bytes]

CODE = "NotSimulatedException"


def error(status: int, code: str, message: str, headers: dict[str, str], url: str) -> Answer:
    """An error as the service at `url` would write it: JSON or one of AWS's two XML forms."""
    kind = next((value for key, value in headers.items() if key.lower() == "content-type"), "")
    if "json" in kind:
        body = json.dumps({"__type": code, "message": message}).encode()
        return status, {"Content-Type": kind, "x-amzn-errortype": code}, body
    inner = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    if (urlsplit(url).hostname or "").startswith("ec2."):
        xml = f"<Response><Errors>{inner}</Errors><RequestID>0</RequestID></Response>"
    else:
        xml = f"<ErrorResponse>{inner}<RequestId>0</RequestId></ErrorResponse>"
    return status, {"Content-Type": "text/xml"}, xml.encode()


def not_simulated(headers: dict[str, str], url: str, what: str) -> Answer:
    """AWS may do this; the lab does not, and says so."""
    return error(400, CODE, f"Not simulated in the lab: {what}.", headers, url)
