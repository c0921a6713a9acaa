"""What a request in the lab comes back with: the answer, and the way that it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from ecs_lab.runtime.messages import Response

COLUMNS = ("Hop", "Name", "Zone", "What happened", "Id")


class Hop(NamedTuple):
    """One station of a request, such as Hop("rule", "priority 10", "arn:…", "", "path /api/*").

    `kind` is load balancer, listener, rule, target group, target, task, endpoint, proxy or lookup.
    """

    kind: str
    name: str
    id: str = ""
    zone: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reply(Response):
    """An HTTP answer with the hops that the request took to what answered it.

    >>> reply = Reply(200, hops=(Hop("task", "3f2a", "arn:task", "us-east-1a", "web:1, web"),))
    >>> reply.task, reply.zone, reply.revision
    ('arn:task', 'us-east-1a', 'web:1')
    >>> print(reply)
    200, answered by the task 3f2a (web:1) in us-east-1a
    """

    hops: tuple[Hop, ...] = ()

    @property
    def task(self) -> str | None:
        """The ARN of the task that answered, or None where a load balancer did."""
        hop = self.hop("task")
        return hop.id if hop is not None else None

    @property
    def zone(self) -> str | None:
        """The Availability Zone of the task that answered."""
        hop = self.hop("task")
        return hop.zone if hop is not None else None

    @property
    def revision(self) -> str | None:
        """The task definition, `family:revision`, of the task that answered."""
        hop = self.hop("task")
        return hop.detail.partition(",")[0] if hop is not None else None

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that the answer sets, by name; `lab.http` takes them for the next request."""
        set_cookie = self.headers.get("set-cookie", "").splitlines()
        pairs = (each.partition(";")[0].partition("=") for each in set_cookie)
        return {name.strip(): value for name, _, value in pairs}

    def hop(self, kind: str) -> Hop | None:
        """The last hop of a kind, or None."""
        return next((each for each in reversed(self.hops) if each.kind == kind), None)

    def __str__(self) -> str:
        hop = self.hop("task")
        if hop is not None:
            return f"{self.status}, answered by the task {hop.name} ({self.revision}) in {hop.zone}"
        last = f"the {self.hops[-1].kind} {self.hops[-1].name}" if self.hops else "nobody"
        return f"{self.status}, answered by {last}"

    def __repr__(self) -> str:
        rows = [f"  {h.kind:13}  {h.name}  {h.zone}  {h.detail}".rstrip() for h in self.hops]
        return "\n".join([f"<{type(self).__name__} {self}>", *rows])

    def _repr_html_(self) -> str:
        rows = "".join(_row(each) for each in self.hops)
        head = "".join(f"<th scope='col'>{each}</th>" for each in COLUMNS)
        return (
            f"<table><caption>{escape(str(self))}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )

    def _repr_markdown_(self) -> str:
        lines = [f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|"]
        lines += [f"| {' | '.join(_cells(each))} |" for each in self.hops]
        return "\n".join([f"{self}", "", *lines])


def _cells(hop: Hop) -> tuple[str, ...]:
    return hop.kind, hop.name, hop.zone, hop.detail, hop.id


def _row(hop: Hop) -> str:
    cells = "".join(f"<td>{escape(each)}</td>" for each in _cells(hop)[1:])
    return f"<tr><th scope='row'>{escape(hop.kind)}</th>{cells}</tr>"


def through(hops: Iterable[Hop], response: Response) -> Reply:
    """The response as the reply to a request that took these hops before its own."""
    before = tuple(hops)
    own = response.hops if isinstance(response, Reply) else ()
    return Reply(response.status, response.headers, response.body, response.took_s, before + own)


def with_headers(response: Response, headers: Mapping[str, str]) -> Reply:
    """The response with more headers."""
    own = response.hops if isinstance(response, Reply) else ()
    merged = {**response.headers, **headers}
    return Reply(response.status, merged, response.body, response.took_s, own)
