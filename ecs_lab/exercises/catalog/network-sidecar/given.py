"""What network-sidecar gives: two containers of one task, and a name that is no longer known."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import TYPE_CHECKING, Any

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

TEXT = [("Content-Type", "text/plain")]


def front(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with what the sidecar says, or with 502 and why it says nothing."""
    url = os.environ["SIDECAR_URL"]
    try:
        with urllib.request.urlopen(url) as answer:  # noqa: S310  # in the lab
            said: bytes = answer.read()
    except OSError as error:
        start_response("502 Bad Gateway", TEXT)
        return [f"{url}: {error}".encode()]
    start_response("200 OK", TEXT)
    return [said]


def sidecar(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with a number, and with the task that says so."""
    url = os.environ["ECS_CONTAINER_METADATA_URI_V4"] + "/task"
    with urllib.request.urlopen(url) as answer:  # noqa: S310  # in the lab
        task = json.load(answer)["TaskARN"]
    start_response("200 OK", TEXT)
    return [f"42, says {task}".encode()]


def build(lab: Lab) -> None:
    """Two containers of one task, and a name that is no longer known."""
    url = f"http://{variant.sidecar.name}:{variant.sidecar.port}/"
    web = clinic.web(
        image=lab.registry.push("web:1", front, port=80),
        memory=None,
        environment=[{"name": "SIDECAR_URL", "value": url}],
    )
    beside = {
        "name": variant.sidecar.name,
        "image": lab.registry.push("sidecar:1", sidecar, port=variant.sidecar.port),
        "portMappings": [{"containerPort": variant.sidecar.port}],
    }
    clinic.on_fargate(lab, variant.cluster, web, beside)
