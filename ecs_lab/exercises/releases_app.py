"""The program of exercises on deployments, in the releases that they deploy."""

from __future__ import annotations

from typing import Any

TEXT = [("Content-Type", "text/plain")]


def good(_: dict[str, Any], start_response: Any) -> list[bytes]:
    """A release that answers everything with 200."""
    start_response("200 OK", TEXT)
    return [b"welcome"]


def better(_: dict[str, Any], start_response: Any) -> list[bytes]:
    """Another release that answers everything with 200."""
    start_response("200 OK", TEXT)
    return [b"welcome back"]


def wrong(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A release that is well by its health check, and answers users with 500."""
    if environ["PATH_INFO"] == "/health":
        return good(environ, start_response)
    start_response("500 Internal Server Error", TEXT)
    return [b"no such column: price"]


def patchy(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A release with one page that is broken: `/old` gets 500, all others 200."""
    if environ["PATH_INFO"] != "/old":
        return good(environ, start_response)
    start_response("500 Internal Server Error", TEXT)
    return [b"no such page any more"]
