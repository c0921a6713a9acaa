"""Client tokens: a request that is sent once more is done only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.errors import ConflictException, InvalidParameterException

if TYPE_CHECKING:
    from town import Town

HOUR_S = 3600
RUN: dict[str, Any] = {"cluster": "shop", "taskDefinition": "web", "clientToken": "abcd"}


@pytest.fixture
def ready(town: Town) -> Town:
    """A town with a definition and an instance with room for four tasks."""
    town.define()
    town.instance()
    return town


def test_run_task_with_the_same_token_gives_the_same_tasks(ready: Town) -> None:
    """The retry gets the first answer, and no further task is launched."""
    first = ready.call("RunTask", count=2, **RUN)
    ready.clock.settle(100)
    assert ready.call("RunTask", count=2, **RUN) == first
    assert len(ready.tasks()) == 2


def test_run_task_with_the_same_token_and_other_parameters_is_refused(ready: Town) -> None:
    """ConflictException names the tasks that the token launched; nothing changes."""
    first = ready.call("RunTask", **RUN)
    with pytest.raises(ConflictException, match="already in use") as refused:
        ready.call("RunTask", count=2, **RUN)
    assert refused.value.details == {"resourceIds": [first["tasks"][0]["taskArn"]]}
    assert len(ready.tasks()) == 1


def test_token_counts_for_24_hours(ready: Town) -> None:
    """After that the same token launches another task."""
    first = ready.call("RunTask", **RUN)
    ready.clock.advance(24 * HOUR_S - 1)
    assert ready.call("RunTask", **RUN) == first
    ready.clock.advance(1)
    assert ready.call("RunTask", **RUN) != first
    assert len(ready.tasks()) == 2


def test_token_counts_within_one_cluster(ready: Town) -> None:
    """In another cluster it is another request."""
    ready.define_fargate("small")
    ready.call("CreateCluster", clusterName="other")
    request = {"taskDefinition": "small", "launchType": "FARGATE", "clientToken": "abcd"}
    network = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    arns = {
        ready.call("RunTask", cluster=name, networkConfiguration=network, **request)["tasks"][0][
            "clusterArn"
        ]
        for name in ("shop", "other")
    }
    assert len(arns) == 2


def test_call_that_launched_nothing_may_be_tried_again(ready: Town) -> None:
    """Only a request that was done is remembered: with room, the same token launches."""
    ready.define("large", container={"memory": 2000})
    request = {**RUN, "taskDefinition": "large"}
    assert ready.call("RunTask", **request)["tasks"] == []
    ready.instance(memory=4000)
    assert len(ready.call("RunTask", **request)["tasks"]) == 1


def test_create_service_with_the_same_token_gives_the_same_service(ready: Town) -> None:
    """The retry is no second creation; another desired count is."""
    first = ready.service(clientToken="abcd")
    ready.clock.settle(200)
    assert ready.service(clientToken="abcd") == first
    for change in ({"desired": 3, "clientToken": "abcd"}, {}, {"clientToken": "other"}):
        with pytest.raises(InvalidParameterException, match="Creation of service was not idempot"):
            ready.service(**change)
    assert len(ready.described()["deployments"]) == 1


def test_create_task_set_with_the_same_token_gives_the_same_task_set(ready: Town) -> None:
    """The retry is no second task set; another scale is."""
    external = {"type": "EXTERNAL"}
    ready.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        desiredCount=2,
        deploymentController=external,
    )
    request = {"cluster": "shop", "service": "web", "taskDefinition": "web", "launchType": "EC2"}
    first = ready.call("CreateTaskSet", clientToken="abcd", **request)
    assert ready.call("CreateTaskSet", clientToken="abcd", **request) == first
    with pytest.raises(InvalidParameterException):
        ready.call("CreateTaskSet", clientToken="abcd", scale={"value": 50.0}, **request)
    answer = ready.call("DescribeTaskSets", cluster="shop", service="web")
    assert len(answer["taskSets"]) == 1


@pytest.mark.parametrize(
    ("operation", "most"), [("RunTask", 64), ("CreateService", 36), ("CreateTaskSet", 36)]
)
def test_token_has_a_form(ready: Town, operation: str, most: int) -> None:
    """Up to 64 or 36 characters of ASCII 33-126."""
    request = {"cluster": "shop", "service": "x", "serviceName": "x", "taskDefinition": "web"}
    for token in ("a" * (most + 1), "a b", "é", ""):
        with pytest.raises(InvalidParameterException, match="clientToken can have up to"):
            ready.call(operation, clientToken=token, **request)
