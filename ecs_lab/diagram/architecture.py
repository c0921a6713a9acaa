"""The view "architecture": everything in the lab that matters, at its place."""

from __future__ import annotations

from collections.abc import Sequence

from ecs_lab.diagram import balancers, outside, reading, storage
from ecs_lab.diagram.drawing import (
    SERVICES_IN_A_CLUSTER,
    STOPPED_TASKS,
    TASK_DEFINITIONS,
    WAITING_TASKS,
    Drawing,
    more,
    task_node,
)
from ecs_lab.diagram.graph import Graph, Group, Node
from ecs_lab.diagram.network import Network
from ecs_lab.diagram.reading import Record


def architecture(snapshot: Record, title: str | None = None) -> Graph:
    """The graph of a whole lab: region, ECS clusters with their services, VPC, instances, tasks."""
    drawing = Drawing(snapshot)
    name = str(snapshot["region"])
    region = drawing.add(Group(f"region:{name}", "region", name))
    definitions = _task_definitions(drawing, region)
    upper = [(c, _cluster(drawing, c, region)) for c in _active(snapshot.get("clusters"))]
    if not upper:
        drawing.add(Node("none:ecs-cluster", "more", "no ECS cluster yet", region))
    Network(drawing).draw(region)
    outside.draw(drawing)
    storage.draw(drawing, region)
    balancers.draw(drawing, region)
    for cluster, starters in upper:
        _waiting_and_stopped(drawing, cluster["clusterName"])
        for starter, revisions, tasks in starters:
            drawing.connect(starter, (drawing.shown_as[t] for t in tasks), "runs")
            for revision in revisions & definitions:
                drawing.connect(f"task-definition:{revision}", [starter], "is used by")
    drawing.known |= {reading.task_key(t): str(t["lastStatus"]) for t in drawing.tasks()}
    return _in_order(drawing.graph(title or f"Architecture of the lab in {name}"))


Starter = tuple[str, set[str], list[str]]  # a node's key, the revisions it uses, its tasks' keys


def _active(records: Sequence[Record] | None) -> list[Record]:
    return [r for r in records or [] if r["status"] != "INACTIVE"]


def _in_order(graph: Graph) -> Graph:
    """The same graph with each group before what it holds, otherwise in the order of adding."""

    def below(key: str | None) -> list[Node]:
        return [n for item in children.get(key, []) for n in (item, *below(item.key))]

    children: dict[str | None, list[Node]] = {}
    for item in graph:
        children.setdefault(item.group, []).append(item)
    return Graph(graph.view, graph.title, tuple(below(None)), graph.edges, graph.known)


def _task_definitions(drawing: Drawing, region: str) -> set[str]:
    """Draw the revisions in use, then the newest of each other family; their names come back."""
    snapshot = drawing.snapshot
    used = {reading.revision(t["taskDefinitionArn"]) for t in drawing.live_tasks()}
    for service in _active(snapshot.get("services")):
        used |= _revisions(service)
    usable = [d for d in snapshot.get("taskDefinitions") or [] if d["status"] == "ACTIVE"]
    newest = {d["family"]: d["revision"] for d in sorted(usable, key=lambda d: int(d["revision"]))}
    worth = [
        d
        for d in snapshot.get("taskDefinitions") or []
        if _revision(d) in used
        or (d["status"] == "ACTIVE" and newest[d["family"]] == d["revision"])
    ]
    worth.sort(key=lambda d: (_revision(d) not in used, d["family"], d["revision"]))
    drawing.known |= {f"task-definition:{_revision(d)}": "ACTIVE" for d in usable}
    drawing.known |= {f"task-definition:{_revision(d)}": str(d["status"]) for d in worth}
    chosen = sorted(worth[:TASK_DEFINITIONS], key=lambda d: (d["family"], d["revision"]))
    for definition in chosen:
        drawing.add(_task_definition(definition, region))
    if len(worth) > TASK_DEFINITIONS:
        drawing.add(more(len(worth) - TASK_DEFINITIONS, "task definitions", region))
    return {_revision(d) for d in chosen}


def _revision(definition: Record) -> str:
    return f"{definition['family']}:{definition['revision']}"


def _task_definition(definition: Record, region: str) -> Node:
    sizes = [f"{definition[k]} {unit}" for k, unit in _SIZES if definition.get(k)]
    kinds = definition.get("requiresCompatibilities") or []
    images = [str(c["image"]) for c in definition.get("containerDefinitions") or []]
    roles = [
        f"{word} {reading.last_part(definition[k])}" for k, word in _ROLES if definition.get(k)
    ]
    mode = f"{definition.get('networkMode') or 'bridge'} mode"
    lines = (", ".join([*kinds, mode]), ", ".join(sizes), ", ".join(images))
    return Node(
        key=f"task-definition:{_revision(definition)}",
        kind="task-definition",
        label=_revision(definition),
        group=region,
        status=str(definition["status"]),
        detail=tuple(line for line in lines if line),
        roles=tuple(roles),
    )


