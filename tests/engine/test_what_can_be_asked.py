"""Small rules of the API: which filters, names and tags a request may have, what can be described
although it is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from town import VPC

from ecs_lab.engine.errors import ClientException, InvalidParameterException

if TYPE_CHECKING:
    from town import Town


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"startedBy": "me", "family": "web"}, "must be the only filter.*leave out family"),
        ({"startedBy": "me", "desiredStatus": "STOPPED"}, "leave out desiredStatus"),
        ({"desiredStatus": "stopped"}, "Invalid desiredStatus 'stopped'"),
        ({"launchType": "Fargate"}, "Invalid launchType 'Fargate'"),
    ],
)
def test_filters_of_list_tasks(town: Town, filters: dict[str, Any], message: str) -> None:
    """startedBy stands alone, and values are ones that there are."""
    with pytest.raises(InvalidParameterException, match=message):
        town.call("ListTasks", cluster="shop", **filters)


def test_no_task_has_the_desired_status_pending(town: Town) -> None:
    """ListTasks takes the filter and finds nothing."""
    town.instance()
    town.define()
    town.call("RunTask", cluster="shop", taskDefinition="web")
    assert town.tasks(desiredStatus="PENDING") == []
    assert [each["lastStatus"] for each in town.tasks()] == ["PENDING"]


def test_a_standalone_task_has_no_service_to_take_tags_from(town: Town) -> None:
    """RunTask refuses propagateTags SERVICE."""
    town.instance()
    town.define()
    with pytest.raises(InvalidParameterException, match="from its task definition"):
        town.call("RunTask", cluster="shop", taskDefinition="web", propagateTags="SERVICE")


def test_a_service_takes_tags_from_where_there_are_some(town: Town) -> None:
    """Any other source of tags is refused at once."""
    town.define()
    with pytest.raises(InvalidParameterException, match="Invalid propagateTags 'CLUSTER'"):
        town.service(propagateTags="CLUSTER")
    town.service()
    with pytest.raises(InvalidParameterException, match="Invalid propagateTags 'CLUSTER'"):
        town.call("UpdateService", cluster="shop", service="web", propagateTags="CLUSTER")


def test_the_name_of_a_service_is_free_again_once_it_is_inactive(town: Town) -> None:
    """Not while it is ACTIVE or DRAINING, with a text of its own for each."""
    town.define_fargate()
    town.service(launchType="FARGATE")
    town.clock.settle(600)
    with pytest.raises(InvalidParameterException, match=r"^.*Creation of service was not idem"):
        town.service(launchType="FARGATE")
    town.call("DeleteService", cluster="shop", service="web", force=True)
    with pytest.raises(InvalidParameterException, match="a service that is still Draining"):
        town.service(launchType="FARGATE")
    town.clock.settle(600)
    assert town.described()["status"] == "INACTIVE"
    assert town.service(launchType="FARGATE")["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"desiredCount": 2}, "does not support a desired count"),
        ({"placementStrategy": [{"type": "random"}]}, "does not support placement strategies"),
    ],
)
def test_a_daemon_service_is_updated_without_count_and_strategy(
    town: Town, change: dict[str, Any], message: str
) -> None:
    """UpdateService refuses both as CreateService does."""
    town.define()
    town.service(desired=None, schedulingStrategy="DAEMON")  # type: ignore[arg-type] # left out
    with pytest.raises(InvalidParameterException, match=message):
        town.call("UpdateService", cluster="shop", service="web", **change)


def test_statistics_of_a_cluster_count_by_launch_type(town: Town) -> None:
    """DescribeClusters shows them where `include` asks for STATISTICS."""
    town.instance()
    town.define()
    town.define_fargate("serverless")
    town.call("RunTask", cluster="shop", taskDefinition="web")
    town.service(taskDefinition="serverless", launchType="FARGATE")
    town.clock.settle(600)
    (shown,) = town.call("DescribeClusters", clusters=["shop"])["clusters"]
    assert shown["statistics"] == []
    asked = town.call("DescribeClusters", clusters=["shop"], include=["STATISTICS"])
    found = {each["name"]: each["value"] for each in asked["clusters"][0]["statistics"]}
    assert found == {
        "runningEC2TasksCount": "1",
        "pendingEC2TasksCount": "0",
        "activeEC2ServiceCount": "0",
        "drainingEC2ServiceCount": "0",
        "runningFargateTasksCount": "2",
        "pendingFargateTasksCount": "0",
        "activeFargateServiceCount": "1",
        "drainingFargateServiceCount": "0",
    }


def test_the_health_of_a_container_instance_is_shown_if_asked_for(town: Town) -> None:
    """OK while its agent is connected, IMPAIRED while it is not."""
    arn = town.instance()
    ask = {"cluster": "shop", "containerInstances": [arn]}
    (plain,) = town.call("DescribeContainerInstances", **ask)["containerInstances"]
    assert "healthStatus" not in plain
    ask["include"] = ["CONTAINER_INSTANCE_HEALTH"]
    (shown,) = town.call("DescribeContainerInstances", **ask)["containerInstances"]
    assert shown["healthStatus"]["overallStatus"] == "OK"
    town.ecs.agent_disconnected(arn)
    (shown,) = town.call("DescribeContainerInstances", **ask)["containerInstances"]
    assert shown["healthStatus"] == {
        "overallStatus": "IMPAIRED",
        "details": [
            {"type": "CONTAINER_RUNTIME", "status": "INSUFFICIENT_DATA"},
            {"type": "AGENT_CONNECTIVITY", "status": "IMPAIRED"},
        ],
    }


def test_what_marks_tasks_has_128_characters(town: Town) -> None:
    """startedBy may not be longer."""
    town.instance()
    town.define()
    with pytest.raises(InvalidParameterException, match="Invalid startedBy"):
        town.call("RunTask", cluster="shop", taskDefinition="web", startedBy="x" * 129)


def test_sizes_of_the_overrides_are_those_of_the_task(town: Town) -> None:
    """A task takes from its instance what RunTask asks for, and shows it."""
    arn = town.instance(cpu=1024, memory=1024)
    town.define()
    overrides = {"cpu": "0.5 vCPU", "containerOverrides": [{"name": "web", "memory": 700}]}
    ask = {"cluster": "shop", "taskDefinition": "web", "overrides": overrides}
    (task,) = town.call("RunTask", **ask)["tasks"]
    assert (task["cpu"], task["memory"]) == ("512", "700")
    assert town.call("RunTask", **ask)["failures"] == [{"arn": arn, "reason": "RESOURCE:MEMORY"}]
    instance = town.ecs.state.clusters["shop"].container_instances[arn.rpartition("/")[2]]
    assert (instance.free_cpu, instance.free_memory) == (512, 324)
    town.call("StopTask", cluster="shop", task=task["taskArn"])
    town.clock.settle(600)
    assert (instance.free_cpu, instance.free_memory) == (1024, 1024)


def test_sizes_of_the_overrides_are_ones_that_fargate_has(town: Town) -> None:
    """cpu and memory of the overrides have to go together."""
    town.define_fargate()
    ask: dict[str, Any] = {"cluster": "shop", "taskDefinition": "web", "launchType": "FARGATE"}
    ask["networkConfiguration"] = VPC
    with pytest.raises(ClientException, match="No Fargate configuration exists"):
        town.call("RunTask", **ask, overrides={"cpu": "1024"})
    with pytest.raises(ClientException, match="Invalid 'cpu' setting for task"):
        town.call("RunTask", **ask, overrides={"cpu": "much"})
    (task,) = town.call("RunTask", **ask, overrides={"cpu": "1024", "memory": "2 GB"})["tasks"]
    assert (task["cpu"], task["memory"]) == ("1024", "2048")


def test_a_deleted_cluster_can_be_described(town: Town) -> None:
    """It is INACTIVE, listed no more, and its name can be used again."""
    town.call("DeleteCluster", cluster="shop")
    (shown,) = town.call("DescribeClusters", clusters=["shop"])["clusters"]
    assert shown["status"] == "INACTIVE"
    assert town.call("ListClusters")["clusterArns"] == []
    assert town.call("CreateCluster", clusterName="shop")["cluster"]["status"] == "ACTIVE"


def test_a_container_instance_can_be_described_for_an_hour_after_it_has_left(town: Town) -> None:
    """It is INACTIVE and listed no more; StartTask says INACTIVE, and MISSING after the hour."""
    arn = town.instance()
    town.define()
    town.call("DeregisterContainerInstance", cluster="shop", containerInstance=arn)
    ask = {"cluster": "shop", "containerInstances": [arn]}
    (shown,) = town.call("DescribeContainerInstances", **ask)["containerInstances"]
    assert (shown["status"], shown["agentConnected"]) == ("INACTIVE", False)
    assert town.call("ListContainerInstances", cluster="shop")["containerInstanceArns"] == []
    started = town.call("StartTask", **ask, taskDefinition="web")
    assert started["failures"] == [{"arn": arn, "reason": "INACTIVE"}]
    town.clock.advance(3601)
    gone = [{"arn": arn, "reason": "MISSING"}]
    assert town.call("DescribeContainerInstances", **ask)["failures"] == gone
    assert town.call("StartTask", **ask, taskDefinition="web")["failures"] == gone


def test_a_deployment_ends_with_its_service(town: Town) -> None:
    """DeleteService stops the deployment that is going on."""
    town.define_fargate()
    town.service(launchType="FARGATE")
    town.clock.advance(5)
    town.call("DeleteService", cluster="shop", service="web", force=True)
    (record,) = town.call("ListServiceDeployments", cluster="shop", service="web")[
        "serviceDeployments"
    ]
    assert record["status"] == "STOPPED"
