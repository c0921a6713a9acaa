"""Which tasks go first when a service is scaled in, by its placement strategies.

spread keeps the Availability Zones balanced, and in a zone the task goes by chance; binpack stops
the task whose instance keeps most of the resource afterwards.
Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from ecs_lab.engine.model import Task
from ecs_lab.engine.placement import INSTANCE, kinds_and_fields, spread_fields, spread_value

_Key = tuple[float, ...]


def scale_in_order(
    tasks: Sequence[Task], strategies: Sequence[Mapping[str, str]], count: int | None = None
) -> list[Task]:
    """The tasks in the order in which they are stopped, the first `count` of them (all for None).

    Chance is that of the tasks' ids, so that the same tasks always go in the same order.
    """
    if count is not None and count <= 0:
        return []
    farewell = _Farewell(tasks, strategies)
    return [farewell.next() for _ in range(len(tasks) if count is None else min(count, len(tasks)))]


class _Farewell:
    """Tasks that go one after another.

    Those of one instance stand in line. Instances with the same zone and values of the attributes
    that are spread over make a group, so that a choice costs a look at the head of each group.
    """

    def __init__(self, tasks: Sequence[Task], strategies: Sequence[Mapping[str, str]]) -> None:
        self._strategies = kinds_and_fields(strategies)
        self._fields = [each for each in spread_fields(strategies) if each not in INSTANCE]
        self._left: Counter[tuple[str, str]] = Counter()
        self._freed: Counter[tuple[str, str]] = Counter()
        self._lines: dict[str, list[Task]] = {}
        self._groups: dict[tuple[str, ...], list[tuple[_Key, str, str]]] = {}
        for task in sorted(tasks, key=lambda each: each.id, reverse=True):
            self._lines.setdefault(_place(task), []).append(task)
            self._left.update(self._values(task))
        for place, line in self._lines.items():
            line.sort(key=self._sizes)
            self._groups.setdefault(self._shared(line[-1]), []).append(self._entry(place))
        for group in self._groups.values():
            heapify(group)

    def next(self) -> Task:
        """The next task to go."""
        groups = [each for each in self._groups.values() if each]
        best = min(groups, key=lambda each: self._standing(each[0]))
        place = heappop(best)[2]
        task = self._lines[place].pop()
        self._left.subtract(self._values(task))
        self._freed["cpu", place] += task.definition.needs.cpu_units
        self._freed["memory", place] += task.definition.needs.memory_mib
        if self._lines[place]:
            heappush(best, self._entry(place))
        return task

    def _entry(self, place: str) -> tuple[_Key, str, str]:
        """An instance in its group: its own part of the standing, and the task that would go."""
        task = self._lines[place][-1]
        own = [
            -self._left["instanceId", place] if name in INSTANCE else self._kept(task, name)
            for kind, name in self._strategies
            if kind == "binpack" or name in INSTANCE
        ]
        return tuple(own), task.id, place

    def _kept(self, task: Task, resource: str) -> float:
        """Less than nothing by as much as the instance keeps when the task is gone."""
        instance, needs = task.container_instance, task.definition.needs
        if instance is None:
            return 0
        if resource.lower() == "cpu":
            return -(instance.free_cpu + self._freed["cpu", _place(task)] + needs.cpu_units)
        return -(instance.free_memory + self._freed["memory", _place(task)] + needs.memory_mib)

    def _standing(self, entry: tuple[_Key, str, str]) -> tuple[_Key, str]:
        """The smallest goes first; each strategy settles the ties of those before it."""
        own, task_id, place = entry
        task, rest, standing = self._lines[place][-1], iter(own), list[float]()
        for kind, name in self._strategies:
            if kind == "spread":
                standing.append(-self._left["zone", task.zone or ""])
            if kind == "binpack" or name in INSTANCE:
                standing.append(next(rest))
            elif kind == "spread":
                standing.append(-self._left[name, _value(task, name)])
        return tuple(standing), task_id

    def _values(self, task: Task) -> list[tuple[str, str]]:
        """What a task counts for: its zone, its instance, its values of the fields."""
        own = [("zone", task.zone or ""), ("instanceId", _place(task))]
        return own + [(name, _value(task, name)) for name in self._fields]

    def _shared(self, task: Task) -> tuple[str, ...]:
        return (task.zone or "", *(_value(task, name) for name in self._fields))

    def _sizes(self, task: Task) -> tuple[int, ...]:
        """How much of what is packed the task frees: of an instance's tasks the largest goes."""
        needs = task.definition.needs
        return tuple(
            needs.cpu_units if name.lower() == "cpu" else needs.memory_mib
            for kind, name in self._strategies
            if kind == "binpack"
        )


def _place(task: Task) -> str:
    """The instance's id, or the zone of a task on Fargate, where no two share an instance."""
    instance = task.container_instance
    return instance.id if instance is not None else f"Fargate {task.zone}"


def _value(task: Task, name: str) -> str:
    instance = task.container_instance
    return spread_value(instance, name) if instance is not None else task.zone or ""
