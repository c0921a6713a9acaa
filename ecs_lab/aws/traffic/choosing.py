"""Which target of a target group gets a request.

Requests go to the healthy targets in the zones that the load balancer is enabled in; where there
is none of them, to all that are not draining or unused (it fails open).
Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from random import Random

from ecs_lab.aws.checked_targets import CheckedTargets, Registered

FAILS_OPEN = ("healthy", "unhealthy", "initial")
LEAST_SLOW_START_SHARE = 0.01


class Turns:
    """Whose turn it is: where each rotation stands, and the dice of one world."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._last: dict[str, int] = {}
        self._credit: dict[str, dict[str, float]] = {}

    def next(self, of: str, count: int) -> int:
        """The next of `count` in turn."""
        self._last[of] = turn = (self._last.get(of, -1) + 1) % count
        return turn

    def weighted(self, of: str, weights: Mapping[str, float]) -> str:
        """The next in turn, where each comes as often as its weight says, evenly mixed."""
        credit = self._credit.setdefault(of, {})
        for gone in credit.keys() - weights.keys():
            del credit[gone]
        for each, weight in weights.items():
            credit[each] = credit.get(each, 0.0) + weight
        chosen = max(weights, key=credit.__getitem__)
        credit[chosen] -= sum(weights.values())
        return chosen


def target(
    turns: Turns, group: CheckedTargets, algorithm: str, zone: str | None, now_s: float
) -> Registered | None:
    """The target of the next request; `zone` is that of the node where it may not cross zones.

    None where no target is registered that could be asked (the load balancer answers 503).
    """
    if algorithm == "round_robin" and not group.slow_start_s:
        return _in_turn(turns, group, zone)
    candidates = usable(group, zone)
    if not candidates:
        return None
    if algorithm == "least_outstanding_requests":
        least = min(outstanding(each, now_s) for each in candidates)
        candidates = [each for each in candidates if outstanding(each, now_s) == least]
    elif algorithm == "weighted_random":
        return turns.random.choice(candidates)
    elif any(_share(group, each, now_s) < 1.0 for each in candidates):
        by_name = {each.name: each for each in candidates}
        shares = {name: _share(group, each, now_s) for name, each in by_name.items()}
        return by_name[turns.weighted(group.name, shares)]
    return candidates[turns.next(f"{group.name} {zone}", len(candidates))]


def _in_turn(turns: Turns, group: CheckedTargets, zone: str | None) -> Registered | None:
    """The next healthy one, without looking at all the others."""
    every = list(group.registered.values())
    enabled = group.zones()
    key = f"{group.name} {zone}"
    for _ in every:
        each = every[turns.next(key, len(every))]
        if _is(group, each, ("healthy",), zone, enabled):
            return each
    open_to = [each for each in every if _is(group, each, FAILS_OPEN, zone, enabled)]
    return open_to[turns.next(key, len(open_to))] if open_to else None


def usable(group: CheckedTargets, zone: str | None) -> list[Registered]:
    """The healthy targets, or all that can be asked where none is."""
    return list(_in_state(group, ("healthy",), zone)) or list(_in_state(group, FAILS_OPEN, zone))


def any_healthy(group: CheckedTargets, zone: str) -> bool:
    """Whether a zone has a healthy target."""
    return next(_in_state(group, ("healthy",), zone), None) is not None


def _in_state(
    group: CheckedTargets, states: tuple[str, ...], zone: str | None
) -> Iterator[Registered]:
    enabled = group.zones()
    return (each for each in group.registered.values() if _is(group, each, states, zone, enabled))


def _is(
    group: CheckedTargets,
    each: Registered,
    states: tuple[str, ...],
    zone: str | None,
    enabled: set[str],
) -> bool:
    if zone is not None and group.zone_of(each) not in (zone, None):
        return False
    return group.health_in(each, enabled).state in states


def by_name(group: CheckedTargets, name: str) -> Registered | None:
    """The healthy target that a client is bound to, or None."""
    target_id, _, port = name.rpartition(":")
    found = group.registered.get((target_id, int(port))) if port.isdecimal() else None
    return found if found is not None and group.health(found.key).state == "healthy" else None


def outstanding(each: Registered, now_s: float) -> int:
    """How many requests a target is busy with."""
    while each.busy_until_s and each.busy_until_s[0] <= now_s:
        heapq.heappop(each.busy_until_s)
    return len(each.busy_until_s)


def _share(group: CheckedTargets, each: Registered, now_s: float) -> float:
    """The share of a full share that a target in slow start gets: it grows linearly to 1."""
    if each.slow_since_s is None or not group.slow_start_s:
        return 1.0
    return min(1.0, max(LEAST_SLOW_START_SHARE, (now_s - each.slow_since_s) / group.slow_start_s))
