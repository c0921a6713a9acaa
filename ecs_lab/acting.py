"""Acting as somebody else in a lab, and what it was that somebody was not allowed to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from ecs_lab.aws import transport
from ecs_lab.worlds import World

if TYPE_CHECKING:
    import boto3


@dataclass(frozen=True, slots=True)
class Denial:
    """A request that was not allowed: who asked for what, what decided, and what would allow it.

    `policy` and `statement` are empty where a statement is missing; `allow` is the smallest
    statement that would allow it, None where an explicit Deny is in the way.
    """

    principal: str
    role: str
    action: str
    resource: str
    message: str
    kind: str
    policy: str
    statement: str
    remedy: str
    allow: dict[str, Any] | None

    @property
    def decided_by(self) -> str:
        """What decided, in words."""
        if self.statement:
            return f"{self.statement} of {self.policy or 'its policy'} ({self.kind}) denies it"
        return f"no {self.kind} allows it"

    def _lines(self) -> list[tuple[str, str]]:
        who = f"{self.principal} (role {self.role})" if self.role else self.principal
        return [
            ("who", who),
            ("call", self.action),
            ("on", self.resource),
            ("decided by", self.decided_by),
            ("to allow it", self.remedy),
        ]

    def _statement(self) -> str:
        return json.dumps(self.allow, indent=2) if self.allow else ""

    def __str__(self) -> str:
        lines = [f"{name + ':':<12} {text}" for name, text in self._lines()]
        return "\n".join(["Denied.", *lines, *([self._statement()] if self.allow else [])])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align: left'>{escape(name)}</th>"
            f"<td style='text-align: left'>{escape(text)}</td></tr>"
            for name, text in self._lines()
        )
        statement = f"<pre>{escape(self._statement())}</pre>" if self.allow else ""
        return f"<table><caption>Denied</caption>{rows}</table>{statement}"

    def _repr_markdown_(self) -> str:
        lines = [f"- **{name}**: {text}" for name, text in self._lines()]
        statement = f"\n```json\n{self._statement()}\n```" if self.allow else ""
        return "\n".join(["**Denied**", "", *lines]) + statement


class Acting:
    """The part of a lab that is about who makes its calls: the administrator, until told
    otherwise.
    """

    region: str
    transport: transport.Transport
    _roles_played: list[boto3.Session]

    @property
    def world(self) -> World:
        """What the lab stands on."""
        raise NotImplementedError

    @contextmanager
    def acting_as(self, name: str) -> Iterator[boto3.Session]:
        """Within this, `lab.client(...)` and `lab.session` act as a role or user, by name or ARN.

        It may do what its policies allow. A role need not trust anybody to be acted as: this is the
        administrator looking through its eyes, where `sts.assume_role` would ask its trust policy.
        A client that was made before goes on as who it was made for. Raises ValueError, naming
        those there are, for one that is not there.

        >>> from ecs_lab.lab import Lab
        >>> lab = Lab()
        >>> with lab.acting_as("shopTaskRole") as session:
        ...     session.client("sts").get_caller_identity()["Arn"]
        'arn:aws:sts::123456789012:assumed-role/shopTaskRole/learner'
        >>> lab.close()
        """
        try:
            keys = self.world.act_as(name)
        except LookupError as error:
            raise ValueError(str(error.args[0])) from None
        session = transport.session_to(self.transport, self.region, keys)
        self._roles_played.append(session)
        try:
            yield session
        finally:
            self._roles_played.remove(session)

    def explain_last_denial(self) -> Denial | None:
        """The last request that was denied for want of permission, or None if none was.

        Whose it was does not matter: a client's of the learner, or what ECS, an agent or a
        container did in a role's name.
        """
        denied = self.world.last_denial()
        return Denial(**denied) if denied is not None else None
