"""Who calls AWS so that a task can start: a role, and the place where its requests leave from.

| what for | on Fargate | on a container instance (EC2) |
| --- | --- | --- |
| images of Amazon ECR | execution role | container instance role |
| secrets, parameters, environment files, registry credentials | execution role | execution role |
| awslogs | execution role | execution role where the task has one, else instance role |
| FireLens | task role | task role |

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecs_lab.aws import network
from ecs_lab.aws.containers.known import Look
from ecs_lab.engine.api.exec import task_role
from ecs_lab.engine.model import Task

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

SERVICES = {
    "ecr.api": ("ECR", "api.ecr"),
    "ecr.dkr": ("ECR", "dkr.ecr"),
    "logs": ("CloudWatch Logs", "logs"),
    "s3": ("S3", "s3"),
    "secretsmanager": ("Secrets Manager", "secretsmanager"),
    "ssm": ("SSM", "ssm"),
}
"""A service's name in VPC endpoints -> its name in the SDK's errors, and how its host begins."""

SOME_ADDRESS = "203.0.113.10"
"""An address that stands for any of AWS's or a registry's, out of a range kept for examples.

Source: https://www.rfc-editor.org/rfc/rfc5737
"""


class RefusedError(Exception):
    """An AWS API refuses what it is asked: its error's code and message."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class UnreachableError(Exception):
    """An AWS API cannot be reached; the text says what is in the way."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One who calls AWS for a task: `role_arn` is None where no role is there to be used."""

    world: World
    task: Task
    role_arn: str | None
    session_name: str
    from_instance: bool

    def reach(self, service: str) -> None:
        """Find the way to a service of AWS such as `logs`; raises UnreachableError."""
        self._go(network.service_obstacle, service)

    def reach_registry(self, host: str) -> None:
        """Find the way to a registry of the internet; raises UnreachableError."""
        self._go(_registry_obstacle, host)

    def _go(self, look: Look, where: str) -> None:
        place = self._place()
        obstacle = self.world.known.obstacle(place, look, where) if place is not None else None
        if obstacle is not None:
            raise UnreachableError(str(obstacle))

    def ask(self, action: str, resource: str = "*") -> None:
        """Ask IAM for an action; raises RefusedError."""
        if self.role_arn is None:
            raise RefusedError("NoCredentialProviders", "no valid providers in chain")
        refusal = self.world.known.refusal(self.role_arn, action, resource, self.session_name)
        if refusal is not None:
            raise RefusedError("AccessDeniedException", refusal)

    def _place(self) -> network.Place | None:
        """Where its requests leave from; None for a server outside of AWS."""
        if not self.from_instance:
            return network.of_task(self.task)
        found = ec2_instance(self.world, self.task)
        return network.of_instance(found) if found is not None else None

    def cause(self, service: str, operation: str, error: RefusedError) -> str:
        """An API's refusal as the AWS SDK tells it: the Fargate agent's (aws-sdk-go) and that of
        the container agent and Docker (aws-sdk-go-v2).
        """
        request_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.task.id}/{operation}")
        if on_fargate(self.task):
            ending = f"status code: {error.status}, request id: {request_id}"
            return f"{error.code}: {error.message} {ending}"
        declared = "" if error.code in _DECLARED else "api error "
        return (
            f"operation error {SERVICES[service][0]}: {operation}, https response error "
            f"StatusCode: {error.status}, RequestID: {request_id}, "
            f"{declared}{error.code}: {error.message}"
        )

    def timeout(self, service: str, operation: str) -> str:
        """A service that does not answer, as the AWS SDK tells it."""
        name, host = SERVICES[service]
        url = f"https://{host}.{region_of(self.task)}.amazonaws.com/"
        dial = f'Post "{url}": dial tcp {SOME_ADDRESS}:443: i/o timeout'
        if not on_fargate(self.task):
            return (
                f"operation error {name}: {operation}, exceeded maximum number of attempts, 3, "
                f"https response error StatusCode: 0, RequestID: , request send failed, {dial}"
            )
        if service == "ecr.api":
            return f"RequestError: send request failed caused by: {dial}"
        return "RequestCanceled: request context canceled caused by: context deadline exceeded"


_DECLARED = {"ResourceNotFoundException", "InvalidRequestException", "NoSuchKey", "NoSuchBucket"}
"""Errors that the SDK has a type for; it prints others as "api error ..."."""


def _registry_obstacle(place: network.Place, host: str) -> network.Obstacle | None:
    return network.pull_obstacle(place, f"{host}/image")


def on_fargate(task: Task) -> bool:
    """Whether the Fargate agent starts the task, and not the container agent of an instance."""
    return task.launch_type == "FARGATE"


def region_of(task: Task) -> str:
    """The Region that the task runs in."""
    return task.arn.split(":")[3]


def account_of(task: Task) -> str:
    """The account that the task runs in."""
    return task.arn.split(":")[4]


def execution(world: World, task: Task) -> Caller:
    """The agent with the task's execution role: that of the overrides, else the definition's."""
    role = task.overrides.get("executionRoleArn") or task.definition.document.get(
        "executionRoleArn"
    )
    return Caller(world, task, role, task.id, from_instance=not on_fargate(task))


def instance(world: World, task: Task) -> Caller:
    """The agent or Docker with the role of the container instance."""
    found = ec2_instance(world, task)
    name = world.role_of_instance(found) if found is not None else None
    role = None
    if name is not None:
        role = next((each.arn for each in world.iam.roles.values() if each.name == name), None)
    return Caller(world, task, role, found.id if found is not None else "", from_instance=True)


def application(world: World, task: Task) -> Caller:
    """What runs in the task's containers, with the task role; on a container instance with the
    instance's role where the task has none.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    role = task_role(task.definition, task.overrides)
    if role is None and not on_fargate(task):
        return instance(world, task)
    return Caller(world, task, role, task.id, from_instance=False)


def puller(world: World, task: Task) -> Caller:
    """Who pulls images from Amazon ECR."""
    return instance(world, task) if task.launch_type == "EC2" else execution(world, task)


def log_writer(world: World, task: Task) -> Caller:
    """Who writes the lines of the awslogs driver.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    by_execution_role = execution(world, task)
    if task.container_instance is None or task.launch_type != "EC2":
        return by_execution_role
    config = world.agents.config(task.container_instance.ec2_instance_id)
    override = config is None or config.awslogs_execution_role
    if by_execution_role.role_arn is not None and override:
        return by_execution_role
    return instance(world, task)


def ec2_instance(world: World, task: Task) -> Any | None:
    """moto's EC2 instance under a task, or None for a task without one."""
    if task.container_instance is None:
        return None
    wanted = task.container_instance.ec2_instance_id
    return next((each for each in world.ec2_instances() if each.id == wanted), None)
