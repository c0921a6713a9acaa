"""The lab: one object that starts a simulated AWS account, hands out boto3 clients for it, and
moves its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from ecs_lab.acting import Acting
from ecs_lab.aws import guard, transport
from ecs_lab.causing import Causing
from ecs_lab.containers import Inspecting
from ecs_lab.registry import Registry
from ecs_lab.runtime.confinement import current
from ecs_lab.traffic.http import Http
from ecs_lab.worlds import World

if TYPE_CHECKING:
    import boto3

    from ecs_lab.aws.lifecycle_hooks import Hooks
    from ecs_lab.traffic.report import LoadReport


def local_world(seed: int, region: str) -> World:
    """A simulated account in this process."""
    from ecs_lab.aws.world import World as LocalWorld

    return LocalWorld(seed, region)


new_world: Callable[[int, str], World] = local_world
"""What makes the world of a new Lab; grading puts its own here in the process that runs a
learner's code."""


OUTSIDE = (
    "The lab and its clients are the learner's, not the container's that uses them: inside an app "
    "make a client with boto3.client(...), which gets the credentials of the task role."
)
NOT_ASKED = (
    "This lab's account is in the grader's process, which runs no code of yours: functions in "
    "lab.hooks are not asked there, and every hook succeeds."
)


class LabClosedError(RuntimeError):
    """The lab that a client or command belongs to has been closed."""


@dataclass(frozen=True, slots=True)
class Network:
    """The ids of the lab's network; all of it can be read with boto3 too."""

    vpc_id: str
    zones: tuple[str, ...]
    public_subnets: tuple[str, ...]
    private_subnets: tuple[str, ...]
    security_groups: dict[str, str]


_open: list[Lab] = []
_last_used: Lab | None = None
_environment = guard.CleanEnvironment()


def open_labs() -> list[Lab]:
    """The labs that are open, the newest last."""
    return list(_open)


def _newest() -> transport.Transport:
    if not _open:
        transport.refuse()
    return _open[-1].transport


def _sleep(seconds: float) -> None:
    """The pause of a boto3 waiter moves the clock of the lab it just asked."""
    lab = _last_used
    if lab is not None and not lab.closed:
        lab.wait(seconds)


_installed = False


def _install_once() -> None:
    global _installed  # noqa: PLW0603 - once a process
    if not _installed:
        guard.install(_sleep)
        transport.newest_lab = _newest
        _installed = True


