"""What a task needs before its containers can start, in AWS's order: secrets and environment files,
images, log drivers.

`prepare` reads it once; a container's environment stays what it was then. Each thing that cannot
be had stops the task with AWS's text: see `failures`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.containers import callers, environment_files, secrets
from ecs_lab.aws.containers.pulls import Pulls
from ecs_lab.engine.model import Container, Task, TaskDefinition
from ecs_lab.runtime import programs

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

ECS_TASKS = "ecs-tasks.amazonaws.com"
Environment = dict[str, str]


@dataclass(slots=True)
class Prepared:
    """What was read for one container: variables, and the secret options of its log driver."""

    environment: Environment = field(default_factory=dict)
    log_options: Environment = field(default_factory=dict)


class Startup:
    """What the starting tasks of a lab were given."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.pulls = Pulls(world)
        self._prepared: dict[str, Prepared] = {}

    def reaches(self, task: Task, service: str) -> bool:
        """Whether a task's containers reach the API of an AWS service."""
        try:
            callers.application(self._world, task).reach(service)
        except callers.UnreachableError:
            return False
        return True

    def role_out_of_reach(
        self, definition: TaskDefinition, overrides: Mapping[str, Any], region: str
    ) -> str | None:
        """The ARN of a task's role that does not let ECS assume it, or None.

        AWS's guide has the conditions aws:SourceAccount and aws:SourceArn with the pattern
        `arn:aws:ecs:region:account:*`, and says that a cluster's ARN in it is not supported; it
        does not say what ECS sends. The lab sends the ARN of a task without its cluster.
        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
        """
        account_id = self._world.ecs.state.account_id
        context = {
            "aws:SourceAccount": account_id,
            "aws:SourceArn": f"arn:aws:ecs:{region}:{account_id}:task/",
        }
        named = {**definition.document, **overrides}
        for kind in ("taskRoleArn", "executionRoleArn"):
            role = named.get(kind)
            if role and self._world.known.cannot_assume(role, ECS_TASKS, context):
                return str(role)
        return None

    def prepare(self, task: Task) -> None:
        """Read the secrets and environment files of all containers; raises CannotStartError."""
        caller = callers.execution(self._world, task)
        for container in task.containers:
            prepared = _read(caller, container)
            if prepared is not None:
                self._prepared[container.arn] = prepared

    def environment_of(self, task: Task, container: Container) -> Environment:
        """The environment variables of a container: of its definition, which count more than those
        of its environment files, and its secrets.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
        """
        prepared = self._prepared.get(container.arn)
        if prepared is not None:
            return dict(prepared.environment)
        return programs.environment_of(container.definition)

    def log_options_of(self, container: Container) -> Environment:
        """The options of a container's log driver, those that are secrets too."""
        logging = container.definition.get("logConfiguration") or {}
        prepared = self._prepared.get(container.arn)
        secret = prepared.log_options if prepared is not None else {}
        return {**(logging.get("options") or {}), **secret}

    def task_ended(self, task: Task) -> None:
        """Forget what the task was given."""
        for container in task.containers:
            self._prepared.pop(container.arn, None)


def _read(caller: callers.Caller, container: Container) -> Prepared | None:
    """What one container gets from elsewhere; None for one that needs nothing."""
    definition = container.definition
    files = definition.get("environmentFiles") or []
    wanted = definition.get("secrets") or []
    options = (definition.get("logConfiguration") or {}).get("secretOptions") or []
    registry = definition.get("repositoryCredentials")
    if not (files or wanted or options or registry):
        return None
    if registry:
        secrets.check_registry(caller, registry["credentialsParameter"])
    own_secrets = {each["name"]: secrets.value_of(caller, each["valueFrom"]) for each in wanted}
    log_options = {each["name"]: secrets.value_of(caller, each["valueFrom"]) for each in options}
    from_files = environment_files.read(caller, [each["value"] for each in files])
    environment = {**from_files, **programs.environment_of(definition), **own_secrets}
    return Prepared(environment, log_options)
