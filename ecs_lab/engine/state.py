"""All that one Region's ECS holds, and how its things are found by name or ARN."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ecs_lab.engine.clock import Clock, Event
from ecs_lab.engine.durations import typical_durations
from ecs_lab.engine.errors import (
    ClientException,
    ClusterNotFoundException,
    InvalidParameterException,
)
from ecs_lab.engine.ids import Ids
from ecs_lab.engine.model import (
    CapacityProvider,
    Cluster,
    Happening,
    Service,
    Task,
    TaskDefinition,
)
from ecs_lab.engine.surroundings import Anywhere, Surroundings

Observer = Callable[["State", str, object, str], None]
"""Hears of changes: the state, what kind of thing changed, the thing, and the event's name.

It has to be a function at module level or a bound method, so that a lab can be copied.
"""

Thing = TypeVar("Thing")

REMEMBERED = 20_000
"""How many lines of history are kept at least."""


class State:
    """One Region of one account: clusters, task definitions, the clock they share, and the
    history.
    """

    def __init__(
        self,
        clock: Clock,
        surroundings: Surroundings | None = None,
        *,
        region: str = "us-east-1",
        account_id: str = "123456789012",
        seed: int = 0,
    ) -> None:
        """An empty Region, in surroundings where all is there if none are given; `seed` decides
        every id and random choice.
        """
        self.clock = clock
        self.surroundings: Surroundings = surroundings or Anywhere(region)
        self.region = region
        self.account_id = account_id
        self.ids = Ids(seed)
        self.durations = typical_durations()
        self.clusters: dict[str, Cluster] = {}
        self.families: dict[str, dict[int, TaskDefinition]] = {}
        self.capacity_providers: dict[str, CapacityProvider] = {}
        self.capacity_look: Event | None = None
        self.spot_available = True
        self.spot_returns: Event | None = None
        self.client_tokens: dict[tuple[str, str, str], tuple[float, str, str]] = {}
        self.account_settings: dict[str, str] = {}
        self.principal_settings: dict[str, dict[str, str]] = {}
        self.history: list[Happening] = []
        self.task_changed: Callable[[State, Task], None] = _nobody_listens
        self.observers: list[Observer] = []

    def arn(self, kind: str, path: str) -> str:
        """An ARN of this Region's ECS, such as arn:aws:ecs:us-east-1:123456789012:cluster/shop."""
        return f"arn:aws:ecs:{self.region}:{self.account_id}:{kind}/{path}"

    def note(self, kind: str, subject: str, name: str, what: str) -> None:
        """Write a line of history; of a very long one the oldest part is forgotten."""
        self.history.append(Happening(self.clock.now, kind, subject, name, what))
        if len(self.history) > 2 * REMEMBERED:
            del self.history[:REMEMBERED]

    def tell(self, kind: str, thing: object, event_name: str = "") -> None:
        """Tell the observers that something changed: what EventBridge gets its events from.

        `kind` is "task", "container instance", "service" or "deployment"; the last two come with
        the event's name, such as SERVICE_STEADY_STATE.
        """
        for observer in self.observers:
            observer(self, kind, thing, event_name)

    def known_cluster(self, name_or_arn: str | None) -> Cluster | None:
        """The cluster of that name or ARN (`default` for None), a deleted one too, or None."""
        name = self._own_name(name_or_arn or "default", "cluster")
        return self.clusters.get(name) if name else None

    def find_cluster(self, name_or_arn: str | None) -> Cluster | None:
        """The cluster of that name or ARN (`default` for None) that is not INACTIVE, or None."""
        cluster = self.known_cluster(name_or_arn)
        return cluster if cluster and cluster.status != "INACTIVE" else None

    def cluster(self, name_or_arn: str | None) -> Cluster:
        """The cluster, or ClusterNotFoundException."""
        cluster = self.find_cluster(name_or_arn)
        if cluster is None:
            raise ClusterNotFoundException
        return cluster

    def find_service(self, cluster: Cluster, name_or_arn: str) -> Service | None:
        """The service of that name or ARN in the cluster, INACTIVE ones too, or None."""
        name = name_or_arn
        if name.startswith("arn:"):
            prefix = self.arn("service", f"{cluster.name}/")
            name = name.removeprefix(prefix) if name.startswith(prefix) else ""
        return cluster.services.get(name)

    def find_task(self, cluster: Cluster, id_or_arn: str) -> Task | None:
        """The task of that id or ARN in the cluster, or None."""
        prefix = self.arn("task", f"{cluster.name}/")
        return cluster.tasks.get(id_or_arn.removeprefix(prefix))

    def find_task_definition(self, name: str) -> TaskDefinition | None:
        """The revision named by `family`, `family:revision` or ARN; `family` alone is its newest
        ACTIVE one.
        """
        own = self._own_name(name, "task-definition")
        family, _, revision = (own or "").partition(":")
        revisions = self.families.get(family, {})
        if revision:
            return revisions.get(int(revision)) if revision.isdecimal() else None
        active = [each for each in revisions.values() if each.status == "ACTIVE"]
        return active[-1] if active else None

    def usable_task_definition(self, name: str) -> TaskDefinition:
        """The task definition for a new task or service: it has to exist and to be ACTIVE."""
        definition = self.find_task_definition(name)
        if definition is None:
            raise ClientException("TaskDefinition not found.")
        if definition.status != "ACTIVE":
            raise ClientException("TaskDefinition is inactive")
        return definition

    def _own_name(self, name_or_arn: str, kind: str) -> str | None:
        """The name in an ARN of this account and Region; a plain name as it is; None for somebody
        else's ARN.
        """
        if not name_or_arn.startswith("arn:"):
            return name_or_arn
        prefix = self.arn(kind, "")
        return name_or_arn.removeprefix(prefix) if name_or_arn.startswith(prefix) else None


def _nobody_listens(state: State, task: Task) -> None:
    """What happens on a task's change before the service scheduler listens: nothing."""


def find_each(
    names: Iterable[str], find: Callable[[str], Thing | None], prefix: str
) -> tuple[list[Thing], list[dict[str, str]]]:
    """The things of these names or ARNs, and a MISSING failure for each that is not there.

    `prefix` is what makes an ARN of a name.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
    """
    found, failures = [], []
    for name in names:
        thing = find(name)
        if thing is None:
            arn = name if name.startswith("arn:") else prefix + name
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(thing)
    return found, failures


def page(
    request: dict[str, Any], key: str, items: list[Any], default: int = 100, most: int = 100
) -> dict[str, Any]:
    """One page of a list operation's answer under `key`, with `nextToken` when there is more.

    `maxResults` is 1 to `most`; the token is the place to go on from.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
    """
    size = request.get("maxResults", default)
    if not 1 <= size <= most:
        raise InvalidParameterException(f"maxResults must be between 1 and {most}; got {size}.")
    token = request.get("nextToken") or "0"
    if not token.isdecimal() or int(token) > len(items):
        raise InvalidParameterException("Invalid token")
    start = int(token)
    answer: dict[str, Any] = {key: items[start : start + size]}
    if start + size < len(items):
        answer["nextToken"] = str(start + size)
    return answer
