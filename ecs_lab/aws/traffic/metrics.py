"""What load balancers measure: counts of requests and answers, and healthy hosts, for CloudWatch
once a minute of virtual time.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecs_lab.aws import metric_data
from ecs_lab.aws.target_groups import LabTargetGroup
from ecs_lab.runtime.messages import Response

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

PERIOD_S = 60.0
NAMESPACES = {"application": "AWS/ApplicationELB", "network": "AWS/NetworkELB"}
Key = tuple[str, str, tuple[tuple[str, str], ...]]
"""Namespace, metric and dimensions."""


class Metrics:
    """The counts of one world's load balancers since the last full minute."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sums: dict[Key, float] = {}
        self._means: dict[Key, list[float]] = {}
        self._ticking = False

    def observe(self) -> None:
        """Keep step: the minute ticks while there is a load balancer."""
        if not self._ticking and self._balancers():
            self._ticking = True
            delay_s = PERIOD_S - self._world.now() % PERIOD_S
            self._world.clock.schedule(delay_s, self._minute, background=True)

    def chosen(self, balancer: Any, group: LabTargetGroup) -> None:
        """A target was chosen for a request (at a Network Load Balancer for a connection)."""
        counted = "RequestCount" if balancer.type == "application" else "NewFlowCount"
        whole = {"LoadBalancer": short_name(balancer.arn)}
        for where in (whole, {"TargetGroup": short_name(group.arn), **whole}):
            self._count(balancer, counted, where)

    def acted(self, balancer: Any, name: str) -> None:
        """A rule redirected a client, or answered with a fixed response."""
        self._count(balancer, name, {"LoadBalancer": short_name(balancer.arn)})

    def failed(self, balancer: Any, status: int) -> None:
        """A load balancer answered with an error of its own."""
        if getattr(balancer, "type", "classic") != "application":
            return
        where = {"LoadBalancer": short_name(balancer.arn)}
        self._count(balancer, f"HTTPCode_ELB_{status // 100}XX_Count", where)
        if status in (500, 502, 503, 504):
            self._count(balancer, f"HTTPCode_ELB_{status}_Count", where)

    def answered(self, balancer: Any, group: LabTargetGroup, response: Response) -> None:
        """A target answered."""
        if balancer.type != "application":
            return
        whole = {"LoadBalancer": short_name(balancer.arn)}
        own = {"TargetGroup": short_name(group.arn), **whole}
        for where in (whole, own):
            self._count(balancer, f"HTTPCode_Target_{response.status // 100}XX_Count", where)
            key = NAMESPACES["application"], "TargetResponseTime", tuple(where.items())
            self._means.setdefault(key, []).append(response.took_s)

    def _count(self, balancer: Any, name: str, dimensions: Mapping[str, str]) -> None:
        key = NAMESPACES[balancer.type], name, tuple(dimensions.items())
        self._sums[key] = self._sums.get(key, 0.0) + 1.0

    # Every minute

    def _balancers(self) -> list[Any]:
        backend = self._world.elbv2
        return list(backend.load_balancers.values())

    def _minute(self) -> None:
        self._ticking = False
        sums, self._sums = self._sums, {}
        means, self._means = self._means, {}
        for (namespace, name, where), value in sums.items():
            self._put(namespace, name, value, dict(where), "Count")
        for (namespace, name, where), values in means.items():
            self._put(namespace, name, sum(values) / len(values), dict(where), "Seconds")
        for balancer in self._balancers():
            for group in self._world.traffic.groups_of(balancer):
                self._hosts(balancer, group, sums)
        self.observe()

    def _hosts(self, balancer: Any, group: LabTargetGroup, sums: Mapping[Key, float]) -> None:
        """Healthy and unhealthy targets, and the requests that each healthy one got."""
        zones = group.zones()
        states = [group.health_in(each, zones).state for each in group.registered.values()]
        healthy = states.count("healthy")
        where = {
            "TargetGroup": short_name(group.arn),
            "LoadBalancer": short_name(balancer.arn),
        }
        namespace = NAMESPACES[balancer.type]
        self._put(namespace, "HealthyHostCount", healthy, where, "Count")
        self._put(namespace, "UnHealthyHostCount", states.count("unhealthy"), where, "Count")
        asked = sums.get((namespace, "RequestCount", tuple(where.items())))
        if asked and healthy:
            of_group = {"TargetGroup": where["TargetGroup"]}
            for each in (of_group, where):
                self._put(namespace, "RequestCountPerTarget", asked / healthy, each, "Count")

    def _put(
        self, namespace: str, name: str, value: float, where: Mapping[str, str], unit: str
    ) -> None:
        world = self._world
        metric_data.add(
            world.account_id, world.region, world.now(), namespace, name, value, where, unit
        )


def short_name(arn: str) -> str:
    """What CloudWatch calls a load balancer or target group by: app/web/50dc6c495c0c9188."""
    return arn.rpartition(":")[2].removeprefix("loadbalancer/")
