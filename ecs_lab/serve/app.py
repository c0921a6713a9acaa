"""The lab as a WSGI application: AWS's APIs at every path, and a page for people at `/`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from ecs_lab.serve import balancers, page
from ecs_lab.serve.endpoints import UnknownServiceError, aws_url
from ecs_lab.serve.live import LiveWorld

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

LOG = logging.getLogger("ecs_lab.serve")
_OURS = {"127.0.0.1", "localhost"}
_NOT_PASSED_ON = {"connection", "content-length", "transfer-encoding", "server", "date"}
_Answer = tuple[int, dict[str, str], bytes]


class App:
    """Answers requests of AWS clients out of a lab."""

    def __init__(self, live: LiveWorld) -> None:
        self._live = live

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request."""
        status, headers, body = self._to_balancer(environ) or self._answer(environ)
        lines = headers.items() if isinstance(headers, dict) else headers
        kept = [(key, value) for key, value in lines if key.lower() not in _NOT_PASSED_ON]
        start(f"{status} {_phrase(status)}", [*kept, ("Content-Length", str(len(body)))])
        return [body]

    def _to_balancer(self, environ: WSGIEnvironment) -> balancers.Answer | None:
        """What a load balancer of the lab answers, or None for a request that means none.

        A request with a signature is for an API of AWS, such as that of a bucket of this name.
        """
        headers = headers_of(environ)
        host = headers.get("host", "")
        if host.partition(":")[0] in _OURS or _is_signed(environ, headers):
            return None
        listening = balancers.find(self._live.snapshot()["loadBalancers"], host)
        if listening is None:
            return None
        method, target = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        body = environ["wsgi.input"].read()
        return balancers.answer(self._live, listening, method, target, headers, body)

    def _answer(self, environ: WSGIEnvironment) -> _Answer:
        headers = headers_of(environ)
        method, target = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        if not _is_for_this_machine(headers.get("host", "")):
            # A page of the web whose name was made to point here is not let in.
            return _refused(403, "The lab answers to 127.0.0.1 and localhost, no other name.")
        if method == "GET" and target == "/" and "authorization" not in headers:
            port = int(environ["SERVER_PORT"])
            text = page.html(self._live, port)
            return 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode()
        body = environ["wsgi.input"].read()
        try:
            return self._live.handle(method, aws_url(target, headers, body), headers, body)
        except UnknownServiceError as error:
            return _refused(400, str(error))
        except Exception:  # noqa: BLE001, RUF100 - a bug of the lab must not end the server
            LOG.exception("the lab failed at %s %s", method, target)
            # Not a 5xx: AWS's clients would ask again and again, and wait in between.
            return _refused(
                400, "The lab failed at this request; its terminal says how. Please report it."
            )


def _is_signed(environ: WSGIEnvironment, headers: Mapping[str, str]) -> bool:
    target = environ["REQUEST_URI"]
    own = headers.get("authorization", "").startswith("AWS")
    return own or "X-Amz-Signature=" in target or "AWSAccessKeyId=" in target


def headers_of(environ: WSGIEnvironment) -> dict[str, str]:
    """The headers of a request, their names in lower case."""
    found = {
        key[5:].replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            found[key.replace("_", "-").lower()] = environ[key]
    return found


def _is_for_this_machine(host: str) -> bool:
    name = host.partition(":")[0]
    return name in _OURS or name.endswith(".localhost")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _refused(status: int, message: str) -> _Answer:
    body = json.dumps({"__type": "LabException", "message": message}).encode()
    return status, {"Content-Type": "application/x-amz-json-1.1"}, body