class Lab(Acting, Causing, Inspecting):
    """A simulated AWS account with a network and roles ready, in virtual time.

    `seed` decides every id: the same seed gives the same history. Time moves one second with each
    API call that succeeds, by `wait` and `settle`, and by the pauses of boto3's waiters.

    >>> lab = Lab()
    >>> lab.client("ecs").create_cluster(clusterName="shop")["cluster"]["status"]
    'ACTIVE'
    >>> lab.close()
    """

    def __init__(
        self, seed: int = 0, region: str = "us-east-1", *, world: World | None = None
    ) -> None:
        """A new account in `region`, or another view of a `world` that is there already."""
        _install_once()
        self._world = new_world(seed, region) if world is None else world
        self.region = self._world.region
        self.closed = False
        self._quiet = False
        self._session: boto3.Session | None = None
        self._roles_played = []
        self._unasked: Hooks = {}
        _environment.enter(self.region)
        _open.append(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{self.now:%Y-%m-%d %H:%M:%S} UTC"
        return f"<{type(self).__name__} {self.region}, {state}>"

    def close(self) -> None:
        """Close the lab: its clients refuse from now on, and the user's AWS settings come back
        with the last one.
        """
        if self.closed:
            return
        self.closed = True
        self._world.close()
        _open.remove(self)
        if not _open:
            _environment.leave()

    @property
    def session(self) -> boto3.Session:
        """A boto3 session bound to this lab: with an administrator's credentials, or those of whom
        the lab is `acting_as`.
        """
        if self._roles_played:
            return self._roles_played[-1]
        if self._session is None:
            self._session = transport.session_to(self.transport, self.region)
        return self._session

    def client(self, service: str, **settings: Any) -> Any:
        """A boto3 client of this lab, such as `lab.client("ecs")`; `settings` as boto3 takes
        them.
        """
        return self.session.client(service, **settings)  # type: ignore[call-overload]  # any service's name

    def transport(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one HTTP request to an AWS API of this lab."""
        global _last_used  # noqa: PLW0603 - which lab a waiter asked is the process's knowledge
        _last_used = self
        return self.world.handle(method, url, headers, body, quiet=self._quiet)

    @property
    def world(self) -> World:
        """What the lab stands on; raises LabClosedError once it is closed, and PermissionError in
        an app of a container.
        """
        if current() is not None:
            raise PermissionError(OUTSIDE)
        if self.closed:
            raise LabClosedError("This lab has been closed: make a new one with Lab().")
        return self._world

    @property
    def now(self) -> datetime:
        """The lab's virtual time (UTC)."""
        return datetime.fromtimestamp(self.world.now(), UTC)

    def wait(self, seconds: float) -> None:
        """Let `seconds` of virtual time pass; takes milliseconds. Raises ValueError for a negative
        number.
        """
        if seconds < 0:
            raise ValueError(
                f"time cannot go back: asked to wait {seconds} s; give 0 or more seconds"
            )
        self.world.advance(seconds)

    def settle(self, limit_s: float = 3600.0) -> float:
        """Let time pass until nothing more is going to happen by itself (`limit_s` at most);
        returns the seconds.
        """
        return self.world.settle(limit_s)

    def wait_for_next(self, limit_s: float = 3600.0) -> float | None:
        """Let time pass until the next thing happens; returns the seconds.

        None, and no time passes, when nothing is going to happen by itself within `limit_s`.
        """
        seconds = self.world.next_happening_s(limit_s)
        if seconds is not None:
            self.world.advance(seconds)
        return seconds

    def timeline(self) -> list[dict[str, Any]]:
        """What happened so far, oldest first: dictionaries with at (epoch seconds), kind, subject,
        name, what.
        """
        return self.world.timeline()

    def snapshot(self) -> dict[str, Any]:
        """All there is in the lab, in AWS's own shapes; takes no time."""
        return self.world.snapshot()

    def agent_log(self, instance_id: str) -> list[str]:
        """The lines of /var/log/ecs/ecs-agent.log on an EC2 instance, newest last.

        Raises ValueError, naming those there are, for an instance that the lab does not have.
        """
        try:
            return self.world.agent_log(instance_id)
        except KeyError:
            known = [each["InstanceId"] for each in self.snapshot()["ec2Instances"]]
            there = ", ".join(known) or "none yet"
            raise ValueError(
                f"no EC2 instance {instance_id!r} in this lab; there are: {there}"
            ) from None

    def load(
        self,
        service_or_url: str,
        *,
        rps: float,
        seconds: float,
        method: str = "GET",
        path: str = "/",
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
        cpu_ms_per_request: float = 0.0,
    ) -> LoadReport:
        """Send `rps` requests a second for so many seconds of virtual time, and count the answers
        by status, task, zone and revision, with their latency.

        They go to a URL, or to the load balancer of a service (`web`, `shop/web` or its ARN) at
        `path`. The load balancer's metrics follow, and with `cpu_ms_per_request` the service's
        CPU: what scales by them acts meanwhile. Ctrl-C ends it early, with what came so far.
        Raises ValueError for a service that is not there or has no load balancer.
        """
        from ecs_lab.traffic import load

        asked = load.Asked(method, path, headers or {}, body, cpu_ms_per_request)
        return load.run(self, service_or_url, rps, seconds, asked, self._progress)

    def _progress(self, sent: int, total: int) -> None:
        """Hear how far a load is; the desk shows it."""

    def reset(self) -> None:
        """Go back to the beginning: the clock, the network and the roles as new, everything else
        gone.
        """
        self.world.reset()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Within this, API calls take no virtual time: for looking without moving."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    @property
    def http(self) -> Http:
        """HTTP requests to what runs in the lab, such as `lab.http.get("http://" + dns_name)`."""
        return Http(self._open_world)

    def _open_world(self) -> World:
        return self.world

    @property
    def network(self) -> Network:
        """The VPC, its three zones, subnets and security groups that are there from the start."""
        facts = self.world.facts()
        return Network(
            vpc_id=facts["vpc_id"],
            zones=tuple(facts["zones"]),
            public_subnets=tuple(facts["public_subnets"]),
            private_subnets=tuple(facts["private_subnets"]),
            security_groups=dict(facts["security_groups"]),
        )

    @property
    def roles(self) -> dict[str, str]:
        """The ARNs of the IAM roles that are there from the start, by name."""
        return dict(self.world.facts()["roles"])

    @property
    def hooks(self) -> Hooks:
        """Python functions that stand for the Lambda functions of deployment lifecycle hooks.

        By the function's ARN; each takes the event and gives {"hookStatus": "SUCCEEDED"}, FAILED,
        or IN_PROGRESS with `callBackDelay` seconds. For a hook of CodeDeploy's AppSpec file it
        gives {"status": "Succeeded"} or Failed. A function that is not here succeeds. One that
        calls the lab does so within `lab.quiet()`.
        A graded notebook's lab is in the grader's process, which never runs a learner's code: there
        nobody asks what is put in here, and every hook succeeds.
        """
        hooks: Hooks | None = getattr(self.world, "hooks", None)
        if hooks is None:
            print(NOT_ASKED)  # noqa: T201 - shown in the notebook
            return self._unasked
        return hooks

    @property
    def registry(self) -> Registry:
        """The lab's ECR, to push apps of one's own to: see `Registry.push`."""
        return Registry(self)

    @property
    def ecs_ami(self) -> str:
        """The image id of the newest ECS-optimized Amazon Linux 2023 AMI."""
        return str(self.world.facts()["ecs_ami"])

    def copy(self) -> Lab:
        """A lab that starts out like this one and goes its own way, for trying something without
        touching this one.
        """
        return Lab(world=self.copy_of_world())

    def copy_of_world(self) -> World:
        """The account as it is now, for `Lab(world=...)` or `go_back` later."""
        world = self.world
        if not hasattr(world, "copy"):
            raise LabClosedError("This lab cannot be copied: its account lives in another process.")
        copied: World = world.copy()
        return copied

    def go_back(self, world: World) -> None:
        """Make everything, the clock as well, what it was when `copy_of_world` gave this world.

        Clients that were made before go on working, there.
        """
        self.world.close()
        self._world = world
