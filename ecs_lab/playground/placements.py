"""The playground of task placement: RunTask under a strategy and a constraint, on instances that
one can choose, with what went where and why the rest did not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ecs_lab.lab import Lab
from ecs_lab.playground.stage import stage
from ecs_lab.quiz import scene
from ecs_lab.widgets.board import Board
from ecs_lab.widgets.fields import Choice, Number, Text
from ecs_lab.widgets.nodes import Node, element, table
from ecs_lab.worlds import World

ZONE = "attribute:ecs.availability-zone"
STRATEGIES: dict[str, list[tuple[str, str]]] = {
    "random": [("random", "")],
    "spread over zones": [("spread", ZONE)],
    "spread over instances": [("spread", "instanceId")],
    "binpack by memory": [("binpack", "memory")],
    "binpack by CPU": [("binpack", "cpu")],
    "spread over zones, then binpack by memory": [("spread", ZONE), ("binpack", "memory")],
    "spread over zones, then over instances": [("spread", ZONE), ("spread", "instanceId")],
}
LAYOUTS: dict[str, list[tuple[int, str]]] = {
    "three t3.small, one in each zone": [(0, "t3.small"), (1, "t3.small"), (2, "t3.small")],
    "six t3.small, two in each zone": [(zone, "t3.small") for zone in (0, 1, 2, 0, 1, 2)],
    "four t3.small, two of them in one zone": [(zone, "t3.small") for zone in (0, 0, 1, 2)],
    "a t3.small, a t3.medium and a t3.large": [(0, "t3.small"), (1, "t3.medium"), (2, "t3.large")],
}  # fmt: skip
"""Instances as (number of the zone, instance type)."""


def _choice(name: str, label: str, values: Any) -> Choice:
    options = [(each, each) for each in values]
    return Choice(name, label, options[0][0], options)


FIELDS = (
    _choice("layout", "Container instances", LAYOUTS),
    Number("count", "Tasks to run", 6, 1, 10),
    Number("memory", "Memory of a task", 512, 128, 2048, 128, " MiB"),
    Number("cpu", "CPU of a task", 256, 0, 2048, 128, " units"),
    _choice("strategy", "Placement strategy", STRATEGIES),
    _choice("constraint", "Placement constraint", ["none", "distinctInstance", "memberOf"]),
    Text("expression", "Expression of memberOf", "attribute:ecs.instance-type == t3.small"),
)


@dataclass(frozen=True, slots=True)
class Host:
    """An instance with the numbers of the tasks that it got, in the order of placement."""

    name: str
    zone: str
    instance_type: str
    memory_mib: int
    cpu_units: int
    tasks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """What RunTask did: the instances with their tasks, and the reasons of those that failed."""

    hosts: tuple[Host, ...]
    failures: tuple[str, ...]


def build(layout: str) -> World:
    """An account with a cluster of these instances."""
    with stage() as lab:
        scene.cluster(lab)
        for number, (zone, instance_type) in enumerate(LAYOUTS[layout]):
            scene.launch(lab, f"ECS_CLUSTER={scene.CLUSTER}", number, instance_type,
                         SubnetId=lab.network.private_subnets[zone])  # fmt: skip
        lab.wait(scene.BOOT_S)
        return lab.copy_of_world()


def play(world: World, asked: dict[str, Any]) -> Placed | str:
    """Run tasks there; the text of the error where ECS refuses the call."""
    with stage(world) as lab:
        container = scene.container(memory=asked["memory"], cpu=asked["cpu"])
        scene.definition(lab, container)
        call = {
            "cluster": scene.CLUSTER, "taskDefinition": "web", "count": asked["count"],
            "placementStrategy": _strategy(asked["strategy"]),
            "placementConstraints": _constraint(asked["constraint"], asked["expression"]),
        }  # fmt: skip
        answer: dict[str, Any] = {}
        refused = scene.refusal(lambda: answer.update(lab.client("ecs").run_task(**call)))
        return refused or _placed(lab, answer)


def _strategy(name: str) -> list[dict[str, str]]:
    """As the API takes it; random has no field."""
    return [
        {"type": kind, **({"field": field} if field else {})} for kind, field in STRATEGIES[name]
    ]


def _constraint(kind: str, expression: str) -> list[dict[str, str]]:
    if kind == "none":
        return []
    return [{"type": kind, **({"expression": expression} if kind == "memberOf" else {})}]


def _placed(lab: Lab, answer: dict[str, Any]) -> Placed:
    where = [task["containerInstanceArn"] for task in answer["tasks"]]
    hosts = [_host(number, each, where) for number, each in enumerate(_in_order(lab), 1)]
    return Placed(tuple(hosts), tuple(each["reason"] for each in answer["failures"]))


def _in_order(lab: Lab) -> list[dict[str, Any]]:
    """The container instances, in the order in which they were launched."""
    launched = [each["InstanceId"] for each in lab.snapshot()["ec2Instances"]]
    return sorted(scene.instances(lab), key=lambda each: launched.index(each["ec2InstanceId"]))


def _host(number: int, instance: dict[str, Any], where: list[str]) -> Host:
    attributes = {each["name"]: each.get("value", "") for each in instance["attributes"]}
    has = {each["name"]: each.get("integerValue", 0) for each in instance["registeredResources"]}
    arn = instance["containerInstanceArn"]
    mine = tuple(place for place, each in enumerate(where, 1) if each == arn)
    zone, kind = attributes["ecs.availability-zone"], attributes["ecs.instance-type"]
    return Host(f"instance {number}", zone, kind, has["MEMORY"], has["CPU"], mine)


class PlacementPlayground(Board):
    """Instances, tasks, a strategy and a constraint; and where each task goes."""

    def __init__(self) -> None:
        self._worlds: dict[str, Any] = {}
        super().__init__("Task placement", FIELDS)
        self.changed()

    def changed(self) -> None:
        """Place them anew."""
        layout = self.values["layout"]
        if layout not in self._worlds:
            self._worlds[layout] = build(layout)
        self.result = play(self._worlds[layout].copy(), self.values)
        self.show(self._headline())

    def _headline(self) -> str:
        if isinstance(self.result, str):
            return f"ECS refuses the call. {self.result}"
        hosts = self.result.hosts
        placed, used = (
            sum(len(each.tasks) for each in hosts),
            sum(bool(each.tasks) for each in hosts),
        )
        text = (
            f"{placed} of {self.values['count']} tasks placed, on {used} of {len(hosts)} instances."
        )
        return f"{text} The rest: {self.result.failures[0]}" if self.result.failures else text

    def parts(self) -> list[Node]:
        """The fields, the instances with what they got, and the reasons of what failed."""
        wanted = [each.name for each in FIELDS if each.name != "expression"]
        if self.values["constraint"] == "memberOf":
            wanted.append("expression")
        fields = element("div", *(self.field(name) for name in wanted), class_="fields")
        if isinstance(self.result, str):
            return [fields, element("p", self.result, class_="failed")]
        rows = [self._row(host) for host in self.result.hosts]
        heads = ["Instance", "Zone", "Type", "Memory used", "Tasks, in order of placement"]
        shown = [table("Where the tasks went", heads, rows)]
        if self.result.failures:
            numbered = enumerate(
                self.result.failures, self.values["count"] - len(self.result.failures) + 1
            )
            reasons = [[f"task {number}", reason] for number, reason in numbered]
            shown.append(table("Not placed", ["Task", "Reason"], reasons))
        return [fields, element("figure", *shown)]

    def _row(self, host: Host) -> list[Node | str]:
        used = len(host.tasks) * self.values["memory"]
        words = ", ".join(map(str, host.tasks)) or "none"
        return [host.name, host.zone, host.instance_type, self._lane(host, used), words]

    def _lane(self, host: Host, used: int) -> Node:
        """What the tasks take of the instance's memory, drawn and in numbers."""
        share = 100 * self.values["memory"] / host.memory_mib
        bars = [
            element("span", str(task), class_="bar running",
                    style=f"left: {share * place:.2f}%; width: {share:.2f}%")
            for place, task in enumerate(host.tasks)
        ]  # fmt: skip
        lane = element("span", *bars, class_="lane", aria_hidden="true")
        return element("div", lane, f"{used} of {host.memory_mib} MiB")
