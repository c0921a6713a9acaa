"""Task sets of services with the EXTERNAL deployment controller."""

from __future__ import annotations

from typing import Any

import pytest
from town import VPC, Town

from ecs_lab.engine.errors import EcsError
from ecs_lab.engine.surroundings import Anywhere, TargetGroup, TargetHealth

EXTERNAL = {"type": "EXTERNAL"}
Shape = dict[str, Any]


@pytest.fixture
def blue(town: Town) -> Town:
    """A town with two revisions of `web` and an EXTERNAL service of 5 that has no task set yet."""
    town.define_fargate()
    town.define_fargate()
    town.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        desiredCount=5,
        deploymentController=EXTERNAL,
    )
    return town


def add(town: Town, scale: float | None = None, **request: Any) -> Shape:
    """Create a task set of `web:1` on Fargate; gives its description."""
    if scale is not None:
        request["scale"] = {"value": scale, "unit": "PERCENT"}
    made: Shape = town.call(
        "CreateTaskSet",
        cluster="shop",
        service="web",
        **{"taskDefinition": "web:1", "launchType": "FARGATE", **request},
        networkConfiguration=VPC,
    )["taskSet"]
    return made


def sets(town: Town, *names: str) -> list[Shape]:
    """Task sets of `web` as DescribeTaskSets shows them."""
    request: Shape = {"taskSets": list(names)} if names else {}
    answer = town.call("DescribeTaskSets", cluster="shop", service="web", **request)
    found: list[Shape] = answer["taskSets"]
    return found


def refused(town: Town, operation: str, **request: Any) -> tuple[str, str]:
    """The code and message with which a call about the service `web` is refused."""
    with pytest.raises(EcsError) as caught:
        town.call(operation, cluster="shop", service="web", **request)
    return caught.value.code, caught.value.message


def test_an_external_service_needs_only_a_name_and_starts_nothing(town: Town) -> None:
    """Everything else comes with its task sets, and until there is one it shows none of it."""
    made = town.call(
        "CreateService", cluster="shop", serviceName="web", deploymentController=EXTERNAL
    )["service"]
    town.clock.advance(300)
    shown = town.described()
    assert (made["desiredCount"], shown["runningCount"], shown["deployments"]) == (0, 0, [])
    absent = {"taskDefinition", "taskSets", "launchType", "networkConfiguration"}
    assert not absent & shown.keys()


@pytest.mark.parametrize(
    ("scale", "count"), [(0.0, 0), (24.0, 2), (20.0, 1), (20.1, 2), (33.3, 2), (100.0, 5)]
)
def test_the_count_of_a_task_set_is_always_rounded_up(blue: Town, scale: float, count: int) -> None:
    """A result of 1.2 becomes 2 tasks."""
    made = add(blue, scale)
    blue.clock.advance(120)
    (shown,) = sets(blue)
    assert (made["computedDesiredCount"], made["stabilityStatus"]) == (count, "STABILIZING")
    assert (shown["runningCount"], shown["pendingCount"]) == (count, 0)
    assert shown["stabilityStatus"] == "STEADY_STATE"


def test_a_share_that_comes_out_whole_is_not_rounded_up_by_binary_fractions(blue: Town) -> None:
    """35.7 percent of 1000 is 357 tasks, though 1000 * 35.7 / 100 is a little more in floats."""
    blue.call("UpdateService", cluster="shop", service="web", desiredCount=1000)
    assert add(blue, 35.7)["computedDesiredCount"] == 357


def test_a_task_set_without_a_scale_starts_at_zero(blue: Town) -> None:
    """The caller scales it when it wants to."""
    assert add(blue)["scale"] == {"value": 0.0, "unit": "PERCENT"}
    blue.clock.advance(60)
    assert blue.tasks() == []


def test_a_deployment_by_hand_is_a_history_of_its_task_sets(blue: Town) -> None:
    """Blue is primary, green comes up beside it and becomes primary, and blue is deleted."""
    first = add(blue, 100)
    blue.call(
        "UpdateServicePrimaryTaskSet", cluster="shop", service="web", primaryTaskSet=first["id"]
    )
    blue.clock.advance(100)
    second = add(blue, 100, taskDefinition="web:2")
    blue.clock.advance(100)
    both = {each["status"]: each["runningCount"] for each in blue.described()["taskSets"]}
    blue.call(
        "UpdateServicePrimaryTaskSet", cluster="shop", service="web", primaryTaskSet=second["id"]
    )
    gone = blue.call(
        "DeleteTaskSet", cluster="shop", service="web", taskSet=first["id"], force=True
    )["taskSet"]
    blue.clock.advance(100)
    assert both == {"PRIMARY": 5, "ACTIVE": 5}
    assert gone["status"] == "DRAINING"
    assert [(each["id"], each["status"]) for each in sets(blue)] == [(second["id"], "PRIMARY")]
    assert {each["taskDefinitionArn"].rpartition("/")[2] for each in blue.tasks()} == {"web:2"}
    assert [what for _, what in blue.history("task set")] == [
        "ACTIVE web:1",
        "PRIMARY web:1",
        "ACTIVE web:2",
        "ACTIVE web:1",
        "PRIMARY web:2",
        "DRAINING web:1",
        "deleted",
    ]


