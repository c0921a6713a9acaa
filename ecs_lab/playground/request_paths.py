"""The playground of requests: what is sent to an Application Load Balancer, and where it goes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from ecs_lab.playground.entrance import OLD_HOST, Played, Sent, build, play
from ecs_lab.runtime.replies import COLUMNS
from ecs_lab.widgets.board import Board
from ecs_lab.widgets.fields import Choice, FieldError, Flag, Number, Text
from ecs_lab.widgets.flow import Box, Way, flow
from ecs_lab.widgets.nodes import Node, element, fold, svg, table
from ecs_lab.widgets.timeline import readable, short

FIELDS = (
    Text("path", "Path", "/"),
    Text("host", f"Host (empty: the load balancer's name; {OLD_HOST} has a rule)"),
    Text("headers", "Headers, a line each (x-version: new has a rule)", lines=2),
    Number("count", "Requests", 20, 1, 60),
    Number("weight", "Weight of web-new in the default rule", 20, 0, 100, 10, " %"),
    Choice("zones", "Zones of the load balancer", "3", [
        ("3", "all three"), ("2", "the first two; tasks run in all three"),
    ]),
    Choice("failing", "One task of web", "no", [
        ("no", "is well"), ("now", "answers 500 since this second"),
        ("noticed", "answers 500 for two minutes"),
    ]),
    Choice("closed", "Security group that lets nobody in", "none", [
        ("none", "none"), ("tasks", "that of the tasks"), ("web", "that of the load balancer"),
    ]),
    Flag("cross_zone", "Cross-zone load balancing of the target groups", True),
)  # fmt: skip
HEADS = ("Load balancer node", "Rule", "Target group", "Target", "Answer")

_PATH = re.compile(r"/[!-~]*")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,126}[A-Za-z0-9])?")
_HEADER = re.compile(r"([A-Za-z0-9_-]{1,40}):\s*([ -~]+)")


def read_path(text: str) -> str:
    """A path with its query; FieldError for what a client would not send."""
    path = text.strip() or "/"
    if not _PATH.fullmatch(path) or "#" in path:
        raise FieldError(
            f"Path: {path!r} is none: begin with / and leave out blanks and #, such as /api/orders."
        )
    return path


def read_headers(host: str, text: str) -> dict[str, str]:
    """The headers of the request, with the host where one is given; FieldError says what is
    wrong.
    """
    headers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _HEADER.fullmatch(line.strip())
        if not found:
            raise FieldError(
                f"Headers: line {number} is {line.strip()!r}: give name: value, such as "
                "x-version: new."
            )
        if found[1].lower() == "host":
            raise FieldError("Headers: the host has a field of its own, write it there.")
        headers[found[1]] = found[2].strip()
    if host.strip():
        if not _HOST.fullmatch(host.strip()):
            raise FieldError(
                f"Host: {host.strip()!r} is no host name: give one such as {OLD_HOST}."
            )
        headers["host"] = host.strip()
    return headers


def boxes(sent: Sent) -> tuple[Box, ...]:
    """The stations of one request, in the columns of `HEADS`."""
    found = {hop.kind: hop for hop in sent.hops}
    way: list[Box] = []
    if node := found.get("load balancer"):
        way.append(Box(0, node.zone, node.name))
    if rule := found.get("rule"):
        way.append(Box(1, rule.name, rule.detail.partition(";")[0]))
    if group := found.get("target group"):
        way.append(Box(2, group.name))
    if target := found.get("target"):
        state = target.detail.partition(";")[0]
        task = found.get("task")
        name = f"task {short(task.id)}" if task else target.name
        look = "good" if state == "healthy" else "warned"
        way.append(Box(3, name, f"{target.zone}, {state}", look))
    look = "good" if sent.status == 200 else "bad" if sent.status in (0, *range(500, 600)) else ""
    return (*way, Box(4, str(sent.status or "none"), _answered_by(sent), look))


def _answered_by(sent: Sent) -> str:
    if not sent.status:
        return "nobody answers"
    kinds = [hop.kind for hop in sent.hops]
    if "task" in kinds:
        return "by the task"
    return "by the load balancer"


class RequestPlayground(Board):
    """Fields of a request and of what it meets; the ways of the requests as picture and table."""

    result: Played | str

    def __init__(self) -> None:
        self._world: Any = build()
        super().__init__("The path of a request", FIELDS)
        self.changed()

    def changed(self) -> None:
        """Send them anew."""
        try:
            path = read_path(self.values["path"])
            headers = read_headers(self.values["host"], self.values["headers"])
        except FieldError as error:
            self.result = str(error)
        else:
            self.result = play(self._world.copy(), self.values | {"path": path}, headers)
        self.show(self._headline())

    def _headline(self) -> str:
        if isinstance(self.result, str):
            return self.result
        answers = Counter(str(each.status or "no answer") for each in self.result.sent)
        groups = Counter(
            hop.name for each in self.result.sent for hop in each.hops if hop.kind == "target group"
        )
        to = ", ".join(f"{number} to {name}" for name, number in groups.most_common())
        got = ", ".join(f"{number} x {status}" for status, number in answers.most_common())
        text = f"{len(self.result.sent)} requests, {to or 'none to a target group'}: {got}."
        reasons = [each.why for each in self.result.sent if each.why]
        return f"{text} {readable(reasons[0])}" if reasons else text

    def parts(self) -> list[Node]:
        """The fields, the picture, the ways as a table, the targets, and the last request's
        hops.
        """
        fields = [
            element("div", *map(self.field, names), class_="fields")
            for names in (("path", "host"), ("headers",), [each.name for each in FIELDS[3:]])
        ]
        if isinstance(self.result, str):
            return [*fields, element("p", self.result, class_="failed")]
        ways = Counter((boxes(each), readable(each.why)) for each in self.result.sent)
        drawn = flow(
            "The ways of the requests", self._headline(), HEADS,
            sorted(((way, number) for (way, _), number in ways.items()), key=_names),
        )  # fmt: skip
        return [
            *fields,
            element("figure", svg(drawn), _ways(ways)),
            *(element("p", why) for _, why in [*ways][:1] if why),
            fold("What the load balancer thinks of the targets", _targets(self.result), key="t"),
            fold("The hops of the last request", _hops(self.result.sent[-1]), key="h"),
        ]


def _names(way: Way) -> list[str]:
    return [box.name for box in way[0]]


def _ways(ways: Counter[tuple[tuple[Box, ...], str]]) -> Node:
    rows = []
    for (way, _), number in ways.most_common():
        said = {box.column: f"{box.name}, {box.detail}" if box.detail else box.name for box in way}
        rows.append([str(number), *(said.get(at, "-") for at in range(len(HEADS)))])
    return table("The ways of the requests", ["Requests", *HEADS], rows)


def _targets(played: Played) -> Node:
    got = Counter(hop.name for each in played.sent for hop in each.hops if hop.kind == "target")
    rows = [
        [each.address, each.group, each.zone, each.state, str(got[each.address]), each.why]
        for each in played.targets
    ]
    heads = ["Target", "Target group", "Zone", "Health", "Requests", "Why"]
    return table("Targets", heads, rows)


def _hops(sent: Sent) -> Node:
    if not sent.hops:
        return element("p", f"None: {sent.why}")
    rows = [[hop.kind, readable(hop.name), hop.zone, readable(hop.detail)] for hop in sent.hops]
    return table("Hops", COLUMNS[:4], rows)
