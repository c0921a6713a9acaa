"""Account settings, such as containerInsights or awsvpcTrunking, with AWS's defaults."""

from __future__ import annotations

from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.state import State

DEFAULTS = {
    "serviceLongArnFormat": "enabled",
    "taskLongArnFormat": "enabled",
    "containerInstanceLongArnFormat": "enabled",
    "awsvpcTrunking": "disabled",
    "containerInsights": "disabled",
    "dualStackIPv6": "enabled",
    "fargateTaskRetirementWaitPeriod": "7",
    "fargateFIPSMode": "disabled",
    "tagResourceAuthorization": "on",
    "guardDutyActivate": "on",
    "defaultLogDriverMode": "non-blocking",
}
"""Every setting and its value when nobody changed it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
"""


@operation("PutAccountSetting")
def put_account_setting(state: State, request: Request) -> Answer:
    """Change a setting for the account's user."""
    return _put(state, request)


@operation("PutAccountSettingDefault")
def put_account_setting_default(state: State, request: Request) -> Answer:
    """Change a setting for all users of the account; the lab has one user, so it is the same."""
    return _put(state, request)


def _put(state: State, request: Request) -> Answer:
    name, value = request["name"], request["value"]
    if name not in DEFAULTS:
        raise InvalidParameterException(
            f"Invalid setting name {name!r}: one of {', '.join(DEFAULTS)}."
        )
    state.account_settings[name] = value
    return {"setting": _setting(state, name)}


@operation("DeleteAccountSetting")
def delete_account_setting(state: State, request: Request) -> Answer:
    """Go back to a setting's default."""
    name = request["name"]
    if name not in DEFAULTS:
        raise InvalidParameterException(
            f"Invalid setting name {name!r}: one of {', '.join(DEFAULTS)}."
        )
    state.account_settings.pop(name, None)
    return {"setting": _setting(state, name)}


@operation("ListAccountSettings")
def list_account_settings(state: State, request: Request) -> Answer:
    """List settings; only changed ones unless effectiveSettings is true."""
    names = list(DEFAULTS) if request.get("effectiveSettings") else list(state.account_settings)
    wanted, value = request.get("name"), request.get("value")
    settings = [_setting(state, name) for name in names if wanted in (None, name)]
    return {"settings": [each for each in settings if value in (None, each["value"])]}


def _setting(state: State, name: str) -> dict[str, str]:
    value = state.account_settings.get(name, DEFAULTS[name])
    root = f"arn:aws:iam::{state.account_id}:root"
    return {"name": name, "value": value, "principalArn": root, "type": "user"}
