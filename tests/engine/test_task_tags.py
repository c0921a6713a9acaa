"""Which tags a task gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from town import Town


def tags_of_tasks(town: Town) -> dict[str, str]:
    """The tags of the first task."""
    arns = town.call("ListTasks", cluster="shop")["taskArns"]
    found = town.call("DescribeTasks", cluster="shop", tasks=arns, include=["TAGS"])["tasks"]
    return {each["key"]: each["value"] for each in found[0]["tags"]}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {}),
        ({"propagateTags": "SERVICE"}, {"from": "service"}),
        ({"propagateTags": "TASK_DEFINITION"}, {"from": "definition"}),
        (
            {"enableECSManagedTags": True},
            {"aws:ecs:clusterName": "shop", "aws:ecs:serviceName": "web"},
        ),
    ],
)
def test_service_propagates_tags_only_where_asked(
    town: Town, asked: dict[str, Any], expected: dict[str, str]
) -> None:
    """Nothing is propagated by default; managed tags name cluster and service."""
    town.instance()
    town.define(tags=[{"key": "from", "value": "definition"}])
    town.service(desired=1, tags=[{"key": "from", "value": "service"}], **asked)
    town.clock.settle(600)
    assert tags_of_tasks(town) == expected


def test_run_task_adds_its_own_tags_to_those_of_the_definition(town: Town) -> None:
    """A key that both have takes RunTask's value; managed tags name the cluster."""
    town.instance()
    town.define(tags=[{"key": "a", "value": "definition"}, {"key": "b", "value": "definition"}])
    town.call(
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        propagateTags="TASK_DEFINITION",
        enableECSManagedTags=True,
        tags=[{"key": "a", "value": "own"}],
    )
    assert tags_of_tasks(town) == {"a": "own", "b": "definition", "aws:ecs:clusterName": "shop"}
