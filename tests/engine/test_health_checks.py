"""Health checks of containers, and what becomes of containers that fail or end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.surroundings import Anywhere, ContainerRun, Ends

if TYPE_CHECKING:
    from town import Town

    from ecs_lab.engine.model import Container, Task

VPC = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
COMMAND = ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]


class Plans(Anywhere):
    """Surroundings whose containers do what `plans` says by their name."""

    plans: dict[str, ContainerRun]
    sick_task = ""

    def passes_health_check(self, task: Task, container: Container) -> bool:
        """One task may fail all its checks."""
        return task.arn != self.sick_task and super().passes_health_check(task, container)

    def run_container(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """What the container will do."""
        return self.plans.get(container.name, ContainerRun())


@pytest.fixture
def around(town: Town) -> Plans:
    """The town's surroundings, with plans to fill; the town has one container instance."""
    surroundings = Plans()
    surroundings.plans = {}
    town.ecs.state.surroundings = surroundings
    town.instance()
    return surroundings


def checked(**check: Any) -> dict[str, Any]:
    """A container definition's health check."""
    return {"healthCheck": {"command": COMMAND, **check}}


def health(town: Town) -> str:
    """The health of the only task that runs."""
    return str(town.tasks()[0]["healthStatus"])


def run(town: Town, *containers: dict[str, Any]) -> str:
    """Run a task of these containers; gives its ARN."""
    full = [{"image": "nginx", "memory": 64, **each} for each in containers]
    town.call("RegisterTaskDefinition", family="web", containerDefinitions=full)
    return str(town.call("RunTask", cluster="shop", taskDefinition="web")["tasks"][0]["taskArn"])


def described(town: Town, arn: str) -> dict[str, Any]:
    """A task as DescribeTasks shows it."""
    found: dict[str, Any] = town.call("DescribeTasks", cluster="shop", tasks=[arn])["tasks"][0]
    return found


@pytest.mark.usefixtures("around")
def test_container_is_healthy_after_the_first_check_that_passes(town: Town) -> None:
    """UNKNOWN until the interval (30 s by default) is over, then HEALTHY."""
    run(town, {"name": "web", **checked()})
    town.clock.advance(36)
    assert health(town) == "UNKNOWN"
    town.clock.advance(2)
    assert health(town) == "HEALTHY"


def test_container_is_unhealthy_after_as_many_failures_as_retries(
    town: Town, around: Plans
) -> None:
    """Three failures in a row, 10 s apart; a success in between would have started anew."""
    around.failing_checks = {"web"}
    run(town, {"name": "web", **checked(interval=10, retries=3)})
    town.clock.advance(7 + 29)
    assert health(town) == "UNKNOWN"
    town.clock.advance(2)
    assert health(town) == "UNHEALTHY"
    around.failing_checks = set()
    town.clock.advance(10)
    assert health(town) == "HEALTHY"


def test_failures_in_the_start_period_do_not_count(town: Town, around: Plans) -> None:
    """With a start period of 60 s the two failures that count come at 60 and 70 s."""
    around.failing_checks = {"web"}
    run(town, {"name": "web", **checked(interval=10, retries=2, startPeriod=60)})
    town.clock.advance(7 + 69)
    assert health(town) == "UNKNOWN"
    town.clock.advance(2)
    assert health(town) == "UNHEALTHY"


def test_success_in_the_start_period_ends_it(town: Town, around: Plans) -> None:
    """After a first success failures count at once."""
    run(town, {"name": "web", **checked(interval=10, retries=2, startPeriod=300)})
    town.clock.advance(7 + 11)
    around.failing_checks = {"web"}
    town.clock.advance(20)
    assert health(town) == "UNHEALTHY"


