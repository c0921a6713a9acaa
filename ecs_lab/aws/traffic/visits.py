"""One request at one node of a load balancer, on its way to a target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.network import Place
from ecs_lab.aws.traffic.sources import Source
from ecs_lab.runtime.messages import Request
from ecs_lab.runtime.replies import Hop, Reply

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic

ERRORS = {
    400: "400 Bad Request",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}
PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "</body>\r\n</html>\r\n"
)
SERVER = "awselb/2.0"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at one node of a load balancer; `private_link` for one through an endpoint."""

    traffic: Traffic
    balancer: Any
    node: Place
    source: Source
    request: Request
    hops: tuple[Hop, ...]
    private_link: bool = False

    def further(self, *hops: Hop) -> Visit:
        """The same with more hops behind it."""
        return replace(self, hops=self.hops + hops)

    def error(self, status: int, why: str, took_s: float = 0.0) -> Reply:
        """The load balancer's own error page; the last hop says why."""
        last = self.hops[-1]._replace(detail=f"{self.hops[-1].detail}; {why}".lstrip("; "))
        self.traffic.metrics.failed(self.balancer, status)
        return page(status, (*self.hops[:-1], last), took_s)


def page(status: int, hops: tuple[Hop, ...], took_s: float) -> Reply:
    """An error page of a load balancer's own."""
    headers = {"server": SERVER, "content-type": "text/html"}
    return Reply(status, headers, PAGE.format(ERRORS[status]).encode(), took_s, hops)
