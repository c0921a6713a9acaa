"""The growing picture: what the readers of a snapshot add their nodes, groups and edges to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ecs_lab.diagram import reading
from ecs_lab.diagram.graph import Edge, Graph, Node
from ecs_lab.diagram.kinds import tone_of
from ecs_lab.diagram.reading import Record

# Above these numbers a picture says how many there are instead of drawing each.
TASKS_IN_A_PLACE = 6
INSTANCES_IN_A_SUBNET = 4
STOPPED_TASKS = 3
WAITING_TASKS = 4
SERVICES_IN_A_CLUSTER = 8
TASK_DEFINITIONS = 4


@dataclass
class Drawing:
    """Nodes, groups and edges so far; `shown_as` says in which node a task is drawn."""

    snapshot: Record
    items: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    shown_as: dict[str, str] = field(default_factory=dict)

    def add(self, node: Node) -> str:
        """Draw a node or group; its key comes back."""
        self.items.append(node)
        return node.key

    def connect(self, tail: str, heads: Iterable[str], says: str) -> None:
        """Draw one edge to each of the nodes, however often each is named."""
        self.edges += [Edge(tail, head, says) for head in dict.fromkeys(heads)]

    def graph(self, title: str) -> Graph:
        """The finished graph."""
        return Graph("architecture", title, tuple(self.items), tuple(self.edges), self.known)

    def live_tasks(self, cluster: str | None = None) -> list[Record]:
        """Tasks that have not stopped, the oldest first; of one cluster or of all."""
        live = [t for t in self.tasks(cluster) if t["lastStatus"] != "STOPPED"]
        return sorted(live, key=lambda t: (t.get("createdAt") or "", t["taskArn"]))

    def tasks(self, cluster: str | None = None) -> list[Record]:
        """All tasks of the snapshot, of one cluster or of all."""
        every = self.snapshot.get("tasks") or []
        return [t for t in every if cluster is None or t["cluster"] == cluster]

    def draw_tasks(self, tasks: Sequence[Record], place: str, cap: int = TASKS_IN_A_PLACE) -> None:
        """Draw tasks in the group `place`: each by itself, or one card for all above the cap."""
        if len(tasks) <= cap:
            for task in tasks:
                self.shown_as[reading.task_key(task)] = self.add(task_node(task, place))
        else:
            summary = self.add(_many_tasks(tasks, place))
            self.shown_as |= {reading.task_key(task): summary for task in tasks}


def task_node(task: Record, place: str) -> Node:
    """One task: named by its service or family, with its state and its address."""
    stopped = task["lastStatus"] == "STOPPED"
    state = str(task["lastStatus"])
    leaving = task.get("desiredStatus") == "STOPPED" and state == "RUNNING"
    revision = reading.revision(task["taskDefinitionArn"])
    address = reading.eni_detail(task, "privateIPv4Address") or reading.ports(task)
    where = reading.why_stopped(task) if stopped else address
    return Node(
        key=reading.task_key(task),
        kind="task",
        label=f"{revision}  {reading.short_id(task['taskArn'])}",
        group=place,
        status=f"{state}, to be stopped" if leaving else state,
        tone="busy" if leaving else tone_of(state),
        detail=(where,) if where else (),
        note=reading.last_part(task["taskArn"]),
        faded=stopped,
    )


def _many_tasks(tasks: Sequence[Record], place: str) -> Node:
    families = reading.counted(reading.revision(t["taskDefinitionArn"]) for t in tasks)
    return Node(
        key=f"tasks:{place}",
        kind="tasks",
        label=f"{len(tasks):,} tasks",
        group=place,
        status=reading.by_state(tasks),
        tone=common_tone(str(t["lastStatus"]) for t in tasks),
        detail=(families,),
        members=tuple(reading.task_key(t) for t in tasks),
    )


def common_tone(states: Iterable[str]) -> str:
    """The tone of many states together: good when all are, otherwise busy."""
    return "good" if {tone_of(s) for s in states} <= {"good"} else "busy"


def more(number: int, what: str, group: str) -> Node:
    """The line that says how many are not drawn: "and 7 more stopped tasks"."""
    said = what.removesuffix("s") if number == 1 else what
    return Node(f"more:{what}:{group}", "more", f"and {number:,} more {said}", group)
