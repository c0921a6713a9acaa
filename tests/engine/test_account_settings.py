"""Account settings: what each takes, whose value counts, and what they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.errors import InvalidParameterException

if TYPE_CHECKING:
    from town import Town

ROLE = "arn:aws:iam::123456789012:role/deployer"
ROOT = "arn:aws:iam::123456789012:root"


def effective(town: Town, **request: Any) -> dict[str, str]:
    """Every setting in effect, over all pages."""
    found: dict[str, str] = {}
    token: str | None = None
    while True:
        answer = town.call(
            "ListAccountSettings", effectiveSettings=True, nextToken=token, **request
        )
        found |= {each["name"]: each["value"] for each in answer["settings"]}
        assert len(answer["settings"]) <= 10
        token = answer.get("nextToken")
        if token is None:
            return found


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("containerInsights", "enhanced", "on"),
        ("containerInsights", "enabled", "yes"),
        ("awsvpcTrunking", "enabled", "enhanced"),
        ("tagResourceAuthorization", "off", "disabled"),
        ("fargateTaskRetirementWaitPeriod", "14", "8"),
        ("defaultLogDriverMode", "blocking", "enabled"),
        ("fargateFIPSMode", "enabled", "on"),
        ("serviceLongArnFormat", "enabled", "disabled"),
    ],
)
def test_each_setting_takes_its_own_values(town: Town, name: str, taken: str, refused: str) -> None:
    """Other values are refused and change nothing."""
    answer = town.call("PutAccountSettingDefault", name=name, value=taken)
    assert answer["setting"] == {
        "name": name,
        "value": taken,
        "principalArn": ROOT,
        "type": "user",
    }
    with pytest.raises(InvalidParameterException, match=f"Invalid value '{refused}'"):
        town.call("PutAccountSetting", name=name, value=refused)
    assert effective(town)[name] == taken


def test_guard_duty_is_read_only(town: Town) -> None:
    """AWS manages guardDutyActivate; nobody can put it."""
    with pytest.raises(InvalidParameterException, match="read-only"):
        town.call("PutAccountSetting", name="guardDutyActivate", value="on")
    (shown,) = town.call("ListAccountSettings", effectiveSettings=True, name="guardDutyActivate")[
        "settings"
    ]
    assert shown["type"] == "aws_managed"


def test_a_roles_own_value_goes_before_the_accounts(town: Town) -> None:
    """The default holds for a role until it has its own value, and again when that is deleted."""
    name = "containerInsights"
    town.call("PutAccountSettingDefault", name=name, value="enabled")
    assert effective(town, principalArn=ROLE)[name] == "enabled"
    town.call("PutAccountSetting", name=name, value="disabled", principalArn=ROLE)
    assert effective(town, principalArn=ROLE)[name] == "disabled"
    assert effective(town)[name] == "enabled"
    town.call("DeleteAccountSetting", name=name, principalArn=ROLE)
    assert effective(town, principalArn=ROLE)[name] == "enabled"
    town.call("DeleteAccountSetting", name=name)
    assert effective(town)[name] == "disabled"


def test_without_effective_settings_only_own_values_are_listed(town: Town) -> None:
    """A role with no value of its own has an empty list."""
    town.call("PutAccountSetting", name="awsvpcTrunking", value="enabled", principalArn=ROLE)
    assert town.call("ListAccountSettings")["settings"] == []
    own = town.call("ListAccountSettings", principalArn=ROLE)["settings"]
    assert [(each["name"], each["principalArn"]) for each in own] == [("awsvpcTrunking", ROLE)]


def test_filter_by_value_needs_a_name(town: Town) -> None:
    """`value` filters only together with `name`."""
    with pytest.raises(InvalidParameterException, match="name an account setting"):
        town.call("ListAccountSettings", value="enabled")
    found = town.call(
        "ListAccountSettings", effectiveSettings=True, name="awsvpcTrunking", value="enabled"
    )
    assert found["settings"] == []


def test_retirement_wait_is_the_root_users(town: Town) -> None:
    """fargateTaskRetirementWaitPeriod is not set for a role."""
    with pytest.raises(InvalidParameterException, match="root user"):
        town.call(
            "PutAccountSetting",
            name="fargateTaskRetirementWaitPeriod",
            value="14",
            principalArn=ROLE,
        )


def test_container_insights_default_is_that_of_new_clusters(town: Town) -> None:
    """A new cluster takes the account's value unless it names one; old clusters keep theirs."""

    def insights(cluster: str) -> str:
        described = town.call("DescribeClusters", clusters=[cluster], include=["SETTINGS"])
        value: str = described["clusters"][0]["settings"][0]["value"]
        return value

    town.call("PutAccountSettingDefault", name="containerInsights", value="enhanced")
    town.call("CreateCluster", clusterName="new")
    off = [{"name": "containerInsights", "value": "disabled"}]
    town.call("CreateCluster", clusterName="plain", settings=off)
    assert [insights(each) for each in ("shop", "new", "plain")] == [
        "disabled",
        "enhanced",
        "disabled",
    ]
