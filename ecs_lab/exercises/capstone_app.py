"""The application of the capstone, in the releases that its checks deploy."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

NOTES = Path("/data/notes.txt")

Answer = tuple[str, str]
"""A status line, and the text of the page."""


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """`/health`; `/notes` (GET and POST, kept in /data); `/menu` from Amazon S3; `/database`."""
    try:
        status, text = PAGES.get(environ["PATH_INFO"], _missing)(environ)
    except (ClientError, OSError, KeyError) as error:
        status, text = "500 Internal Server Error", f"{type(error).__name__}: {error}"
    print(environ["REQUEST_METHOD"], environ["PATH_INFO"], status)  # noqa: T201  # the log
    start_response(status, [("Content-Type", "text/plain")])
    return [text.encode()]


def sick(_: dict[str, Any], start_response: Any) -> list[bytes]:
    """A release that starts well and answers everything with 503."""
    start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
    return [b"the database has another version"]


def digest(password: str) -> str:
    """What `/database` answers for a password, so that nobody has to show the password itself."""
    return hashlib.sha256(password.encode()).hexdigest()[:12]


def _welcome(_: dict[str, Any]) -> Answer:
    return "200 OK", "welcome"


def _notes(environ: dict[str, Any]) -> Answer:
    body = environ["wsgi.input"].read().decode() if environ["REQUEST_METHOD"] == "POST" else ""
    with NOTES.open("a", encoding="utf-8") as file:
        file.write(f"{body}\n" if body else "")
    return "200 OK", f"Notes:\n{NOTES.read_text(encoding='utf-8')}"


def _menu(_: dict[str, Any]) -> Answer:
    found = boto3.client("s3").get_object(Bucket=os.environ["BUCKET"], Key="menu.txt")
    return "200 OK", found["Body"].read().decode()


def _database(_: dict[str, Any]) -> Answer:
    return "200 OK", digest(os.environ["DB_PASSWORD"])


def _missing(_: dict[str, Any]) -> Answer:
    return "404 Not Found", "no such page"


PAGES: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "/": _welcome,
    "/health": _welcome,
    "/notes": _notes,
    "/menu": _menu,
    "/database": _database,
}
"""The application's pages, by path."""
