"""What a call asks for: actions on resources, each with its condition keys."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecs_lab.aws.access import lookups
from ecs_lab.aws.access.contexts import CallContext
from ecs_lab.aws.access.operations import Table, table_of
from ecs_lab.aws.access.requests import Call
from ecs_lab.aws.access.templates import Template
from ecs_lab.iam.variables import Context

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

_RUNS_TASKS = {"RunTask", "StartTask"}
_TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Asked:
    """One action on one resource."""

    action: str
    resource: str
    context: Context


def asked(world: World, call: Call) -> Iterator[Asked]:
    """Everything that has to be allowed for a call to be carried out."""
    table = table_of(call.service, call.region, world.ecs.state.account_id)
    context = CallContext(world, call, table)
    if action := table.action(call.operation):
        for resource in _own(world, call, table) or ["*"]:
            yield Asked(action, resource, context)
    for touch in table.touches.get(call.operation, ()):
        if touch.action:
            for resource in _filled(world, touch.resource, call):
                yield Asked(touch.action, resource, _passing(context, touch.passed_to))
    if call.service == "ecs" and call.operation in _RUNS_TASKS:
        for role in _roles_of_definition(world, call):
            yield Asked("iam:PassRole", role, _passing(context, _TASKS))


def _passing(context: Context, to: str) -> Context:
    """The context of what else a call needs: a role is passed `to` a service."""
    return ChainMap({"iam:passedtoservice": to}, context) if to else context  # type: ignore[arg-type] # nobody writes into it


def _own(world: World, call: Call, table: Table) -> list[str]:
    """The resources of the operation's own action."""
    touches = [each for each in table.touches.get(call.operation, ()) if not each.action]
    found = [each for touch in touches for each in _filled(world, touch.resource, call)]
    if touches:
        return found
    filled = (_filled(world, template, call) for template in table.otherwise)
    return next((each for each in filled if each), [])


def _filled(world: World, template: Template, call: Call) -> list[str]:
    filled = template.fill(call.parameters)
    if template.how:
        values = [each.removeprefix(template.texts[0]) for each in filled]
        ways = (lookups.special(world, template.how, each, call.region) for each in values)
        return [arn for arns in ways for arn in arns]
    return [lookups.complete(world, each) for each in filled]


def _roles_of_definition(world: World, call: Call) -> list[str]:
    """The roles of the task definition that tasks are run from are passed to them, unless the
    request has others in their place.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """
    name = str(call.parameters.get("taskDefinition") or "")
    definition = world.ecs_in(call.region).state.find_task_definition(name)
    overrides = call.parameters.get("overrides")
    taken = overrides if isinstance(overrides, dict) else {}
    kinds = ("taskRoleArn", "executionRoleArn")
    document = definition.document if definition is not None else {}
    given = [document[kind] for kind in kinds if document.get(kind) and not taken.get(kind)]
    return [lookups.complete(world, _arn(world, each)) for each in given]


def _arn(world: World, role: str) -> str:
    """A role that stands in a task definition by its name."""
    if role.startswith("arn:"):
        return role
    return f"arn:aws:iam::{world.ecs.state.account_id}:role/{role}"
