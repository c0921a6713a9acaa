"""Zones kept balanced: which services can, what they do, and what they say meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.errors import InvalidParameterException

if TYPE_CHECKING:
    from town import Town

ZONE = "attribute:ecs.availability-zone"
ONE_BY_ONE = {"minimumHealthyPercent": 0, "maximumPercent": 100}
UNABLE: dict[str, dict[str, Any]] = {
    "DAEMON services": {"schedulingStrategy": "DAEMON", "desiredCount": None},
    "maximumPercent <= 100 %": {"deploymentConfiguration": ONE_BY_ONE},
    "placement strategies": {"placementStrategy": [{"type": "binpack", "field": "memory"}]},
    "as a placement constraint": {
        "placementConstraints": [{"type": "memberOf", "expression": f"{ZONE} == us-east-1a"}]
    },
}


def create(town: Town, **request: Any) -> dict[str, Any]:
    """CreateService of `web` with two tasks; None leaves a parameter out."""
    given = {"taskDefinition": "web", "launchType": "EC2", "desiredCount": 2, **request}
    made = town.call(
        "CreateService",
        cluster="shop",
        serviceName="web",
        **{key: value for key, value in given.items() if value is not None},
    )
    described: dict[str, Any] = made["service"]
    return described


def lopsided(town: Town, **bounds: int) -> None:
    """Four tasks in zone a, and an instance in zone b that has just come."""
    town.instance("a", memory=4096)
    town.define()
    town.service(desired=4, deploymentConfiguration=bounds)
    town.clock.settle(600)
    town.instance("b", memory=4096)


def test_a_balance_that_is_restored_is_told_step_by_step(town: Town) -> None:
    """The events name zones, and the stopped tasks say why they were stopped."""
    lopsided(town)
    before = len(town.messages())
    town.clock.settle(600)
    started, *rest = town.messages()[before:]
    assert started == (
        "(service web) is not AZ balanced with "
        "4 tasks in us-east-1a, and 0 tasks in us-east-1b. AZ Rebalancing in progress."
    )
    assert rest == [
        "(service web) has started 2 tasks in us-east-1b to AZ Rebalance",
        "(service web) has stopped 2 running tasks in us-east-1a due to AZ rebalancing",
        "(service web) has reached a steady state.",
        "(service web) is AZ balanced with 2 tasks in us-east-1a, and 2 tasks in us-east-1b.",
    ]
    reasons = {each["stoppedReason"] for each in town.tasks(desiredStatus="STOPPED")}
    (deployment,) = town.described()["deployments"]
    assert reasons == {
        f"Availability-zone rebalancing initiated by (deployment {deployment['id']})"
    }


def test_tasks_move_only_when_others_are_healthy(town: Town) -> None:
    """Whatever minimumHealthyPercent says, the desired count stays."""
    lopsided(town, minimumHealthyPercent=0, maximumPercent=150)
    for _ in range(300):
        town.clock.advance(1)
        assert town.described()["runningCount"] >= 4
    zones = sorted(each["availabilityZone"] for each in town.tasks())
    assert zones == ["us-east-1a"] * 2 + ["us-east-1b"] * 2


def test_a_deployment_stops_the_rebalancing(town: Town) -> None:
    """It comes first; once it is over the zones are balanced, if they are not by then."""
    lopsided(town)
    town.clock.advance(3)
    town.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    town.clock.settle(600)
    assert "(service web) stopped AZ Rebalancing." in town.messages()
    zones = sorted(each["availabilityZone"] for each in town.tasks())
    assert zones == ["us-east-1a"] * 2 + ["us-east-1b"] * 2


@pytest.mark.parametrize("what", UNABLE)
def test_what_cannot_be_balanced_is_not_unless_asked_for(town: Town, what: str) -> None:
    """Left out it is DISABLED; asked for it is refused."""
    town.define()
    with pytest.raises(InvalidParameterException, match=f"couldn't be created.*{what}"):
        create(town, availabilityZoneRebalancing="ENABLED", **UNABLE[what])
    assert create(town, **UNABLE[what])["availabilityZoneRebalancing"] == "DISABLED"


def test_a_service_that_is_balanced_cannot_become_one_that_cannot(town: Town) -> None:
    """UpdateService has to switch it off with the same call."""
    town.define()
    assert create(town)["availabilityZoneRebalancing"] == "ENABLED"
    change = {"cluster": "shop", "service": "web", "deploymentConfiguration": ONE_BY_ONE}
    with pytest.raises(InvalidParameterException, match=r"couldn't be updated.*maximumPercent"):
        town.call("UpdateService", **change)
    town.call("UpdateService", **change, availabilityZoneRebalancing="DISABLED")
    assert town.described()["availabilityZoneRebalancing"] == "DISABLED"
