"""Container Insights: a cluster's counts in CloudWatch, once a minute while the setting is on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def shop(lab: Lab, insights: str = "enabled") -> None:
    """A cluster with one service of two Fargate tasks, steady."""
    ecs = lab.client("ecs")
    settings = [{"name": "containerInsights", "value": insights}]
    ecs.create_cluster(clusterName="shop", settings=settings)
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "nginx"}],
    )
    vpc = {"subnets": lab.network.public_subnets, "assignPublicIp": "ENABLED"}
    ecs.create_service(
        cluster="shop",
        serviceName="front",
        taskDefinition="web",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    lab.settle()


def values(lab: Lab, name: str, **dimensions: str) -> list[float]:
    """The minute averages of a metric over the last five minutes, oldest first."""
    found = lab.client("cloudwatch").get_metric_statistics(
        Namespace="ECS/ContainerInsights",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=lab.now - timedelta(minutes=5),
        EndTime=lab.now,
        Period=60,
        Statistics=["Average"],
    )["Datapoints"]
    return [each["Average"] for each in sorted(found, key=lambda each: each["Timestamp"])]


@pytest.mark.parametrize("insights", ["enabled", "enhanced"])
def test_a_clusters_counts_come_every_minute(lab: Lab, insights: str) -> None:
    """Counts and reservations by cluster, service and family."""
    shop(lab, insights)
    lab.wait(330)
    cluster: dict[str, Any] = {"ClusterName": "shop"}
    service = {**cluster, "ServiceName": "front"}
    assert values(lab, "RunningTaskCount", **service) == [2.0] * 5
    assert values(lab, "DesiredTaskCount", **service)[-1] == 2
    assert values(lab, "PendingTaskCount", **service)[-1] == 0
    assert values(lab, "DeploymentCount", **service)[-1] == 1
    assert values(lab, "ServiceCount", **cluster)[-1] == 1
    assert values(lab, "TaskCount", **cluster)[-1] == 2
    assert values(lab, "ContainerInstanceCount", **cluster)[-1] == 0
    for of in (cluster, service, {**cluster, "TaskDefinitionFamily": "web"}):
        assert values(lab, "CpuReserved", **of)[-1] == 512
        assert values(lab, "MemoryReserved", **of)[-1] == 1024


def test_a_cluster_without_the_setting_sends_nothing(lab: Lab) -> None:
    """Disabled is the default, and costs no event on the clock."""
    shop(lab, "disabled")
    lab.wait(330)
    assert lab.client("cloudwatch").list_metrics(Namespace="ECS/ContainerInsights")["Metrics"] == []


def test_the_setting_can_be_switched(lab: Lab) -> None:
    """On from the next minute, off again at once."""
    shop(lab, "disabled")
    ecs = lab.client("ecs")
    on, off = ([{"name": "containerInsights", "value": value}] for value in ("enabled", "disabled"))
    ecs.update_cluster_settings(cluster="shop", settings=on)
    lab.wait(150)
    assert len(values(lab, "TaskCount", ClusterName="shop")) >= 2
    ecs.update_cluster_settings(cluster="shop", settings=off)
    lab.wait(600)
    assert values(lab, "TaskCount", ClusterName="shop") == []
    world: Any = lab.world
    clock = world.clock
    assert clock.next_event_at_s is None or clock.next_event_at_s > clock.now + 60


def test_ticks_are_in_the_background(lab: Lab) -> None:
    """settle ends although the ticks go on."""
    shop(lab)
    before = lab.now
    lab.settle()
    assert lab.now == before


def test_a_copys_metrics_are_its_own(lab: Lab) -> None:
    """Time that passes in a copy leaves the lab's CloudWatch as it was."""
    shop(lab)
    before = values(lab, "TaskCount", ClusterName="shop")
    with lab.copy() as copied:
        copied.wait(300)
        assert len(values(copied, "TaskCount", ClusterName="shop")) == 5
        assert len(values(lab, "TaskCount", ClusterName="shop")) <= len(before) + 1
