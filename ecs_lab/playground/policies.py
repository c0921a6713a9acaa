"""The playground of access control: who asks for what under which policies, and what decides it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ecs_lab.iam.document import Policy
from ecs_lab.iam.evaluation import RESOURCE, TRUST, Decision, Policies, Request, evaluate
from ecs_lab.playground import policy_texts as texts
from ecs_lab.playground.policy_samples import Call, samples
from ecs_lab.playground.policy_verdict import Remedy, Said, remedies, said
from ecs_lab.widgets.board import Board
from ecs_lab.widgets.fields import Choice, FieldError, Flag, Text
from ecs_lab.widgets.nodes import Node, element, table

ASSUME = "sts:AssumeRole"
_ROLES = [(each.name, each.says) for each in samples().roles.values()]
_CALLS = [(each.name, each.says) for each in samples().calls.values()]

FIELDS = (
    Choice("call", "A call to begin with", _CALLS[0][0], _CALLS),
    Choice("role", "Who asks", _ROLES[0][0], _ROLES),
    Text("action", "Action"),
    Text("resource", "Resource"),
    Text("context", "Condition context: lines of key = value", lines=2),
    Text("policy", "Identity-based policy of who asks", lines=14),
    Flag("bounded", "A permissions boundary limits who asks"),
    Text("boundary", "Permissions boundary", samples().boundary, 11),
    Flag("guarded", "The resource has a policy of its own"),
    Text("resource_policy", "Policy of the resource (of a role: its trust policy)",
         samples().resource_policy, 12),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a request: the decision, every statement's say, and what would allow it."""

    decision: Decision
    said: tuple[Said, ...]
    remedies: tuple[Remedy, ...]


def play(asked: dict[str, Any]) -> Verdict:
    """Evaluate the request that stands in the fields; FieldError says what cannot be read."""
    role = samples().roles[asked["role"]]
    request = Request(
        role.principal,
        texts.action(asked["action"]),
        texts.resource(asked["resource"]),
        texts.context(asked["context"]),
    )
    policies = _policies(asked, bool(role.service), request)
    decision = evaluate(request, policies)
    return Verdict(decision, tuple(said(request, policies)), tuple(remedies(request, policies)))


def _policies(asked: dict[str, Any], is_service: bool, request: Request) -> Policies:
    """The policies that the request meets; a service of AWS has none of its own."""
    assuming = request.action == ASSUME
    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    resource: Policy | None = None
    if asked["policy"].strip() and not is_service:
        identity = (texts.policy(asked["policy"], f"the policy of {asked['role']}"),)
    if asked["bounded"] and not is_service:
        boundary = texts.policy(asked["boundary"], "the permissions boundary")
    if asked["guarded"]:
        name = "the role's trust policy" if assuming else "the resource's policy"
        resource = texts.policy(asked["resource_policy"], name, of_resource=True)
    must_name = assuming or is_service or request.resource.startswith("arn:aws:kms:")
    kind = TRUST if assuming else RESOURCE
    return Policies(identity, boundary, None, resource, kind, must_name)


class PolicyPlayground(Board):
    """A role, a call, policies as JSON; the decision, what decided it, and what would allow it."""

    result: Verdict | str

    def __init__(self) -> None:
        self._policies = {name: role.policy for name, role in samples().roles.items()}
        self._shown = ("", "")
        super().__init__("May it? Roles and policies", FIELDS)
        self.changed()

    @property
    def call(self) -> Call:
        """The sample that was begun with."""
        return samples().calls[self.values["call"]]

    def changed(self) -> None:
        """Take over what another choice brings along, and decide anew."""
        call, role = self.values["call"], self.values["role"]
        old_call, old_role = self._shown
        if role == old_role:
            self._policies[role] = self.values["policy"]
        self.values["policy"] = self._policies[role]
        if call != old_call:
            self._begin(self.call)
        self._shown = call, role
        try:
            self.result = play(self.values)
        except FieldError as error:
            self.result = str(error)
        self.show(self._headline())

    def _begin(self, call: Call) -> None:
        self.values |= {
            "action": call.action, "resource": call.resource, "context": call.context,
            "guarded": bool(call.resource_policy),
            "resource_policy": call.resource_policy or samples().resource_policy,
        }  # fmt: skip

    def _headline(self) -> str:
        if isinstance(self.result, str):
            return self.result
        decision = self.result.decision
        if decision.allowed:
            return f"Allowed, by {decision.statement} of {decision.policy}."
        if decision.explicit:
            return f"Denied, {decision.reason}: {decision.statement} of {decision.policy}."
        return f"Denied, {decision.reason}."

    def parts(self) -> list[Node]:
        """The fields, the decision, what would allow it, and each statement's say."""
        shown = [*self._fields_shown()]
        if isinstance(self.result, str):
            return [*shown, element("p", self.result, class_="failed")]
        decision = self.result.decision
        look = "passed" if decision.allowed else "failed"
        shown.append(element("p", self._headline(), class_=look))
        if not decision.allowed:
            shown += [element("h5", "What AWS would say"), element("p", decision.message)]
            shown += [element("h5", "What would allow it"), *map(_remedy, self.result.remedies)]
        return [*shown, element("figure", self._statements(self.result))]

    def _fields_shown(self) -> list[Node]:
        is_service = bool(samples().roles[self.values["role"]].service)
        names = ["context"]
        if not is_service:
            names += ["policy", "bounded"]
            names += ["boundary"] if self.values["bounded"] else []
        names += ["guarded"] + (["resource_policy"] if self.values["guarded"] else [])
        page = element("a", "Page", href=self.call.page)
        return [
            element("div", self.field("call"), self.field("role"), class_="fields"),
            element("p", f"{self.call.who} (", page, ")"),
            element("div", self.field("action"), self.field("resource"), class_="fields"),
            *(element("div", self.field(name)) for name in names),
        ]

    def _statements(self, verdict: Verdict) -> Node:
        rows = [
            [each.policy, each.statement, "Allow" if each.allows else "Deny",
             "no" if each.why_not else "yes", each.why_not]
            for each in verdict.said
        ]  # fmt: skip
        heads = ["Policy", "Statement", "Effect", "Applies", "Why not"]
        return table("Statement by statement", heads, rows)


def _remedy(remedy: Remedy) -> Node:
    if remedy.statement is None:
        return element("p", remedy.sentence)
    written = json.dumps(remedy.statement, indent=2)
    return element("div", element("p", remedy.sentence), element("pre", written))
