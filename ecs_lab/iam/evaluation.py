"""May it? AWS's evaluation of all policies that a request meets, within one account.

1. A Deny that applies, in whatever policy, decides.
2. A policy of the resource that allows the user or the session itself decides.
3. Else an identity-based policy has to allow it, or a policy of the resource the session's role;
4. and so does a permissions boundary, where there is one;
5. and a session policy, where there are some.

For a role's trust policy and a KMS key's policy, step 2 is not one way of two: they have to allow
it, if only by naming the account, whose identity-based policies then decide.
Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ecs_lab.iam.document import Policy, Statement
from ecs_lab.iam.principals import Named, Principal
from ecs_lab.iam.variables import Context

IDENTITY, BOUNDARY, SESSION = "identity-based policy", "permissions boundary", "session policy"
RESOURCE, TRUST = "resource-based policy", "role trust policy"

_WITH_AN_EXPLICIT_DENY = {
    IDENTITY: "in an identity-based policy",
    BOUNDARY: "in a permissions boundary",
    SESSION: "in a session policy",
    RESOURCE: "in a resource-based policy",
    TRUST: "in the role trust policy",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: an action such as ecs:RunTask on the ARN of a resource, or "*" for an action
    that has none. The keys of the context are in lower case.
    """

    principal: Principal
    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies that a request meets.

    `session` is None for a session without policies of its own. `kind` is `RESOURCE`, or `TRUST`
    where `resource` is a role's trust policy; `must_name` says that this policy has to allow it.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] | None = None
    resource: Policy | None = None
    kind: str = RESOURCE
    must_name: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a request is allowed, and what decided it.

    `kind` is the kind of policy; `policy` and `statement` name the statement that allowed or
    denied it, and are empty where one that would allow it is missing. True when allowed.
    """

    allowed: bool
    request: Request
    kind: str
    policy: str = ""
    statement: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def explicit(self) -> bool:
        """Whether a statement decided, not the lack of one."""
        return bool(self.statement)

    @property
    def message(self) -> str:
        """AWS's text for a denial; empty when it is allowed.

        AWS adds the policy's ARN in some cases; the lab leaves that to `explain_last_denial`.
        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
        """
        if self.allowed:
            return ""
        asked = self.request
        return (
            f"User: {asked.principal} is not authorized to perform: {asked.action} "
            f"on resource: {asked.resource} {self.reason}"
        )

    @property
    def reason(self) -> str:
        """The last part of the message: why it is denied."""
        if self.explicit:
            return f"with an explicit deny {_WITH_AN_EXPLICIT_DENY[self.kind]}"
        return f"because no {self.kind} allows the {self.request.action} action"


def evaluate(request: Request, policies: Policies) -> Decision:
    """Whether the policies together allow a request.

    >>> from ecs_lab.iam.document import read
    >>> ann = Principal("arn:aws:iam::123456789012:user/ann", "123456789012")
    >>> evaluate(Request(ann, "ecs:ListClusters"), Policies()).reason
    'because no identity-based policy allows the ecs:ListClusters action'
    """
    for kind, policy in _all(policies):
        if statement := _deciding(
            request, policy, allows=False, of_resource=kind in (RESOURCE, TRUST)
        ):
            return Decision(False, request, kind, policy.name, statement.label)
    how, by_resource = _allowed_by_resource(request, policies)
    if how is Named.DIRECTLY:
        return by_resource
    if how is Named.NO and policies.must_name:
        return Decision(False, request, policies.kind)
    by_identity = _allowed_by(request, IDENTITY, policies.identity)
    allowed = by_resource if how is Named.ROLE and not by_identity else by_identity
    limit = _limited(request, policies) if allowed else None
    return allowed if limit is None else limit


def _all(policies: Policies) -> Iterator[tuple[str, Policy]]:
    """Every policy with its kind. AWS does not say which of several that deny a message names; the
    lab takes this order.
    """
    if policies.resource:
        yield policies.kind, policies.resource
    yield from ((IDENTITY, each) for each in policies.identity)
    if policies.boundary:
        yield BOUNDARY, policies.boundary
    yield from ((SESSION, each) for each in policies.session or ())


def _limited(request: Request, policies: Policies) -> Decision | None:
    """The denial of a boundary or of session policies that do not allow it as well."""
    boundary = (policies.boundary,) if policies.boundary else None
    for kind, limiting in ((BOUNDARY, boundary), (SESSION, policies.session)):
        if limiting is not None and not (decision := _allowed_by(request, kind, limiting)):
            return decision
    return None


def _allowed_by(request: Request, kind: str, policies: tuple[Policy, ...]) -> Decision:
    """The first statement that allows it, else the lack of one."""
    for policy in policies:
        if statement := _deciding(request, policy, allows=True, of_resource=False):
            return Decision(True, request, kind, policy.name, statement.label)
    return Decision(False, request, kind)


def _allowed_by_resource(request: Request, policies: Policies) -> tuple[Named, Decision]:
    """The statement of the resource's policy that names the principal in the most direct way."""
    best, decision = Named.NO, Decision(False, request, policies.kind)
    for each in policies.resource.statements if policies.resource else ():
        how = each.names(request.principal) if each.allows else Named.NO
        if how > best and each.applies_to(request.action, request.resource, request.context):
            name = policies.resource.name if policies.resource else ""
            best, decision = how, Decision(True, request, policies.kind, name, each.label)
    return best, decision


def _deciding(
    request: Request, policy: Policy, *, allows: bool, of_resource: bool
) -> Statement | None:
    """The first statement of that effect that applies; one of a resource has to name who asks."""
    for each in policy.statements:
        if (
            each.allows is allows
            and each.applies_to(request.action, request.resource, request.context)
            and (not of_resource or each.names(request.principal) is not Named.NO)
        ):
            return each
    return None
