"""Service Connect's proxies: from an endpoint's name in a task to a task of the service behind it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ecs_lab.aws import network
from ecs_lab.aws.network import NoPlaceError
from ecs_lab.aws.traffic.sources import Source
from ecs_lab.aws.traffic.ways import refused
from ecs_lab.engine import service_connect
from ecs_lab.engine.model import Endpoint, Task
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.messages import Request, Response
from ecs_lab.runtime.replies import Hop, Reply, through

if TYPE_CHECKING:
    from ecs_lab.aws.traffic.sending import Traffic

RETRIES = 2
OUTLIER_FAILURES = 5
OUTLIER_WINDOW_S = 30.0
EJECTED_S = 30.0
"""How long a task is avoided after so many failures in the window; AWS says 30 to 300 s, the lab
takes the least."""

SERVER = "envoy"
NO_HOST = "no healthy upstream"
NO_CONNECTION = (
    "upstream connect error or disconnect/reset before headers. reset reason: connection failure"
)
TOO_LATE = "upstream request timeout"
"""What the proxy, which is Envoy, answers by itself; AWS's pages do not give the texts."""


@dataclass(slots=True)
class Outliers:
    """What a proxy remembers of failures: when, and until when a task is avoided."""

    failures: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    ejected: dict[tuple[str, str], float] = field(default_factory=dict)

    def failed(self, source: Task, task: Task, now_s: float) -> None:
        """A connection from one task to another has failed."""
        key = source.arn, task.arn
        recent = [each for each in self.failures.get(key, []) if each > now_s - OUTLIER_WINDOW_S]
        self.failures[key] = [*recent, now_s]
        if len(self.failures[key]) >= OUTLIER_FAILURES:
            self.ejected[key] = now_s + EJECTED_S
            del self.failures[key]

    def avoids(self, source: Task, task: Task, now_s: float) -> bool:
        """Whether a task's proxy does not connect to another task now."""
        return self.ejected.get((source.arn, task.arn), now_s) > now_s


def endpoints(source: Source, host: str) -> list[Endpoint]:
    """The endpoints of a name in the container where a request begins: those that its deployment
    knows.
    """
    if source.task is None or source.task.deployment is None:
        return []
    found = source.task.deployment.endpoints.items()
    return [each for (name, _), each in found if name == host.lower()]


def send(
    traffic: Traffic, source: Source, known: list[Endpoint], port: int, request: Request
) -> Reply:
    """Send a request to the endpoint of this port; raises UnreachableError."""
    where = f"{request.scheme}://{request.headers['host']}"
    endpoint = next((each for each in known if each.port == port), None)
    if endpoint is None:
        ports = ", ".join(str(each.port) for each in known)
        raise refused(where, f"The Service Connect endpoint listens on port {ports}, not {port}.")
    assert source.task is not None
    hop = _proxy_hop(source.task, endpoint)
    why = NO_HOST
    for task, there in _in_turn(traffic, source.task, endpoint):
        found = _ask(traffic, source, task, there, request)
        if isinstance(found, Response):
            if endpoint.timeout_s and found.took_s > endpoint.timeout_s:
                return _own_answer(504, TOO_LATE, hop, endpoint.timeout_s)
            return through((hop, *_arrival(task)), found)
        traffic.outliers.failed(source.task, task, traffic.now())
        why = f"{NO_CONNECTION}; {found}"
    if endpoint.protocol == "tcp":
        raise UnreachableError(f"{where}: connection closed by the Service Connect proxy: {why}")
    return _own_answer(503, why.partition(";")[0], hop._replace(detail=f"{hop.detail}; {why}"))


def _proxy_hop(task: Task, endpoint: Endpoint) -> Hop:
    proxy = next(each for each in task.containers if service_connect.is_proxy(each))
    name = f"{endpoint.dns_name}:{endpoint.port}"
    return Hop("proxy", proxy.name, proxy.arn, task.zone or "", f"Service Connect to {name}")


def _arrival(task: Task) -> tuple[Hop, ...]:
    proxies = (each for each in task.containers if service_connect.is_proxy(each))
    return tuple(Hop("proxy", each.name, each.arn, task.zone or "", "") for each in proxies)


def _own_answer(status: int, text: str, hop: Hop, took_s: float = 0.0) -> Reply:
    headers = {"server": SERVER, "content-type": "text/plain"}
    return Reply(status, headers, text.encode(), took_s, (hop,))


def _in_turn(traffic: Traffic, source: Task, endpoint: Endpoint) -> list[tuple[Task, Endpoint]]:
    """The tasks behind an endpoint in the order in which they are tried: round robin, without
    outliers (unless there is nobody else), and as often as it is tried again.
    """
    found = list(_behind(endpoint))
    well = [e for e in found if not traffic.outliers.avoids(source, e[0], traffic.now())] or found
    if not well:
        return []
    first = traffic.turns.next(f"{source.arn} {endpoint.dns_name}", len(well))
    return (well[first:] + well[:first])[: RETRIES + 1]


def _behind(endpoint: Endpoint) -> list[tuple[Task, Endpoint]]:
    """The running tasks of the endpoint's service that offer it, as they offer it."""
    if endpoint.service is None:
        return []
    found = []
    for task in endpoint.service.tasks.values():
        there = _offered(task, endpoint)
        running = task.last_status == "RUNNING" and task.health_status != "UNHEALTHY"
        if there is not None and running and not task.stopping:
            found.append((task, there))
    return found


def _offered(task: Task, endpoint: Endpoint) -> Endpoint | None:
    known = task.deployment.endpoints.values() if task.deployment is not None else ()
    return next(
        (
            each
            for each in known
            if each.service is endpoint.service and each.discovery_name == endpoint.discovery_name
        ),
        None,
    )


def _ask(
    traffic: Traffic, source: Source, task: Task, there: Endpoint, request: Request
) -> Response | str:
    """The answer of a task, or why no connection to it came about."""
    port = _listens_on(task, there)
    try:
        place = network.of_task(task)
    except NoPlaceError as error:
        return str(error)
    blocked = traffic.ways.obstacle(traffic.world.changes, source.place, place, port)
    if blocked is not None:
        return blocked.sentence
    inner = replace(request, client_ip="127.0.0.1")
    host = task.interface.private_ip if task.interface is not None else ""
    inside = there.container_port if task.interface is not None else port
    found = traffic.world.answer_at(host, inside, inner, task)
    return found or f"nothing listens on port {there.container_port} of the task {task.id}"


def _listens_on(task: Task, there: Endpoint) -> int:
    """The port on which others reach the proxy: in bridge mode one of the host. AWS gives the proxy
    a dynamic port of its own there, the lab takes the one that the container has.
    """
    if task.interface is not None:
        return there.ingress_port
    for container in task.containers:
        for each in container.network_bindings:
            if each.get("containerPort") == there.container_port:
                return int(each["hostPort"])
    return there.ingress_port