def test_health_of_a_task_is_the_worst_of_its_essential_containers(
    town: Town, around: Plans
) -> None:
    """A sidecar that is not essential and unhealthy changes nothing."""
    around.failing_checks = {"side"}
    side = {"name": "side", "essential": False, **checked(interval=5, retries=1)}
    run(town, {"name": "web", **checked(interval=5)}, side)
    town.clock.advance(20)
    assert health(town) == "HEALTHY"
    assert [c["healthStatus"] for c in town.tasks()[0]["containers"]] == ["HEALTHY", "UNHEALTHY"]


def test_standalone_task_goes_on_whatever_its_health(town: Town, around: Plans) -> None:
    """Nobody stops an unhealthy task that belongs to no service."""
    around.failing_checks = {"web"}
    run(town, {"name": "web", **checked(interval=5, retries=1)})
    town.clock.advance(3600)
    assert (town.tasks()[0]["lastStatus"], health(town)) == ("RUNNING", "UNHEALTHY")


def test_service_replaces_an_unhealthy_task(town: Town, around: Plans) -> None:
    """Another task is started, and the unhealthy one stopped when that is healthy."""
    town.define(container=checked(interval=5, retries=2))
    town.service(desired=1)
    town.clock.settle(300)
    first = town.tasks()[0]["taskArn"]
    around.sick_task = first
    town.clock.advance(120)
    gone = described(town, first)
    assert (gone["stopCode"], gone["stoppedReason"]) == (
        "ServiceSchedulerInitiated",
        "Task failed container health checks",
    )
    assert [each["healthStatus"] for each in town.tasks()] == ["HEALTHY"]
    name = first.rpartition("/")[2]
    assert f"(service web) (task {name}) failed container health checks." in town.messages()
    assert gone["stoppingAt"] > town.tasks()[0]["startedAt"]


def test_container_waits_until_the_one_it_depends_on_is_healthy(town: Town, around: Plans) -> None:
    """dependsOn HEALTHY: the task is RUNNING when the database's check has passed."""
    depends = [{"containerName": "db", "condition": "HEALTHY"}]
    around.failing_checks = {"db"}
    run(town, {"name": "web", "dependsOn": depends}, {"name": "db", **checked(interval=10)})
    town.clock.advance(20)
    assert town.tasks()[0]["lastStatus"] == "ACTIVATING"
    around.failing_checks = set()
    town.clock.advance(10)
    assert town.tasks()[0]["lastStatus"] == "RUNNING"


def test_dependency_that_fails_ends_the_task(town: Town, around: Plans) -> None:
    """The essential container that waited for SUCCESS never starts, and says why."""
    around.plans["setup"] = ContainerRun(5.0, 1)
    depends = [{"containerName": "setup", "condition": "SUCCESS"}]
    setup = {"name": "setup", "image": "busybox", "essential": False}
    arn = run(town, {"name": "web", "dependsOn": depends}, setup)
    town.clock.settle(300)
    task = described(town, arn)
    assert (task["stopCode"], task["stoppedReason"]) == (
        "TaskFailedToStart",
        "Task failed to start",
    )
    web = task["containers"][0]
    assert (web["exitCode"], web["reason"]) == (
        143,
        (
            "CannotStartContainerError: dependency graph: failed to resolve container ordering "
            "dependency [setup(busybox) (STOPPED->RUNNING) - Exit: 1] for target [web(nginx) "
            "(NONE->RUNNING)]"
        ),
    )


def test_start_timeout_ends_the_wait_for_a_dependency(town: Town, around: Plans) -> None:
    """A dependency that is not HEALTHY within its startTimeout takes the task with it."""
    around.failing_checks = {"db"}
    depends = [{"containerName": "db", "condition": "HEALTHY"}]
    database = {"name": "db", "startTimeout": 45, **checked(interval=10, retries=10)}
    arn = run(town, {"name": "web", "dependsOn": depends}, database)
    town.clock.advance(7 + 44)
    assert described(town, arn)["lastStatus"] == "ACTIVATING"
    town.clock.settle(120)
    assert described(town, arn)["stoppedReason"] == "Task failed to start"


