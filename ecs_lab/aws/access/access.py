"""`World.access`: what may be done in a lab, and by whom."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access import (
    callers,
    enforcement,
    identities,
    resource_policies,
    resource_tags,
    service_linked_role,
    signatures,
)
from ecs_lab.aws.access.asked import Asked
from ecs_lab.aws.access.callers import BadCredentialsError, Caller
from ecs_lab.aws.access.keys import Credentials, Keys
from ecs_lab.aws.access.signatures import Scope
from ecs_lab.aws.access.sts import ADMINISTRATOR
from ecs_lab.aws.memory import Memory
from ecs_lab.iam import advice, document
from ecs_lab.iam.document import Policy
from ecs_lab.iam.evaluation import IDENTITY, TRUST, Decision, Policies, Request, evaluate
from ecs_lab.iam.principals import Principal
from ecs_lab.iam.variables import Context

if TYPE_CHECKING:
    from ecs_lab.aws.moto_state import MotoState
    from ecs_lab.aws.world import World

ONE_HOUR_S = 3600.0
ASSUME_ROLE = "sts:AssumeRole"
EVERYTHING = document.read(
    '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}', "AdministratorAccess"
)


class Access:
    """The access control of one lab."""

    def __init__(self, world: World, moto: MotoState) -> None:
        self.world = world
        self._moto = moto
        self._keys = Keys(world.seed)
        self._last_denial: Decision | None = None
        self._iam: Any = None
        self._known = Memory()

    # What services and containers do in a role's name

    def decide(
        self,
        role_arn: str,
        action: str,
        resource: str = "*",
        context: Mapping[str, str] | None = None,
        *,
        session_name: str | None = None,
    ) -> Decision:
        """Whether a role may do an action on the resource of an ARN ("*": one that has none).

        For what services and containers do in a role's name. A role that is not there may do
        nothing. `session_name` is that of the session in whose name it is done, such as a task's
        id: AWS's message then shows the session. A denial is what `last_denial` tells next.

        >>> from ecs_lab.aws.world import World
        >>> world = World()
        >>> role = world.facts()["roles"]["ecsTaskExecutionRole"]
        >>> bool(world.access.decide(role, "ecr:GetAuthorizationToken"))
        True
        >>> world.access.decide(role, "s3:ListAllMyBuckets", "arn:aws:s3:::*").reason
        'because no identity-based policy allows the s3:ListAllMyBuckets action'
        >>> world.close()
        """
        return self._noted(self._decision(role_arn, action, resource, context, session_name))

    def allows(self, role_arn: str, action: str, resource: str = "*") -> bool:
        """The same for one who only wants to know: nothing was asked, so nothing is noted."""
        return self._decision(role_arn, action, resource).allowed

    def cannot_assume(
        self, role_arn: str, service: str, context: Mapping[str, str] | None = None
    ) -> str | None:
        """Why a service of AWS cannot assume a role, or None when it can.

        `service` is such as ecs-tasks.amazonaws.com; `context` may have aws:SourceArn and
        aws:SourceAccount, which ECS sends along.
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
        """
        role = identities.role(self.iam, role_arn)
        if role is None:
            return f"The role with name {role_arn.rpartition('/')[2]} cannot be found."
        request = Request(Principal("", service=service), ASSUME_ROLE, role.arn, _lower(context))
        return self._noted(evaluate(request, self._trust(role))).message or None

    def issue(
        self,
        role_arn: str,
        session_name: str,
        lasts_s: float = ONE_HOUR_S,
        *,
        source_identity: str = "",
        session_policies: tuple[Policy, ...] | None = None,
        tags: Iterable[tuple[str, str]] = (),
    ) -> Credentials:
        """Temporary credentials of a role, whose requests are then enforced as that role's.

        Nobody is asked whether the role may be assumed: see `cannot_assume`. Raises LookupError for
        a role that is not there.
        """
        role = identities.role(self.iam, role_arn)
        if role is None:
            raise LookupError(f"there is no role {role_arn}")
        return self._keys.issue(
            self.world.now(),
            lasts_s,
            role_arn=role.arn,
            session_name=session_name,
            source_identity=source_identity,
            session_policies=session_policies,
            tags=tuple(tags),
        )

    def issue_to_user(self, name: str, lasts_s: float = ONE_HOUR_S) -> Credentials:
        """Temporary credentials of a user."""
        return self._keys.issue(self.world.now(), lasts_s, user_name=name)

    def administrators_keys(self, lasts_s: float) -> Credentials:
        """Temporary credentials of the administrator: nobody's, so that nothing is enforced."""
        return self._keys.make(self.world.now(), lasts_s)

    # What requests ask for

    def answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        """The answer to a request that is denied or is about access itself, or None."""
        return enforcement.answer(self, method, url, headers, body)

    def caller(self, scope: Scope) -> Caller | None:
        """Who signed a request; None for the administrator. Raises BadCredentialsError."""
        key = scope.access_key_id
        iam = self.iam
        if self._keys.is_retired(key, iam.access_keys):
            raise BadCredentialsError("invalid")
        holder, now_s = self._keys.holder(key), self.world.now()
        if holder is None:
            return callers.of_key(iam, key)
        callers.check(holder, scope, now_s)
        return self._known.once(
            self.world.changes, ("caller", key), lambda: callers.of_holder(iam, holder)
        )

    def remember_keys(self) -> None:
        """Remember the keys that there are: one that is deleted does not become anybody's."""
        self._keys.seen(self.iam.access_keys)

    def of_caller(self, who: Caller, each: Asked) -> Decision:
        """Whether a caller may do one of the things that a call asks for."""
        policies = self._policies(who.identity, each.resource, who.session_policies)
        context = _layers(self._tags(each.resource), who.context, each.context)
        return evaluate(Request(who.principal, each.action, each.resource, context), policies)

    def may_assume(self, who: Caller | None, each: Asked) -> Decision:
        """Whether a caller may assume a role. Its trust policy is asked for the administrator too:
        that he may do everything is of no use where he is not trusted.
        """
        role = identities.role(self.iam, each.resource)
        principal = self._administrator if who is None else who.principal
        context = _layers(who.context if who is not None else {}, each.context)
        request = Request(principal, each.action, each.resource, context)
        if role is None:
            return Decision(False, request, TRUST)
        identity = (EVERYTHING,) if who is None else self._identity(who.identity)
        limit = None if who is None else identities.boundary(self.iam, who.identity)
        session = None if who is None else who.session_policies
        return evaluate(request, self._trust(role, identity, limit, session))

    def denied(self, decision: Decision, who: Caller | None) -> Decision:
        """Note that a request was denied."""
        return self._noted(decision)

    def cluster_made(self, url: str, headers: Mapping[str, str]) -> None:
        """Somebody made a cluster: ECS then makes its service-linked role, if it may in their name.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
        """
        scope = signatures.read(url, headers)
        who = self.caller(scope) if scope is not None else None
        each = Asked(
            service_linked_role.CREATE,
            service_linked_role.arn(self.account_id),
            {"iam:awsservicename": service_linked_role.SERVICE},
        )
        if who is None or self.of_caller(who, each):
            service_linked_role.make(self.iam)

    # What the learner asks

    def act_as(self, name: str) -> Credentials:
        """Keys of a role or user, by name or ARN, that do not run out while the lab lasts.

        Raises LookupError, naming those there are.
        """
        role, user = identities.role(self.iam, name), identities.user(self.iam, name)
        if role is not None:
            return self.issue(role.arn, "learner", _FOREVER_S)
        if user is not None:
            return self.issue_to_user(user.name, _FOREVER_S)
        there = ", ".join(identities.names(self.iam)) or "none"
        raise LookupError(f"there is no role or user {name!r} in this lab; there are: {there}")

    def last_denial(self) -> Decision | None:
        """The last request that was denied, or None."""
        return self._last_denial

    def denial(self) -> dict[str, Any] | None:
        """The same as JSON can carry it: principal, action, resource, message, kind of policy,
        policy, statement, remedy, and the statement that would allow it (None: none would).
        """
        decision = self._last_denial
        if decision is None:
            return None
        asked = decision.request
        return {
            "principal": str(asked.principal),
            "role": asked.principal.role_arn,
            "action": asked.action,
            "resource": asked.resource,
            "message": decision.message,
            "kind": decision.kind,
            "policy": decision.policy,
            "statement": decision.statement,
            "remedy": advice.remedy(decision),
            "allow": advice.statement(decision),
        }

    # The inside

    @property
    def iam(self) -> Any:
        """moto's IAM of this lab."""
        self._moto.enter()
        if self._iam is None:  # moto looks it up anew each time, which costs more than deciding
            self._iam = self.world.iam
        return self._iam

    @property
    def account_id(self) -> str:
        """The lab's account."""
        return self.world.ecs.state.account_id

    @property
    def _administrator(self) -> Principal:
        return Principal(ADMINISTRATOR.format(account=self.account_id), self.account_id)

    def _decision(
        self,
        role_arn: str,
        action: str,
        resource: str,
        context: Mapping[str, str] | None = None,
        session_name: str | None = None,
    ) -> Decision:
        role = identities.role(self.iam, role_arn)
        arn = role.arn if role is not None else role_arn
        principal = identities.session_principal(arn, session_name)
        if role is None:
            return Decision(False, Request(principal, action, resource, _lower(context)), IDENTITY)
        policies = self._policies(role, resource, None)
        keys = _layers(self._tags(resource), _lower(context), callers.of_role(role))
        return evaluate(Request(principal, action, resource, keys), policies)

    def _policies(
        self, identity: Any, resource: str, session: tuple[Policy, ...] | None
    ) -> Policies:
        own, boundary = self._known.once(
            self.world.changes,
            ("policies", id(identity)),
            lambda: (self._identity(identity), identities.boundary(self.iam, identity)),
        )
        return Policies(
            identity=own,
            boundary=boundary,
            session=session,
            resource=resource_policies.of(resource, self.account_id),
            must_name=resource.startswith(f"arn:aws:{resource_policies.MUST_NAME}:"),
        )

    def _identity(self, identity: Any) -> tuple[Policy, ...]:
        """The policies of a user or role; one that has been deleted has none left."""
        return identities.identity_policies(self.iam, identity) if identity is not None else ()

    def _trust(
        self,
        role: Any,
        identity: tuple[Policy, ...] = (),
        boundary: Policy | None = None,
        session: tuple[Policy, ...] | None = None,
    ) -> Policies:
        trust = identities.trust_policy(role)
        return Policies(identity, boundary, session, trust, TRUST, must_name=True)

    def _tags(self, arn: str) -> Context:
        return resource_tags.ResourceTags(self.world, arn)

    def _noted(self, decision: Decision) -> Decision:
        if not decision:
            self._last_denial = decision
        return decision


_FOREVER_S = 100 * 365 * 86400.0


def _layers(*contexts: Context) -> Context:
    """One context of several; the first that has a key counts."""
    return ChainMap(*contexts)  # type: ignore[arg-type] # nobody writes into it


def _lower(context: Mapping[str, str] | None) -> Context:
    return {key.lower(): value for key, value in (context or {}).items()}
