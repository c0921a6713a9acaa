"""Requests on their way: from a name to an address, from there to what listens, with everything in
the way that is in the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ecs_lab.aws import network
from ecs_lab.aws.checked_targets import Registered
from ecs_lab.aws.classic_targets import ClassicTargets
from ecs_lab.aws.network import NoPlaceError, Place, names
from ecs_lab.aws.target_groups import LabTargetGroup, target_groups_of
from ecs_lab.aws.traffic import arrivals, checks, classic, failover, proxies, sources
from ecs_lab.aws.traffic.choosing import Turns
from ecs_lab.aws.traffic.metrics import Metrics
from ecs_lab.aws.traffic.sources import Source
from ecs_lab.aws.traffic.ways import Ways, timed_out
from ecs_lab.engine.surroundings import TargetHealth
from ecs_lab.runtime.inside import UnreachableError
from ecs_lab.runtime.messages import Request, Response
from ecs_lab.runtime.replies import Reply, through

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

PORTS = {"http": 80, "https": 443}


class Traffic:
    """The requests of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.turns = Turns(world.seed)
        self.ways = Ways()
        self.metrics = Metrics(world)
        self.outliers = proxies.Outliers()

    def send(
        self,
        source: Source,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Send an HTTP request; takes no time of the world.

        Raises UnreachableError where no answer comes: no such name, nothing at the address, a
        security group in the way. Raises ValueError for what is no URL of http or https.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(f"{url!r} is no URL of http or https: write http://name/path.")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lower = {key.lower(): value for key, value in (headers or {}).items()}
        lower.setdefault("host", parts.netloc.rpartition("@")[2])
        request = Request(method.upper(), path, lower, body, parts.scheme, source.place.address)
        port = parts.port or PORTS[parts.scheme]
        return self.to_host(source, parts.hostname, port, request)

    def send_from(
        self,
        description: Mapping[str, Any],
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Send an HTTP request from a source that is described (see `sources.described`); a
        container reaches what its program reaches: localhost, links, metadata, the rest.
        """
        source = sources.described(self.world, description)
        if source.container is None:
            return self.send(source, method, url, headers, body)
        inside = self.world.containers.inside(source.container)
        if inside is None:
            name = source.container.name
            raise UnreachableError(f"The container {name} does not run: nothing is sent from it.")
        lower = {key.lower(): value for key, value in (headers or {}).items()}
        request = Request(method.upper(), headers=lower, body=body)
        return through((), self.world.containers.send(inside, url, request))

    def to_host(self, source: Source, host: str, port: int, request: Request) -> Reply:
        """A request to a Service Connect endpoint that the source's task knows, or else to one of
        the addresses of a name, whichever its DNS answer has first.
        """
        known = proxies.endpoints(source, host)
        if known:
            return proxies.send(self, source, known, port, request)
        addresses = failover.in_service(self, names.addresses(host, source.place))
        if not addresses:
            raise UnreachableError(f"Could not resolve host: {host}")
        address = self.turns.random.choice(addresses)
        return arrivals.at_address(self, source, address, port, request)

    # What the parts of this package use of each other.

    def now(self) -> float:
        """Virtual time, in seconds since the epoch."""
        return self.world.now()

    def check_way(self, source: Source, destination: Place, port: int, where: str) -> None:
        """Raises UnreachableError where something is in the way."""
        found = self.ways.obstacle(self.world.changes, source.place, destination, port)
        if found is not None:
            raise timed_out(where, found)

    def group(self, balancer: Any, arn: str) -> LabTargetGroup | None:
        """A target group of a load balancer's Region, or None when it is gone."""
        groups = self.world.elbv2_of(balancer.arn).target_groups
        found: LabTargetGroup | None = groups.get(arn)
        return found

    def groups_of(self, balancer: Any) -> list[LabTargetGroup]:
        """The target groups of an Application or Network Load Balancer; a Classic one has none."""
        if not hasattr(balancer, "type"):
            return []
        arns = {arn for each in balancer.listeners.values() for arn in target_groups_of(each)}
        found = (self.group(balancer, arn) for arn in sorted(arns))
        return [each for each in found if each is not None]

    def leg_to_target(
        self, node: Place, group: LabTargetGroup, target: Registered, port: int
    ) -> str | None:
        """What keeps a load balancer's node from a target, in a sentence, or None."""
        try:
            place = self.place_of(group, target)
        except NoPlaceError as error:
            return str(error)
        found = self.ways.obstacle(self.world.changes, node, place, port)
        return found.sentence if found is not None else None

    def place_of(self, group: LabTargetGroup, target: Registered) -> Place:
        """Where a target is; raises NoPlaceError."""
        if target.task is not None:
            found = partial(network.of_task, target.task)
            return self.ways.place(self.world.changes, target.task.arn, found)
        ec2 = group.ec2_backend
        if group.target_type == "instance":
            instance = ec2.get_instance_by_id(target.id)
            if instance is None:
                raise NoPlaceError(f"There is no instance {target.id}.")
            return network.of_instance(instance)
        return arrivals.place_at(ec2, target.id)

    def check(self, group: LabTargetGroup, target: Registered) -> TargetHealth:
        """What a health check of a target finds."""
        return checks.check(self, group, target)

    def check_classic(self, targets: ClassicTargets, target: Registered) -> TargetHealth:
        """What a health check of an instance of a Classic Load Balancer finds."""
        return classic.check(self, targets, target)

    def at_target(self, target: Registered, port: int, request: Request) -> Response | None:
        """What a target answers at a port, or None where nothing listens."""
        return self.world.answer_at(target.id, port, request, target.task)