def test_the_service_shows_what_its_primary_task_set_has(blue: Town) -> None:
    """DescribeServices returns all fields of the primary task set, and those of the next one."""
    shown = []
    for definition in ("web:1", "web:2"):
        made = add(blue, 100, taskDefinition=definition)
        blue.call(
            "UpdateServicePrimaryTaskSet", cluster="shop", service="web", primaryTaskSet=made["id"]
        )
        service = blue.described()
        shown.append(
            (
                service["taskDefinition"].rpartition("/")[2],
                service["launchType"],
                service["networkConfiguration"] == VPC,
            )
        )
    assert shown == [("web:1", "FARGATE", True), ("web:2", "FARGATE", True)]


def test_scaling_a_task_set_or_the_service_changes_its_tasks(blue: Town) -> None:
    """The count follows both the scale of the set and the desired count of the service."""
    made = add(blue, 40)
    counts = []
    for operation, request in (
        ("UpdateTaskSet", {"taskSet": made["taskSetArn"], "scale": {"value": 100}}),
        ("UpdateService", {"desiredCount": 10}),
        ("UpdateTaskSet", {"taskSet": made["id"], "scale": {"value": 10, "unit": "PERCENT"}}),
    ):
        blue.call(operation, cluster="shop", service="web", **request)
        blue.clock.advance(120)
        counts.append(len(blue.tasks()))
    assert counts == [5, 10, 1]


def test_a_task_set_keeps_its_count(blue: Town) -> None:
    """A task that is stopped is replaced, and the set is STABILIZING until then."""
    add(blue, 20)
    blue.clock.advance(100)
    (task,) = blue.tasks()
    blue.call("StopTask", cluster="shop", task=task["taskArn"])
    blue.clock.advance(5)
    during = sets(blue)[0]["stabilityStatus"]
    blue.clock.advance(100)
    assert (during, sets(blue)[0]["stabilityStatus"]) == ("STABILIZING", "STEADY_STATE")
    assert [each["taskArn"] != task["taskArn"] for each in blue.tasks()] == [True]


def test_a_task_set_that_is_scaled_up_is_only_deleted_by_force(blue: Town) -> None:
    """Without force it has to be scaled to zero first."""
    made = add(blue, 20)
    code, _ = refused(blue, "DeleteTaskSet", taskSet=made["id"])
    blue.call(
        "UpdateTaskSet", cluster="shop", service="web", taskSet=made["id"], scale={"value": 0}
    )
    blue.call("DeleteTaskSet", cluster="shop", service="web", taskSet=made["id"])
    blue.clock.advance(100)
    assert (code, sets(blue)) == ("InvalidParameterException", [])


def test_the_tasks_of_a_set_are_targets_of_its_own_target_group(blue: Town) -> None:
    """The set is STABILIZING for as long as one of them is not healthy there."""
    around = blue.ecs.state.surroundings
    assert isinstance(around, Anywhere)
    around.target_groups["arn:group/one"] = TargetGroup()
    around.set_health("arn:group/one", TargetHealth("initial"))
    balancer = {"targetGroupArn": "arn:group/one", "containerName": "web", "containerPort": 80}
    blue.define_fargate(portMappings=[{"containerPort": 80}])
    add(blue, 40, taskDefinition="web:3", loadBalancers=[balancer])
    blue.clock.advance(100)
    before = (len(around.targets), sets(blue)[0]["stabilityStatus"])
    around.set_health("arn:group/one", TargetHealth("healthy"))
    blue.clock.advance(100)
    assert (before, sets(blue)[0]["stabilityStatus"]) == ((2, "STABILIZING"), "STEADY_STATE")
    with pytest.raises(EcsError) as caught:
        add(blue, loadBalancers=[{**balancer, "targetGroupArn": "arn:group/none"}])
    assert caught.value.code == "InvalidParameterException"