@pytest.mark.parametrize(
    ("on_sigterm", "definition", "code", "seconds"),
    [
        (0, {}, 0, 2),
        (143, {}, 143, 2),
        (None, {}, 137, 30),
        (None, {"stopTimeout": 90}, 137, 90),
    ],
)
def test_container_that_takes_no_notice_of_sigterm_is_killed(
    town: Town,
    around: Plans,
    on_sigterm: int | None,
    definition: dict[str, Any],
    code: int,
    seconds: float,
) -> None:
    """SIGKILL and 137 after stopTimeout, 30 s by default; one that heeds ends with its own code."""
    around.plans["web"] = ContainerRun(on_sigterm=on_sigterm)
    arn = run(town, {"name": "web", **definition})
    town.clock.settle(60)
    town.call("StopTask", cluster="shop", task=arn)
    town.clock.settle(300)
    assert described(town, arn)["containers"][0]["exitCode"] == code
    times = {what: at for at, what in town.history("task")}
    assert times["STOPPING -> STOPPED"] - times["DEACTIVATING -> STOPPING"] == seconds


def test_agents_stop_timeout_holds_where_the_definition_says_none(
    town: Town, around: Plans
) -> None:
    """ECS_CONTAINER_STOP_TIMEOUT of the container instance is the default on EC2."""
    around.plans["web"] = ContainerRun(on_sigterm=None)
    instance = town.call("ListContainerInstances", cluster="shop")["containerInstanceArns"][0]
    town.ecs.set_stop_timeout(instance, 10.0)
    arn = run(town, {"name": "web"})
    town.clock.settle(60)
    town.call("StopTask", cluster="shop", task=arn)
    town.clock.settle(300)
    times = {what: at for at, what in town.history("task")}
    assert times["STOPPING -> STOPPED"] - times["DEACTIVATING -> STOPPING"] == 10


def test_containers_stop_in_the_reverse_order_of_their_start(town: Town, around: Plans) -> None:
    """The database is told to stop after the web server, which needs it, has ended."""
    around.plans["web"] = ContainerRun(on_sigterm=None)
    depends = [{"containerName": "db", "condition": "START"}]
    arn = run(town, {"name": "web", "dependsOn": depends, "stopTimeout": 20}, {"name": "db"})
    town.clock.settle(60)
    town.call("StopTask", cluster="shop", task=arn)
    town.clock.advance(15)
    assert [c["lastStatus"] for c in town.tasks(desiredStatus="STOPPED")[0]["containers"]] == [
        "RUNNING",
        "RUNNING",
    ]
    town.clock.advance(7)
    assert [c["lastStatus"] for c in town.tasks(desiredStatus="STOPPED")[0]["containers"]] == [
        "STOPPED",
        "RUNNING",
    ]
    town.clock.settle(60)
    assert [c["exitCode"] for c in described(town, arn)["containers"]] == [137, 143]


@pytest.mark.parametrize(
    ("ran_s", "policy", "goes_on"),
    [
        (400.0, {"enabled": True}, True),
        (200.0, {"enabled": True}, False),
        (200.0, {"enabled": True, "restartAttemptPeriod": 60}, True),
        (400.0, {"enabled": True, "ignoredExitCodes": [3]}, False),
        (400.0, {"enabled": False}, False),
    ],
)
def test_restart_policy_starts_a_container_again(
    town: Town, around: Plans, ran_s: float, policy: dict[str, Any], goes_on: bool
) -> None:
    """After restartAttemptPeriod (300 s by default), and not for an exit code that is ignored."""
    around.plans["web"] = ContainerRun(ran_s, 3)
    town.define_fargate(restartPolicy=policy)
    request = {"launchType": "FARGATE", "networkConfiguration": VPC}
    made = town.call("RunTask", cluster="shop", taskDefinition="web", **request)
    arn = made["tasks"][0]["taskArn"]
    town.clock.advance(27 + ran_s + 60)
    task = described(town, arn)
    assert (task["lastStatus"] == "RUNNING") == goes_on
    assert task["containers"][0].get("exitCode") == (None if goes_on else 3)
