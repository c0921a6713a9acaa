"""`lab.http`: HTTP requests to what runs in a lab, from the internet, a subnet or a container."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecs_lab.runtime.replies import Hop, Reply

if TYPE_CHECKING:
    from ecs_lab.worlds import World


@dataclass(frozen=True, slots=True)
class Http:
    """A client somewhere: on the internet, unless `from_subnet` or `from_task` says otherwise.

    Its requests go through name, load balancer, listener, rule and target group to a container,
    past security groups and routes, and the reply tells the hops. Redirects are not followed.
    The time that an answer took passes in the lab.
    """

    world: Callable[[], World]
    source: Mapping[str, Any] = field(default_factory=dict)

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Reply:
        """GET a URL; raises UnreachableError, which says what is in the way."""
        return self.request("GET", url, headers=headers, cookies=cookies)

    def post(
        self,
        url: str,
        body: bytes | str = b"",
        *,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Reply:
        """POST to a URL; raises UnreachableError, which says what is in the way."""
        return self.request("POST", url, body, headers=headers, cookies=cookies)

    def request(
        self,
        method: str,
        url: str,
        body: bytes | str = b"",
        *,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send an HTTP request, with `cookies` such as those of an earlier reply.

        Raises UnreachableError where no answer comes, and ValueError for what is no URL of http or
        https or a task, subnet or security group that is not there.
        """
        raw = body.encode() if isinstance(body, str) else body
        sent = {str(key): str(value) for key, value in (headers or {}).items()}
        if cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        try:
            answer = self.world().send(dict(self.source), method, url, sent, raw)
        except LookupError as error:
            raise ValueError(str(error.args[0])) from None
        status, answered, content, took_s, hops = answer
        return Reply(status, answered, content, took_s, tuple(Hop(*each) for each in hops))

    def from_subnet(self, subnet_id: str, security_groups: Sequence[str] = ()) -> Http:
        """A client on a machine in a subnet, with these security groups (the VPC's default one
        unless any are named).
        """
        return Http(self.world, {"subnet": subnet_id, "security_groups": list(security_groups)})

    def from_task(self, task_arn: str, container: str | None = None) -> Http:
        """A client in a container of a task, the first one unless another is named."""
        return Http(self.world, {"task": task_arn, "container": container})
