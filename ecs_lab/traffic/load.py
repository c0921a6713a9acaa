"""`lab.load`: many requests in virtual time, and what came of them."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, Any

from ecs_lab.traffic.report import LoadReport

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

Progress = Callable[[int, int], None]
"""Hears of the requests sent so far, and of how many there will be."""

BATCH = 200
"""How many requests are sent before one hears of the progress or of Ctrl-C, about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What each request is, and how much CPU time it costs the service that answers."""

    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | str = b""
    cpu_ms: float = 0.0


def run(
    lab: Lab, target: str, rps: float, seconds: float, asked: Asked, progress: Progress
) -> LoadReport:
    """Send `rps` requests a second for `seconds`, evenly spread; see `Lab.load`."""
    _check("rps", rps)
    _check("seconds", seconds)
    by_url = "://" in target
    if asked.cpu_ms and by_url:
        raise ValueError("cpu_ms_per_request is for a service: name it instead of giving a URL")
    service = None if by_url else find_service(lab.snapshot(), target)
    url = target if service is None else url_of(lab.snapshot(), service) + asked.path
    report = LoadReport(url)
    with _interruptible() as interrupted, _busy(lab, service, rps * asked.cpu_ms / 1000):
        _send_all(lab, report, rps, seconds, asked, progress, interrupted)
    report.interrupted = bool(interrupted)
    return report


def _send_all(
    lab: Lab,
    report: LoadReport,
    rps: float,
    seconds: float,
    asked: Asked,
    progress: Progress,
    interrupted: list[int],
) -> None:
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body
    headers = {str(key): str(value) for key, value in asked.headers.items()}
    request = asked.method, report.url, headers, body
    step_s = max(1.0, BATCH / rps)
    while report.seconds < seconds and not interrupted:
        lasts_s = min(step_s, seconds - report.seconds)
        offsets_s = _moments(report.seconds, lasts_s, rps)
        report.add(lab.world.rush({}, request, offsets_s, lasts_s), lasts_s)
        progress(report.sent, math.floor(rps * seconds))


@contextmanager
def _busy(lab: Lab, service: Mapping[str, Any] | None, vcpus: float) -> Iterator[None]:
    """Within this the service's tasks have so much to do; nothing afterwards."""
    if service is None or not vcpus:
        yield
        return
    cluster, name = str(service["clusterArn"]).rpartition("/")[2], str(service["serviceName"])
    lab.set_load(cluster, name, vcpus=vcpus)
    try:
        yield
    finally:
        lab.set_load(cluster, name)


def _check(name: str, value: float) -> None:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} is {value}: give a number above 0")


def _moments(from_s: float, lasts_s: float, rps: float) -> list[float]:
    """When requests are due in the next `lasts_s` seconds, as seconds from now.

    >>> _moments(0.0, 1.0, 4)
    [0.0, 0.25, 0.5, 0.75]
    """
    first, last = math.ceil(from_s * rps - 1e-9), math.ceil((from_s + lasts_s) * rps - 1e-9)
    return [max(0.0, number / rps - from_s) for number in range(first, last)]


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Ctrl-C within this is noted in the list, not raised: it could hit the lab half-way.

    Where Python cannot hear of signals (in a thread, in a browser tab) nothing is changed.
    """
    heard: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        heard.append(number)

    try:
        before = signal.signal(signal.SIGINT, note)
    except ValueError:
        yield heard
        return
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


def find_service(snapshot: Mapping[str, Any], service: str) -> Mapping[str, Any]:
    """The service of a name, `cluster/name` or ARN; raises ValueError, with what there is."""
    known = [each for each in snapshot["services"] if each["status"] != "INACTIVE"]
    found: list[Mapping[str, Any]] = [each for each in known if service in _names(each)]
    if len(found) != 1:
        there = ", ".join(sorted(_names(each)[1] for each in known)) or "none yet"
        what = "more than one service" if found else "no service"
        raise ValueError(f"there is {what} {service!r}; give a URL or one of: {there}")
    return found[0]


def url_of(snapshot: Mapping[str, Any], service: Mapping[str, Any]) -> str:
    """The address of the load balancer in front of a service; raises ValueError without any."""
    groups = {each.get("targetGroupArn") for each in service.get("loadBalancers", [])}
    names = {each.get("loadBalancerName") for each in service.get("loadBalancers", [])}
    for balancer in snapshot["loadBalancers"]:
        for listener in balancer["Listeners"]:
            if groups & set(listener["TargetGroupArns"]) or (
                balancer["Type"] == "classic" and balancer["LoadBalancerName"] in names
            ):
                scheme = "https" if listener["Protocol"] in ("HTTPS", "TLS", "SSL") else "http"
                usual = listener["Port"] == {"http": 80, "https": 443}[scheme]
                port = "" if usual else f":{listener['Port']}"
                return f"{scheme}://{balancer['DNSName']}{port}"
    raise ValueError(f"the service {service['serviceName']!r} has no load balancer: give a URL")


def _names(service: Mapping[str, Any]) -> tuple[str, str, str]:
    cluster = str(service["clusterArn"]).rpartition("/")[2]
    name = str(service["serviceName"])
    return name, f"{cluster}/{name}", str(service["serviceArn"])
