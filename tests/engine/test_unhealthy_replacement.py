"""Tasks that fail health checks are replaced: replacement first where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from town import Town


@pytest.mark.parametrize(("most", "fewest"), [(200, 2), (100, 1)])
def test_unhealthy_tasks_are_replaced_first_where_the_upper_bound_allows(
    town: Town, most: int, fewest: int
) -> None:
    """With 200% the replacement comes before the unhealthy task goes, with 100% after."""
    town.define_fargate()
    bounds = {"minimumHealthyPercent": 50, "maximumPercent": most}
    town.service(desired=2, launchType="FARGATE", deploymentConfiguration=bounds)
    town.clock.settle(600)
    task = next(iter(town.ecs.state.clusters["shop"].tasks.values()))
    for container in task.containers:
        container.health_status = "UNHEALTHY"
    town.call("UpdateService", cluster="shop", service="web", desiredCount=2)
    least = 2
    for _ in range(200):
        town.clock.advance(1)
        least = min(least, town.described()["runningCount"])
    assert least == fewest
    assert task.last_status == "STOPPED"
    assert task.stopped_reason == "Task failed container health checks"
    assert town.described()["runningCount"] == 2
