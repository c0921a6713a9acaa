"""boto3 inside containers: `boto3.client(...)` without arguments finds the container's credentials
and Region, by the ways that botocore has, and its requests go to the container's lab.

Loaded for its effect: it hands names of boto3 and botocore to `runtime.confinement`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import boto3
import botocore.credentials
import botocore.utils
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError

from ecs_lab.aws import transport
from ecs_lab.runtime.confinement import current, released, swap
from ecs_lab.runtime.inside import Inside, UnreachableError

_sessions: WeakKeyDictionary[Inside, boto3.Session] = WeakKeyDictionary()


def send(request: AWSPreparedRequest) -> AWSResponse | None:
    """What botocore's own requests get inside a container: those for credentials and metadata.
    None outside of containers.
    """
    inside = current()
    if inside is None:
        return None
    return transport.send_to(_by_http(inside), request)


def _by_http(inside: Inside) -> transport.Transport:
    def ask(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
        try:
            response = inside.request(method, url, headers, body)
        except UnreachableError as error:
            raise EndpointConnectionError(endpoint_url=url, error=error) from None
        return response.status, dict(response.headers), response.body

    return ask


def to_lab(inside: Inside) -> transport.Transport:
    """The transport of a container: AWS's APIs, as far as its network leads there."""

    def ask(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
        try:
            with released():
                return inside.outside.call_aws(inside, method, url, headers, body)
        except UnreachableError as error:
            raise EndpointConnectionError(endpoint_url=url, error=error) from None

    return ask


def _session(inside: Inside) -> Callable[[], boto3.Session]:
    """boto3's default session, made when it is first wanted, inside."""

    def session() -> boto3.Session:
        if inside not in _sessions:
            _sessions[inside] = transport.plain_session()
        return _sessions[inside]

    return session


def _set_up_session(inside: Inside) -> Callable[..., None]:
    def set_up(**settings: Any) -> None:
        _sessions[inside] = boto3.Session(**settings)

    return set_up


def _local_now(inside: Inside) -> Callable[[], datetime]:
    return lambda: inside.now


def _utc_now(inside: Inside) -> Callable[..., datetime]:
    def now(remove_tzinfo: bool = True) -> datetime:
        return inside.now.replace(tzinfo=None) if remove_tzinfo else inside.now

    return now


def _now_of_botocore() -> datetime:
    now: datetime = botocore.credentials._local_now()  # type: ignore[attr-defined] # noqa: SLF001 - see below
    return now


def _sleep_of_botocore(seconds: float) -> None:
    time.sleep(seconds)


def _of_container() -> transport.Transport | None:
    inside = current()
    return to_lab(inside) if inside is not None else None


def install() -> None:
    """Hand the names over, once a process."""
    transport.of_container = _of_container
    swap(boto3, "_get_default_session", _session)
    swap(boto3, "setup_default_session", _set_up_session)
    # botocore: keeps the functions for time and pauses as defaults of parameters, where a name put
    # in their place later is not seen; ours look the name up at each call.
    swap(botocore.credentials, "_local_now", _local_now)
    swap(botocore.utils, "get_current_datetime", _utc_now)
    real = botocore.credentials._local_now  # type: ignore[attr-defined] # noqa: SLF001 - as above
    for kind in (
        botocore.credentials.RefreshableCredentials,
        botocore.credentials.DeferredRefreshableCredentials,
    ):
        _replace_default(kind.__init__, real, _now_of_botocore)
    _replace_default(
        botocore.utils.ContainerMetadataFetcher.__init__, time.sleep, _sleep_of_botocore
    )


def _replace_default(function: Any, old: Any, new: Any) -> None:
    defaults = function.__defaults__ or ()
    function.__defaults__ = tuple(new if each is old else each for each in defaults)