def test_a_service_has_five_task_sets_at_most(blue: Town) -> None:
    """The sixth is refused in AWS's words."""
    for _ in range(5):
        add(blue)
    with pytest.raises(EcsError) as caught:
        add(blue)
    assert caught.value.message == (
        "5 deployments exist on the service. Unable to create new TaskSet since this exceeds the "
        "maximum limit."
    )


def test_the_same_client_token_makes_one_task_set(blue: Town) -> None:
    """The second call gives the set that the first one made."""
    first, second = add(blue, clientToken="once"), add(blue, clientToken="once")
    assert first["id"] == second["id"]
    assert len(sets(blue)) == 1


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("UpdateTaskSet", {"taskSet": "x", "scale": {"value": 1}}, "InvalidParameterException"),
        (
            "UpdateTaskSet",
            {"taskSet": "ecs-svc/1", "scale": {"value": 1}},
            "TaskSetNotFoundException",
        ),
        ("DeleteTaskSet", {"taskSet": "ecs-svc/1"}, "TaskSetNotFoundException"),
        (
            "UpdateServicePrimaryTaskSet",
            {"primaryTaskSet": "ecs-svc/1"},
            "TaskSetNotFoundException",
        ),
        (
            "CreateTaskSet",
            {"taskDefinition": "web", "launchType": "FARGATE", "scale": {"value": 101}},
            "InvalidParameterException",
        ),
        ("CreateTaskSet", {"taskDefinition": "nothing:1"}, "ClientException"),
        ("DescribeTaskSets", {"taskSets": ["web"]}, "InvalidParameterException"),
        ("UpdateService", {"taskDefinition": "web:2"}, "InvalidParameterException"),
        ("UpdateService", {"forceNewDeployment": True}, "InvalidParameterException"),
    ],
)
def test_what_is_wrong_with_a_task_set_is_said_and_changes_nothing(
    blue: Town, operation: str, request_: Shape, code: str
) -> None:
    """Unknown sets, wrong scales, and changes of the service that only a new set can make."""
    before = blue.described()
    assert refused(blue, operation, **request_)[0] == code
    assert blue.described() == before


def test_missing_task_sets_are_failures_of_a_description(blue: Town) -> None:
    """What is not there comes back as MISSING."""
    answer = blue.call("DescribeTaskSets", cluster="shop", service="web", taskSets=["ecs-svc/1"])
    assert [each["reason"] for each in answer["failures"]] == ["MISSING"]


def test_task_sets_are_for_the_external_controller_alone(town: Town) -> None:
    """A service that ECS deploys takes none."""
    town.define_fargate()
    town.service(launchType="FARGATE")
    code, text = refused(town, "CreateTaskSet", taskDefinition="web", launchType="FARGATE")
    assert code == "InvalidParameterException"
    assert "EXTERNAL deployment controller" in text


@pytest.mark.parametrize(
    "request_",
    [
        {"taskDefinition": "web"},
        {"launchType": "FARGATE"},
        {"networkConfiguration": VPC},
        {"schedulingStrategy": "DAEMON"},
    ],
)
def test_an_external_service_takes_nothing_that_belongs_to_a_task_set(
    town: Town, request_: Shape
) -> None:
    """Nor does it know the DAEMON scheduling strategy."""
    town.define_fargate()
    with pytest.raises(EcsError) as caught:
        town.call(
            "CreateService",
            cluster="shop",
            serviceName="web",
            deploymentController=EXTERNAL,
            **request_,
        )
    assert caught.value.code == "InvalidParameterException"
    assert town.call("ListServices", cluster="shop")["serviceArns"] == []


def test_deleting_an_external_service_stops_the_tasks_of_all_its_sets(blue: Town) -> None:
    """By force, or when it is scaled to zero; then it is INACTIVE."""
    add(blue, 100)
    blue.clock.advance(100)
    blue.call("DeleteService", cluster="shop", service="web", force=True)
    blue.clock.advance(100)
    assert (blue.described()["status"], blue.tasks()) == ("INACTIVE", [])


@pytest.mark.parametrize("change", [{"type": "EXTERNAL"}, {"type": "shop"}])
def test_a_services_controller_stays(town: Town, change: dict[str, str]) -> None:
    """The lab refuses to change it, and an unknown one from the start."""
    town.define()
    town.service()
    with pytest.raises(EcsError, match="deployment controller"):
        town.call("UpdateService", cluster="shop", service="web", deploymentController=change)
    with pytest.raises(EcsError, match="deployment controller"):
        town.service("other", deploymentController=change)
