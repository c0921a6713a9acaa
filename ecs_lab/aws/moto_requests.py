"""Requests to moto: mended where moto would misread them, and its slips told as such."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from ecs_lab.aws import error_answers

Answer = tuple[int, dict[str, str], bytes]


def answer(method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
    """moto's answer to a request; where moto has none, or fails, an error that says so."""
    _put_ours_into_moto((urlsplit(url).hostname or "").partition(".")[0])
    url = by_path(url)
    prepared = HTTPHeaders()
    for key, value in headers.items():
        prepared[key] = value
    request = AWSPreparedRequest(method, url, prepared, mend(body), False)
    try:
        found = botocore_stubber.process_request(request)
    except NotImplementedError as error:
        return error_answers.not_simulated(headers, url, str(error))
    except Exception as error:  # moto: its own slips are no answer of AWS and no learner's business
        told = f"moto failed with {type(error).__name__}: {error}"
        return error_answers.not_simulated(headers, url, told)
    if found is None or found[2] == "Not yet implemented":
        return error_answers.not_simulated(headers, url, f"the lab has no service at {url}")
    status, answer_headers, content = found
    if int(status) >= 500:  # boto3 would ask again, and wait in between
        return error_answers.not_simulated(headers, url, f"moto failed with status {status}")
    raw = content.encode() if isinstance(content, str) else bytes(content or b"")
    return int(status), {str(key): str(value) for key, value in dict(answer_headers).items()}, raw


def _put_ours_into_moto(service: str) -> None:
    """Load what takes the place of parts of moto, when it is first needed: it takes two seconds."""
    if service in {"application-autoscaling", "batch", "cloudformation"}:
        import ecs_lab.aws.moto_ecs
    if service == "application-autoscaling":
        import ecs_lab.aws.scaling_policies
    if service == "cloudformation":
        import ecs_lab.aws.stacks  # noqa: F401 - being loaded is what is wanted


_BUCKET = re.compile(r"(https?://)([^/]+)\.(s3[.-][^/]*amazonaws\.com)(?::\d+)?(/.*)?$")


def by_path(url: str) -> str:
    """The URL of a request with S3's bucket in its path.

    moto: looks at the first word of the host, and takes a bucket named like a service (`config`,
    `logs`) for that service.

    >>> by_path("https://config.s3.us-east-1.amazonaws.com/a/b?c=d")
    'https://s3.us-east-1.amazonaws.com/config/a/b?c=d'
    >>> by_path("https://s3.us-east-1.amazonaws.com/config")
    'https://s3.us-east-1.amazonaws.com/config'
    """
    found = _BUCKET.match(url)
    if found is None:
        return url
    scheme, bucket, host, rest = found.groups()
    return f"{scheme}{host}/{bucket}{rest or '/'}"


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
