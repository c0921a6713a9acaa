"""Calls a WSGI application as a web server does, without a socket.

Source: https://peps.python.org/pep-3333/
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from ecs_lab.runtime.messages import Request, Response

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def call(app: Wsgi, request: Request, port: int, own: dict[str, Any]) -> Response:
    """What the application answers; `own` is added to its environ. Its errors come through.

    >>> def hello(environ, start_response):
    ...     start_response("200 OK", [("Content-Type", "text/plain")])
    ...     return [environ["PATH_INFO"].encode()]
    >>> call(hello, Request(path="/shop?page=2"), 80, {})
    Response(status=200, headers={'content-type': 'text/plain'}, body=b'/shop', took_s=0.0)
    """
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    body: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], error: Any = None
    ) -> Callable[[bytes], None]:
        if begun and error is None:
            raise AssertionError("start_response was called twice without exc_info (PEP 3333)")
        begun[:] = [(status, headers)]
        return body.append

    parts = app(environ_of(request, port) | own, start_response)
    try:
        body.extend(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    if not begun:
        raise AssertionError("the app did not call start_response (PEP 3333)")
    status, headers = begun[0]
    return Response(int(status.split()[0]), _joined(headers), b"".join(body))


def environ_of(request: Request, port: int) -> dict[str, Any]:
    """The WSGI environ of a request to a port."""
    path, _, query = request.path.partition("?")
    headers = request.headers
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": headers.get("host", "localhost").partition(":")[0],
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request.client_ip,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        if key != "CONTENT_LENGTH":
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def _joined(headers: list[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name; those of one name joined by commas, cookies by newlines."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        between = "\n" if key == "set-cookie" else ", "
        joined[key] = f"{joined[key]}{between}{value}" if key in joined else value
    return joined
