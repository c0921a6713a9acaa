"""An ECS cluster as the target of a rule or a schedule: EventBridge runs a task in it.

Sources: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecs_lab.engine.errors import EcsError

if TYPE_CHECKING:
    from ecs_lab.aws.world import World


ROLES = ("taskRoleArn", "executionRoleArn")
PASS_CONTEXT = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
"""What the condition of AmazonEC2ContainerServiceEventsRole looks at."""


class NotRunError(Exception):
    """EventBridge could not run the task; the text says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run: the cluster, EcsParameters, the input (overrides as JSON), startedBy."""

    cluster_arn: str
    parameters: Mapping[str, Any]
    text: str
    started_by: str


def run(world: World, order: Order, role_arn: str | None, service: str) -> None:
    """Run the target's tasks as `service` (such as events.amazonaws.com) in the role's name.

    Raises NotRunError where AWS would count a failed invocation.
    """
    _check_role(world, order, role_arn, service)
    region = order.cluster_arn.split(":")[3]
    try:
        answer = world.ecs_in(region).call("RunTask", **run_task_request(order))
    except EcsError as error:
        raise NotRunError(str(error)) from None
    except (KeyError, TypeError, AttributeError) as error:
        raise NotRunError(f"the target's EcsParameters are not valid: {error}") from None
    if answer["failures"]:
        raise NotRunError(answer["failures"][0]["reason"])


def _check_role(world: World, order: Order, role_arn: str | None, service: str) -> None:
    if not role_arn:
        raise NotRunError(f"the target names no role that {service} could assume")
    if reason := world.access.cannot_assume(role_arn, service):
        raise NotRunError(reason)
    task_definition = str(order.parameters.get("TaskDefinitionArn") or "*")
    asked: list[tuple[str, str, dict[str, str] | None]] = [("ecs:RunTask", task_definition, None)]
    asked += [("iam:PassRole", each, PASS_CONTEXT) for each in _passed(world, order)]
    for action, resource, context in asked:
        decision = world.access.decide(role_arn, action, resource, context)
        if not decision:
            raise NotRunError(decision.message)


def _passed(world: World, order: Order) -> list[str]:
    """The ARNs of the roles that the task gets: those of its definition or of the overrides."""
    state = world.ecs_in(order.cluster_arn.split(":")[3]).state
    found = state.find_task_definition(str(order.parameters.get("TaskDefinitionArn") or ""))
    document = found.document if found is not None else {}
    roles = {name: document.get(name) for name in ROLES}
    roles |= {name: arn for name, arn in _overrides(order.text).items() if name in ROLES}
    return [str(arn) for arn in roles.values() if str(arn).startswith("arn:")]


def run_task_request(order: Order) -> dict[str, Any]:
    """The RunTask request that EcsParameters stand for.

    >>> order = Order("c", {"TaskDefinitionArn": "web", "TaskCount": 2}, "{}", "events-rule/r")
    >>> run_task_request(order)
    {'taskDefinition': 'web', 'count': 2, 'cluster': 'c', 'startedBy': 'events-rule/r'}
    """
    given = _in_ecs_case(order.parameters)
    given.pop("tagList", None)
    request = {
        "taskDefinition": given.pop("taskDefinitionArn"),
        "count": given.pop("taskCount", None) or 1,
        **{key: value for key, value in given.items() if value is not None},
        "cluster": order.cluster_arn,
        "startedBy": order.started_by,
    }
    if "tags" in request:
        request["tags"] = [{k.lower(): v for k, v in each.items()} for each in request["tags"]]
    overrides = _overrides(order.text)
    return request | ({"overrides": overrides} if overrides else {})


def _overrides(text: str) -> dict[str, Any]:
    """The overrides in a target's input; what is no overrides (such as a whole event) is none.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-rule.html
    """
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    known = ("containerOverrides", "cpu", "memory", "taskRoleArn", "executionRoleArn")
    return {key: given[key] for key in known if key in given} if isinstance(given, dict) else {}


def _in_ecs_case(value: Any) -> Any:
    """EventBridge's names as ECS writes them: the first letter small."""
    if isinstance(value, Mapping):
        return {key[:1].lower() + key[1:]: _in_ecs_case(each) for key, each in value.items()}
    return [_in_ecs_case(each) for each in value] if isinstance(value, list) else value
