"""Tasks and containers by the names that people give them."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_lab.engine.ecs import Ecs
from ecs_lab.engine.model import Container, Task


def task(regions: Iterable[Ecs], name: str) -> Task:
    """The task of an ARN or an id, in whatever cluster; raises LookupError."""
    clusters = [each for ecs in regions for each in ecs.state.clusters.values()]
    task_id = name.rpartition("/")[2]
    for cluster in clusters:
        found = cluster.tasks.get(task_id)
        if found is not None and name in (found.arn, task_id):
            return found
    there = [each for cluster in clusters for each in cluster.tasks]
    listed = ", ".join(there[:5]) + (" and others" if len(there) > 5 else "")
    raise LookupError(f"There is no task {name!r} in this lab; there are: {listed or 'none'}.")


def container(of: Task, name: str) -> Container:
    """A container of a task; raises LookupError."""
    found = next((each for each in of.containers if each.name == name), None)
    if found is None:
        names = ", ".join(each.name for each in of.containers)
        raise LookupError(f"The task has no container {name!r}; it has: {names}.")
    return found
