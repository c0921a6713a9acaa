"""Many requests in virtual time: sent at their moments, while the world goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

Row = tuple[int, str, str, str, float, str]
"""Status (0 without an answer), task, zone, revision, seconds, and why there was no answer."""


def send_all(
    world: World,
    source: Mapping[str, Any],
    requests: tuple[str, str, dict[str, str], bytes],
    offsets_s: list[float],
    lasts_s: float,
) -> list[Row]:
    """Send a request (method, URL, headers, body) at each of these moments of the next `lasts_s`
    seconds, which then have passed. A request does not wait for the answer of the one before.
    """
    start_s = world.now()
    rows = []
    for offset_s in offsets_s:
        world.clock.advance(max(0.0, start_s + offset_s - world.now()))
        rows.append(_send(world, source, *requests))
    world.clock.advance(max(0.0, start_s + lasts_s - world.now()))
    return rows


def _send(
    world: World,
    source: Mapping[str, Any],
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
) -> Row:
    try:
        reply = world.traffic.send_from(source, method, url, headers, body)
    except UnreachableError as error:
        return 0, "", "", "", 0.0, str(error)
    return (
        reply.status,
        reply.task or "",
        reply.zone or "",
        reply.revision or "",
        reply.took_s,
        "",
    )
