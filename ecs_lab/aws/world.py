"""One simulated AWS account: ECS from our engine, everything else from moto, one virtual clock for
both.

Requests and answers are plain HTTP and all commands take and give what JSON can carry, so that a
lab can also be reached from another process (as grading does).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends

from ecs_lab.aws import (
    causes,
    ecs_api,
    error_answers,
    listeners,
    machine_images,
    managed_machines,
    moto_requests,
    policies,
    provision,
    schedule_expression,
    snapshot,
)
from ecs_lab.aws.access.access import Access
from ecs_lab.aws.agent import Agents
from ecs_lab.aws.auto_scaling import MotoGroups
from ecs_lab.aws.code_deploy import CodeDeploy
from ecs_lab.aws.containers import Containers, Known, Logs, Startup, lookup, sessions
from ecs_lab.aws.ecr import Expiry
from ecs_lab.aws.event_bus import Buses
from ecs_lab.aws.insights import Insights
from ecs_lab.aws.lifecycle_hooks import Hooks
from ecs_lab.aws.managed_machines import MotoMachines
from ecs_lab.aws.moto_state import MotoState
from ecs_lab.aws.schedules import Schedules
from ecs_lab.aws.service_auto_scaling import ServiceAutoScaling
from ecs_lab.aws.surroundings import MotoSurroundings
from ecs_lab.aws.traffic import Traffic, rush
from ecs_lab.aws.volumes import Volumes
from ecs_lab.engine.clock import Clock
from ecs_lab.engine.ecs import Ecs
from ecs_lab.engine.model import Task
from ecs_lab.runtime.messages import Request
from ecs_lab.runtime.programs import Program
from ecs_lab.runtime.replies import Reply

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ACCOUNT_ID = "123456789012"
SECONDS_PER_CALL = 1.0
Answer = tuple[int, dict[str, str], bytes]
Sent = tuple[int, dict[str, str], bytes, float, list[list[str]]]

_ECS_HOST = re.compile(r"ecs(-fips)?\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com|api\.aws)")
_READS_ONLY = re.compile(r"Action=(Describe|Get|List)")


class World:
    """A simulated account of one seed, its network and roles ready; the same seed gives the same
    history and ids.
    """

    def __init__(self, seed: int = 0, region: str = "us-east-1") -> None:
        self.seed = seed
        self.region = region
        self._begin()

    def reset(self) -> None:
        """Go back to the beginning: everything that was made is gone."""
        self._moto.leave()
        self._begin()

    def _begin(self) -> None:
        self.clock = Clock(START.timestamp())
        self._moto = MotoState(self.seed, self.clock)
        self._moto.owner = self
        self._ecs: dict[str, Ecs] = {}
        self.changes = 0
        self.traffic = Traffic(self)
        self.hooks: Hooks = {}
        self.containers, self.startup, self.logs = Containers(self), Startup(self), Logs(self)
        self.known, self.volumes = Known(self), Volumes(self)
        self.buses = self._moto.buses = Buses(self)
        self._schedules, self.expiry = Schedules(self), Expiry(self)
        self._code_deploy = CodeDeploy(self)
        self._insights = Insights(self)
        self._scaling = ServiceAutoScaling(self)
        self.access = Access(self, self._moto)
        self.ecs = self.ecs_in(self.region)
        self._agents = Agents(self)
        with self._here():
            machine_images.install(self.ec2)
            policies.install(self.iam)
            self._facts = provision.provision(self)

    def handle(
        self, method: str, url: str, headers: dict[str, str], body: bytes, *, quiet: bool = False
    ) -> Answer:
        """Answer one request to an AWS API; it takes a second of virtual time unless it is `quiet`
        or is refused.

        Returns (status, headers, body).
        """
        with self._here():
            answer = self._answer(method, url, headers, body)
            if not quiet and answer[0] < 400:
                self.clock.advance(SECONDS_PER_CALL)
        return answer

    def _answer(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        refused_or_about_access = self.access.answer(method, url, headers, body)
        if refused_or_about_access is not None:
            return refused_or_about_access
        host = urlsplit(url).hostname or ""
        ecs_host = _ECS_HOST.fullmatch(host)
        if ecs_host is not None:
            answer = ecs_api.answer(self.ecs_in(ecs_host["region"]), headers, body)
            if answer[0] == 200 and ecs_api.operation_of(headers) == "CreateCluster":
                self.access.cluster_made(url, headers)
            return answer
        if host.startswith("motoapi."):
            # moto: this host resets all of moto, or records to files; AWS has no such service.
            return error_answers.not_simulated(headers, url, f"the lab has no service at {host}")
        refusal = schedule_expression.refusal(host, headers, method, body)
        if refusal is not None:
            return error_answers.error(400, "ValidationException", refusal, headers, url)
        refusal = managed_machines.refusal(self.ec2, host, body)
        if refusal is not None:
            return error_answers.error(403, "UnauthorizedOperation", refusal, headers, url)
        s3_files = self.volumes.answer_s3_files(method, url, body)
        if s3_files is not None:
            return s3_files
        answer = moto_requests.answer(method, url, headers, body)
        if not _READS_ONLY.match(body[:40].decode(errors="replace")):
            self.changes += 1
            self._agents.observe()
            self._schedules.observe()
            self._scaling.observe()
            self.traffic.metrics.observe()
            self._code_deploy.observe()
            self.volumes.observe()
        return answer

    def send(
        self, source: dict[str, Any], method: str, url: str, headers: dict[str, str], body: bytes
    ) -> Sent:
        """Send an HTTP request inside the lab, and let the time pass that its answer took.

        `source` as `sources.described` takes it. Returns (status, headers, body, seconds, hops).
        Raises UnreachableError where no answer comes, LookupError for a source that is not there,
        ValueError for what is no URL.
        """
        with self._here():
            reply = self.traffic.send_from(source, method, url, headers, body)
            self.clock.advance(reply.took_s)
        hops = [list(each) for each in reply.hops]
        return reply.status, dict(reply.headers), reply.body, reply.took_s, hops

    def rush(
        self,
        source: dict[str, Any],
        request: tuple[str, str, dict[str, str], bytes],
        offsets_s: list[float],
        lasts_s: float,
    ) -> list[rush.Row]:
        """Send a request (method, URL, headers, body) at these moments of the next `lasts_s`
        seconds, which then have passed.

        Returns (status, task, zone, revision, seconds, error) of each. Raises LookupError for a
        source that is not there, ValueError for what is no URL.
        """
        with self._here():
            return rush.send_all(self, source, request, offsets_s, lasts_s)

    def now(self) -> float:
        """Virtual time, in seconds since the epoch."""
        return self.clock.now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass; raises ValueError for a negative number."""
        with self._here():
            self.clock.advance(seconds)

    def settle(self, limit_s: float = 3600.0) -> float:
        """Let time pass until nothing more is going to happen by itself; returns the seconds
        passed.
        """
        with self._here():
            return self.clock.settle(limit_s)

    def next_happening_s(self, limit_s: float = 3600.0) -> float | None:
        """In how many seconds the timeline has its next line, or None if none comes within
        `limit_s`; takes no time.
        """
        trial = self.copy()
        lines, until_s = len(trial.timeline()), self.now() + limit_s
        while (at_s := trial.clock.next_event_at_s) is not None and at_s <= until_s:
            trial.advance(max(0.0, at_s - trial.now()))
            if len(trial.timeline()) > lines:
                return trial.now() - self.now()
        return None

    def timeline(self) -> list[dict[str, Any]]:
        """Everything that happened so far: at (epoch seconds), kind, subject (ARN or id), name,
        what.
        """
        lines = [each for ecs in self._ecs.values() for each in ecs.state.history]
        return [
            {"at": h.at_s, "kind": h.kind, "subject": h.subject, "name": h.name, "what": h.what}
            for h in sorted(lines, key=lambda each: each.at_s)
        ]

    def snapshot(self) -> dict[str, Any]:
        """All there is in the account, in AWS's own shapes; takes no time. Keys: see
        `snapshot.take`.
        """
        with self._here():
            taken: dict[str, Any] = json.loads(json.dumps(snapshot.take(self), default=_as_text))
            return taken

    def facts(self) -> dict[str, Any]:
        """The ids of the network, roles and images that are there from the start: see
        `provision.provision`.
        """
        return copy.deepcopy(self._facts)

    def agent_log(self, instance_id: str) -> list[str]:
        """The lines of /var/log/ecs/ecs-agent.log on an EC2 instance; raises KeyError for one that
        is not there.
        """
        with self._here():
            return self._agents.log(instance_id)

    def container_logs(self, task: str, container: str | None) -> list[tuple[float, str, str]]:
        """What a task's containers have written: (epoch seconds, container, line), oldest first;
        raises LookupError for a task or container that is not there.
        """
        found = lookup.task(self._ecs.values(), task)
        asked = [lookup.container(found, container)] if container else found.containers
        lines = [
            (line.at_s, each.name, line.text) for each in asked for line in self.logs.lines(each)
        ]
        return sorted(lines, key=itemgetter(0))

    def run_in_container(self, task: str, container: str, command: str, session_id: str) -> str:
        """Run the command of an open session of ECS Exec, and give what it prints; raises
        LookupError for a task or container that is not there.
        """
        with self._here():
            found = lookup.task(self._ecs.values(), task)
            return sessions.run(
                self, found, lookup.container(found, container), command, session_id
            )

    def cause(self, what: str, details: dict[str, Any]) -> list[str]:
        """Let something happen that no AWS call makes; gives the ids of what it happens to.

        What there is to cause, and with which details: see `causes`.
        """
        with self._here():
            return causes.cause(self, what, details)

    def act_as(self, name: str) -> dict[str, str]:
        """Keys of a role or user, as boto3 names them; raises LookupError, naming those there
        are.
        """
        keys = self.access.act_as(name)
        return {
            "aws_access_key_id": keys.access_key_id,
            "aws_secret_access_key": keys.secret_access_key,
            "aws_session_token": keys.token,
        }

    def last_denial(self) -> dict[str, Any] | None:
        """The last request that was denied: see `ecs_lab.acting.Denial`."""
        return self.access.denial()

    def copy(self) -> World:
        """A world that starts out like this one and goes its own way."""
        self._moto.leave()
        return copy.deepcopy(self)

    def close(self) -> None:
        """Take what is this world's out of moto's tables."""
        self._moto.leave()

    def keep_image(self, digest: str, program: Program, name: str) -> None:
        """Let containers of the image with this digest, pushed as `name`, run a program."""
        self.containers.images[digest] = program
        self.containers.image_names[digest] = name

    # What the parts of this layer use of each other.

    def ecs_in(self, region: str) -> Ecs:
        """ECS of any Region; all share one clock."""
        if region not in self._ecs:
            groups = MotoGroups(self, ACCOUNT_ID, region)
            machines = MotoMachines(self, ACCOUNT_ID, region)
            surroundings = MotoSurroundings(ACCOUNT_ID, region, groups, machines, self)
            surroundings.hooks, surroundings.role_may = self.hooks, self.access.allows
            self._ecs[region] = Ecs(
                self.clock,
                surroundings,
                region=region,
                account_id=ACCOUNT_ID,
                seed=self.seed,
            )
            self._ecs[region].state.observers += [self.buses.observe, self._insights.observe]
        return self._ecs[region]

    def answer_at(
        self, host: str, port: int, request: Request, task: Task | None = None
    ) -> Reply | None:
        """What a request inside the lab gets, or None where nothing listens."""
        return listeners.answer(self.containers, self._ecs.values(), host, port, request, task)

    def find_task(self, arn: str) -> Task | None:
        """The task of an ARN, in whatever cluster and Region, or None."""
        parts = arn.split(":")
        ecs = self._ecs.get(parts[3]) if len(parts) > 5 else None
        clusters = ecs.state.clusters.values() if ecs is not None else ()
        found = (each.tasks.get(arn.rpartition("/")[2]) for each in clusters)
        return next((task for task in found if task is not None and task.arn == arn), None)

    @property
    def elbv2(self) -> Any:
        """moto's Elastic Load Balancing of the lab's Region, without Classic Load Balancers."""
        return elbv2_backends[ACCOUNT_ID][self.region]

    def elbv2_of(self, arn: str) -> Any:
        """moto's Elastic Load Balancing of an ARN's Region."""
        return elbv2_backends[ACCOUNT_ID][arn.split(":")[3]]

    @property
    def account_id(self) -> str:
        """The account's number."""
        return ACCOUNT_ID

    @property
    def ec2(self) -> Any:
        """moto's EC2 of the lab's Region."""
        return ec2_backends[ACCOUNT_ID][self.region]

    @property
    def iam(self) -> Any:
        """moto's IAM."""
        return iam_backends[ACCOUNT_ID]["aws"]

    @property
    def agents(self) -> Agents:
        """The ECS agents of the Region's EC2 instances."""
        return self._agents

    @property
    def scaling(self) -> ServiceAutoScaling:
        """Load on services, and what scales them."""
        return self._scaling

    def observe_instances(self) -> None:
        """Let the agents see what became of the EC2 instances."""
        self._agents.observe()

    def ec2_instances(self) -> list[Any]:
        """moto's EC2 instances of the lab's Region, terminated ones too."""
        return [each for group in self.ec2.reservations.values() for each in group.instances]

    def role_of_instance(self, instance: Any) -> str | None:
        """The name of the role in an EC2 instance's profile, or None."""
        return policies.role_of_instance(self.iam, instance)

    @contextmanager
    def _here(self) -> Iterator[None]:
        """Work with this world's share of moto."""
        self._moto.enter()
        yield


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a snapshot cannot carry {type(value).__name__}")
