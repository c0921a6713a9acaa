"""`World.access`: what may be done in a lab, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.access import identities, resource_policies
from ecs_lab.aws.access.keys import Credentials, Keys
from ecs_lab.iam.evaluation import IDENTITY, TRUST, Decision, Policies, Request, evaluate
from ecs_lab.iam.principals import Principal

if TYPE_CHECKING:
    from ecs_lab.aws.moto_state import MotoState
    from ecs_lab.aws.world import World

ONE_HOUR_S = 3600.0
ASSUME_ROLE = "sts:AssumeRole"


class Access:
    """The access control of one lab."""

    def __init__(self, world: World, moto: MotoState) -> None:
        self._world = world
        self._moto = moto
        self._keys = Keys(world.seed)
        self._last_denial: Decision | None = None

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
        holder = identities.role(self._iam, role_arn)
        if holder is None:
            return f"The role with name {role_arn.rpartition('/')[2]} cannot be found."
        keys = {key.lower(): value for key, value in (context or {}).items()}
        request = Request(Principal("", service=service), ASSUME_ROLE, holder.arn, keys)
        trust = identities.trust_policy(holder)
        policies = Policies(resource=trust, kind=TRUST, must_name=True)
        return self._noted(evaluate(request, policies)).message or None

    def issue(
        self,
        role_arn: str,
        session_name: str,
        lasts_s: float = ONE_HOUR_S,
        *,
        source_identity: str = "",
    ) -> Credentials:
        """Temporary credentials of a role, whose requests are then enforced as that role's.

        Nobody is asked whether the role may be assumed: see `cannot_assume`. Raises LookupError for
        a role that is not there.
        """
        holder = identities.role(self._iam, role_arn)
        if holder is None:
            raise LookupError(f"there is no role {role_arn}")
        return self._keys.issue(
            self._world.now(),
            lasts_s,
            role_arn=holder.arn,
            session_name=session_name,
            source_identity=source_identity,
        )

    def last_denial(self) -> Decision | None:
        """The last request that was denied, or None."""
        return self._last_denial

    def _decision(
        self,
        role_arn: str,
        action: str,
        resource: str,
        context: Mapping[str, str] | None = None,
        session_name: str | None = None,
    ) -> Decision:
        holder = identities.role(self._iam, role_arn)
        arn = role_arn if holder is None else holder.arn
        principal = identities.session_principal(arn, session_name)
        keys = {key.lower(): value for key, value in (context or {}).items()}
        request = Request(principal, action, resource, keys)
        if holder is None:
            return Decision(False, request, IDENTITY)
        return evaluate(request, self._policies(holder, resource))

    def _policies(self, holder: Any, resource: str) -> Policies:
        return Policies(
            identity=identities.identity_policies(self._iam, holder),
            boundary=identities.boundary(self._iam, holder),
            resource=resource_policies.of(resource, self._world.ecs.state.account_id),
            must_name=resource.startswith(f"arn:aws:{resource_policies.MUST_NAME}:"),
        )

    def _noted(self, decision: Decision) -> Decision:
        if not decision:
            self._last_denial = decision
        return decision

    @property
    def _iam(self) -> Any:
        self._moto.enter()
        return self._world.iam