_SIZES = (("cpu", "CPU units"), ("memory", "MiB"))
_ROLES = (("taskRoleArn", "task role"), ("executionRoleArn", "execution role"))


def _cluster(drawing: Drawing, cluster: Record, region: str) -> list[Starter]:
    """Draw an ECS cluster's box with its services; what starts tasks in it comes back."""
    name = cluster["clusterName"]
    key = f"ecs-cluster:{name}"
    registered = int(cluster.get("registeredContainerInstancesCount") or 0)
    live = drawing.live_tasks(name)
    there = ((registered, "container instance"), (len(live), "task"))
    said = ", ".join(_number(n, what) for n, what in there if n) or "nothing runs here yet"
    status = str(cluster["status"])
    drawing.add(Group(key, "ecs-cluster", name, region, status=status, detail=(said,)))
    drawing.known[key] = status
    services = [s for s in _active(drawing.snapshot.get("services")) if s["cluster"] == name]
    starters = [_service(drawing, s, key, live) for s in services[:SERVICES_IN_A_CLUSTER]]
    for service in services:
        drawing.known[f"service:{name}/{service['serviceName']}"] = _counts(service)
    if len(services) > SERVICES_IN_A_CLUSTER:
        drawing.add(more(len(services) - SERVICES_IN_A_CLUSTER, "services", key))
    if alone := [t for t in live if not reading.service_of(t)]:
        starters.append(_alone(drawing, alone, key))
    return starters


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _counts(service: Record) -> str:
    pending = int(service.get("pendingCount") or 0)
    said = f"{service['runningCount']:,} of {service['desiredCount']:,} running"
    return f"{said}, {pending:,} pending" if pending else said


def _revisions(service: Record) -> set[str]:
    deployed = [d["taskDefinition"] for d in service.get("deployments") or []]
    return {reading.revision(d) for d in [service["taskDefinition"], *deployed]}


def _service(drawing: Drawing, service: Record, cluster: str, live: Sequence[Record]) -> Starter:
    name = service["serviceName"]
    steady = service["runningCount"] == service["desiredCount"] and not service.get("pendingCount")
    launch = service.get("launchType") or "capacity providers"
    status = _counts(service)
    deployments = service.get("deployments") or []
    rolling = [f"{reading.revision(d['taskDefinition'])}: {_counts(d)}" for d in deployments]
    key = drawing.add(
        Node(
            f"service:{cluster.removeprefix('ecs-cluster:')}/{name}",
            "service",
            name,
            cluster,
            status=f"{status}, DRAINING" if service["status"] == "DRAINING" else status,
            tone="good" if steady else "busy",
            detail=(f"launch type {launch}", *(rolling if len(rolling) > 1 else ())),
        )
    )
    mine = [reading.task_key(t) for t in live if reading.service_of(t) == name]
    return key, _revisions(service), mine


def _alone(drawing: Drawing, tasks: Sequence[Record], cluster: str) -> Starter:
    """The card from which the lines to tasks without a service start (RunTask, StartTask)."""
    revisions = {reading.revision(t["taskDefinitionArn"]) for t in tasks}
    key = drawing.add(
        Node(
            f"run-task:{cluster}",
            "run-task",
            "RunTask, StartTask",
            cluster,
            status=_number(len(tasks), "task"),
            detail=("nothing replaces them",),
        )
    )
    return key, revisions, [reading.task_key(t) for t in tasks]


def _waiting_and_stopped(drawing: Drawing, cluster: str) -> None:
    """Draw the tasks of a cluster that have no place: not yet, or no more."""
    box = f"ecs-cluster:{cluster}"
    waiting = [
        t for t in drawing.live_tasks(cluster) if reading.task_key(t) not in drawing.shown_as
    ]
    if waiting:
        place = drawing.add(Group(f"waiting:{cluster}", "waiting", "", box))
        drawing.draw_tasks(waiting, place, WAITING_TASKS)
    stopped = [t for t in drawing.tasks(cluster) if t["lastStatus"] == "STOPPED"]
    stopped.sort(key=lambda t: (t.get("stoppedAt") or "", t["taskArn"]), reverse=True)
    if stopped:
        place = drawing.add(Group(f"stopped:{cluster}", "stopped", "", box))
        for task in stopped[:STOPPED_TASKS]:
            drawing.add(task_node(task, place))
        if len(stopped) > STOPPED_TASKS:
            drawing.add(more(len(stopped) - STOPPED_TASKS, "stopped tasks", place))
