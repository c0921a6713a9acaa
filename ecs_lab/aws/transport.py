"""boto3 sessions whose requests go to a lab: botocore builds and reads each message, and only the
wire is ours.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import boto3
import botocore.handlers
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.loaders import Loader

Transport = Callable[[str, str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]
"""Takes method, URL, headers and body of a request; gives status, headers and body of the
answer."""

LOADER = Loader()
"""One loader of botocore's service models for all labs of the process: reading a model takes a
tenth of a second."""

ADMIN_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "ECSLABADMINISTRATOR0",
    "AWS_SECRET_ACCESS_KEY": "only-the-lab-takes-this-key",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

ADMINISTRATORS_KEYS = {
    name: ADMIN_ENVIRONMENT[name.upper()] for name in ("aws_access_key_id", "aws_secret_access_key")
}


class _Raw(BytesIO):
    """The body of a response in the form that botocore reads it."""

    def stream(self, **_: Any) -> Any:
        """The body in one piece."""
        yield self.read()


def send_to(transport: Transport, request: AWSPreparedRequest) -> AWSResponse:
    """Give a request that botocore was about to send to the lab, and its answer back to
    botocore.
    """
    headers = {key: _text(value) for key, value in request.headers.items()}
    body: Any = request.body
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    status, answer_headers, answer = transport(
        request.method, request.url, headers, bytes(body or b"")
    )
    return AWSResponse(request.url, status, answer_headers, _Raw(answer))  # type: ignore[arg-type]  # a file is all it reads


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class NoLabError(RuntimeError):
    """A boto3 client was used that belongs to no open lab; the request was not sent."""


def refuse(*_: Any, **__: Any) -> Any:
    """What happens to a request that belongs to no lab: raises NoLabError."""
    raise NoLabError(
        "This boto3 client belongs to no open lab, so nothing was sent: a process that has opened "
        "a lab never talks to AWS. Make the client with lab.client(...) of an open lab."
    )


newest_lab: Callable[[], Transport] = refuse
"""Finds the transport of the newest open lab; `ecs_lab.lab` sets it."""


of_container: Callable[[], Transport | None] = lambda: None  # noqa: E731 - until there are some
"""Finds the transport of the container whose app runs now; `sdk_inside` sets it."""


def to_newest_lab(request: AWSPreparedRequest, **_: Any) -> Any:
    """botocore's handler for plain boto3 clients: their requests go to the lab of the container
    that is running, or to the newest open lab.
    """
    return send_to(of_container() or newest_lab(), request)


def plain_session() -> boto3.Session:
    """What `boto3.client` uses while a lab is open: the environment's settings, our loader."""
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    return boto3.Session(botocore_session=core)


def session_to(
    transport: Transport, region: str, keys: Mapping[str, str] | None = None
) -> boto3.Session:
    """A boto3 session whose every request goes through `transport`, whatever the user's AWS
    settings are; with an administrator's credentials, or with these `keys` in boto3's own names.
    """
    core = botocore.session.Session(
        {
            "profile": (None, None, None, None),
            "config_file": (None, None, "", None),
            "credentials_file": (None, None, "", None),
        }
    )
    core.register_component("data_loader", LOADER)
    core.set_default_client_config(
        Config(
            ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # the stubs lag
            use_dualstack_endpoint=False,
            use_fips_endpoint=False,
        )
    )

    def send(request: AWSPreparedRequest, **_: Any) -> Any:
        return send_to(transport, request)

    # botocore would ask every handler and take the first answer; here only the lab shall hear it,
    # not the newest lab and not a mock_aws of the user's own.
    for event, handler, *_ in botocore.handlers.BUILTIN_HANDLERS:
        if event == "before-send":
            core.unregister(event, handler)
    # The stubs take handlers for ones that give nothing back.
    core.register("before-send", send)  # type: ignore[arg-type]  # see above
    return boto3.Session(
        region_name=region, botocore_session=core, **(ADMINISTRATORS_KEYS if keys is None else keys)
    )
