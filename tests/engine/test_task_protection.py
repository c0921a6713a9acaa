"""Task scale-in protection: which tasks may have it, for how long, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.protection import protected

if TYPE_CHECKING:
    from town import Town


def steady(town: Town, desired: int = 2, **request: Any) -> list[str]:
    """A service that runs; gives the ids of its tasks."""
    town.define_fargate()
    town.service(desired=desired, launchType="FARGATE", **request)
    town.clock.settle(600)
    return [each["taskArn"].rpartition("/")[2] for each in town.tasks()]


def protect(town: Town, *tasks: str, on: bool = True, **request: Any) -> dict[str, Any]:
    """The answer of UpdateTaskProtection."""
    return town.call(
        "UpdateTaskProtection",
        cluster="shop",
        tasks=list(tasks),
        protectionEnabled=on,
        **request,
    )


def states(town: Town, *tasks: str) -> list[bool]:
    """Whether each task is protected, as GetTaskProtection tells it."""
    answer = town.call("GetTaskProtection", cluster="shop", tasks=list(tasks))
    return [each["protectionEnabled"] for each in answer["protectedTasks"]]


def test_protection_lasts_two_hours_unless_said(town: Town) -> None:
    """It expires after 120 minutes of virtual time, and is told with its end."""
    first, second = steady(town)
    answer = protect(town, first)
    assert answer["failures"] == []
    assert [each["expirationDate"] - town.clock.now for each in answer["protectedTasks"]] == [7200]
    assert states(town, first, second) == [True, False]
    town.clock.advance(7199)
    assert states(town, first) == [True]
    town.clock.advance(1)
    assert states(town, first) == [False]


def test_protection_is_extended_by_asking_again(town: Town) -> None:
    """The time starts anew with each call, and ends with protectionEnabled false."""
    (task,) = steady(town, desired=1)
    protect(town, task, expiresInMinutes=1)
    town.clock.advance(50)
    protect(town, task, expiresInMinutes=2)
    town.clock.advance(60)
    assert states(town, task) == [True]
    protect(town, task, on=False)
    assert states(town, task) == [False]


@pytest.mark.parametrize("minutes", [0, -1, 2881])
def test_minutes_outside_the_range_are_refused(town: Town, minutes: int) -> None:
    """1 to 2,880 minutes are taken."""
    (task,) = steady(town, desired=1)
    with pytest.raises(InvalidParameterException, match="between 1 and 2880"):
        protect(town, task, expiresInMinutes=minutes)
    assert states(town, task) == [False]


def test_one_call_takes_ten_tasks(town: Town) -> None:
    """Eleven are refused, and so is none."""
    (task,) = steady(town, desired=1)
    for tasks in ([task] * 11, []):
        with pytest.raises(InvalidParameterException, match="1 to 10 tasks"):
            protect(town, *tasks)


def test_only_tasks_of_services_are_protected(town: Town) -> None:
    """A standalone task is TASK_NOT_VALID, an unknown one MISSING; the others are protected."""
    (task,) = steady(town, desired=1)
    town.instance()
    town.define("lone")
    alone = town.call("RunTask", cluster="shop", taskDefinition="lone")["tasks"][0]["taskArn"]
    answer = protect(town, task, alone, "0" * 32)
    assert [each["reason"] for each in answer["failures"]] == ["TASK_NOT_VALID", "MISSING"]
    assert [each["taskArn"].rpartition("/")[2] for each in answer["protectedTasks"]] == [task]


def test_no_new_protection_while_protected_tasks_block_a_deployment(town: Town) -> None:
    """With no room for new tasks because old ones are protected, the answer is
    DEPLOYMENT_BLOCKED; those that are protected already can be extended.
    """
    bounds = {"minimumHealthyPercent": 0, "maximumPercent": 100}
    first, second = steady(town, deploymentConfiguration=bounds)
    protect(town, first, second)
    state = town.ecs.state
    service = state.clusters["shop"].services["web"]
    town.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    protect(town, second, on=False)
    assert [protected(state, each) for each in service.tasks.values()] == [True, False]
    refused = protect(town, second)
    assert [each["reason"] for each in refused["failures"]] == ["DEPLOYMENT_BLOCKED"]
    assert protect(town, first, expiresInMinutes=5)["failures"] == []


def test_the_end_of_protection_wakes_the_scheduler(town: Town) -> None:
    """When protection ends the service is looked at again, as it may have waited for it."""
    (task,) = steady(town, desired=1)
    service = town.ecs.state.clusters["shop"].services["web"]
    protect(town, task, expiresInMinutes=1)
    town.clock.advance(59)
    before = service.next_look
    town.clock.advance(1)
    assert service.next_look is not before
