"""Capacity provider strategies: which provider the next task goes to, by base and weight.

The base comes first: as many tasks as it says go to its provider. Those after it are shared out in
the ratio of the weights; a provider of weight 0 gets none.
Source:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from ecs_lab.engine.model import CapacityProvider, Document, Task

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
"""The providers that are there from the start, in every account.

Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""


def launch_type(providers: Mapping[str, CapacityProvider], name: str) -> str:
    """What the tasks of a provider run on: DescribeTasks shows it as their launchType.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/getting-started-managed-instances-cli.html

    >>> launch_type({}, "FARGATE_SPOT"), launch_type({}, "blue-machines")
    ('FARGATE', 'EC2')
    """
    if name in FARGATE_PROVIDERS:
        return "FARGATE"
    return "MANAGED_INSTANCES" if name in providers and providers[name].managed else "EC2"


def split(strategy: Sequence[Document], there: Mapping[str, int], count: int) -> list[str]:
    """The providers of `count` more tasks, in order, when each provider has `there` tasks already.

    >>> both = [{"capacityProvider": "a", "base": 2, "weight": 1},
    ...         {"capacityProvider": "b", "weight": 3}]
    >>> split(both, {}, 6)
    ['a', 'a', 'b', 'b', 'a', 'b']
    >>> split(both, {"a": 3, "b": 2}, 1)
    ['b']
    """
    counts = Counter(there)
    chosen = []
    for _ in range(count):
        chosen.append(_next(strategy, counts))
        counts[chosen[-1]] += 1
    return chosen


def _next(strategy: Sequence[Document], counts: Mapping[str, int]) -> str:
    for each in strategy:
        if counts[each["capacityProvider"]] < each.get("base", 0):
            return str(each["capacityProvider"])
    weighed = [each for each in strategy if each.get("weight", 0) > 0]
    return str(min(weighed, key=lambda each: _load(each, counts))["capacityProvider"])


def _load(item: Document, counts: Mapping[str, int]) -> Fraction:
    """How full the provider would be with one task more, measured by its weight."""
    beyond_base = counts[item["capacityProvider"]] - item.get("base", 0)
    return Fraction(beyond_base + 1, item["weight"])


def providers_of(tasks: Iterable[Task]) -> Counter[str]:
    """How many of the tasks that are to run each provider has."""
    return Counter(each.capacity_provider or "" for each in tasks if not each.stopping)
