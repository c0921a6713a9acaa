"""Account settings, such as containerInsights or awsvpcTrunking, with AWS's defaults.

A user's or role's own value goes before the account's (the root user's, which is also what
PutAccountSettingDefault sets), and that before AWS's default. The lab's learner is the root user.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ecs_lab.engine.api.registry import Answer, Request, operation
from ecs_lab.engine.errors import InvalidParameterException
from ecs_lab.engine.state import State, page


class Kind(NamedTuple):
    """A setting's value when nobody changed it, and the values it takes (none: read-only)."""

    default: str
    values: tuple[str, ...]


_SWITCH = ("enabled", "disabled")
SETTINGS = {
    # Every account has the long formats for good since 1 April 2021.
    "serviceLongArnFormat": Kind("enabled", ("enabled",)),
    "taskLongArnFormat": Kind("enabled", ("enabled",)),
    "containerInstanceLongArnFormat": Kind("enabled", ("enabled",)),
    "awsvpcTrunking": Kind("disabled", _SWITCH),
    "containerInsights": Kind("disabled", ("enabled", "disabled", "enhanced")),
    "dualStackIPv6": Kind("enabled", _SWITCH),
    "fargateTaskRetirementWaitPeriod": Kind("7", ("0", "7", "14")),
    "fargateFIPSMode": Kind("disabled", _SWITCH),
    "fargateEventWindows": Kind("disabled", _SWITCH),
    "tagResourceAuthorization": Kind("on", ("on", "off")),
    "guardDutyActivate": Kind("off", ()),
    "defaultLogDriverMode": Kind("non-blocking", ("blocking", "non-blocking")),
}
"""Every setting.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSettingDefault.html
"""

ROOT_ONLY = frozenset({"fargateTaskRetirementWaitPeriod"})
PRINCIPAL = re.compile(r"arn:aws:iam::\d{12}:(root|(user|role)/.+)")
MOST_LISTED = 10


def effective(state: State, name: str, principal_arn: str | None = None) -> str:
    """A setting's value for a user or role, or for the account."""
    own = state.principal_settings.get(principal_arn or "", {})
    return own.get(name) or state.account_settings.get(name) or SETTINGS[name].default


@operation("PutAccountSetting")
def put_account_setting(state: State, request: Request) -> Answer:
    """Change a setting for a user or role, or for the account as its root user.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSetting.html
    """
    principal = _principal(state, request)
    name = _known(request["name"])
    if name in ROOT_ONLY and principal != _root(state):
        raise InvalidParameterException(f"You must use the root user when you set {name}.")
    return _put(state, principal, name, request["value"])


@operation("PutAccountSettingDefault")
def put_account_setting_default(state: State, request: Request) -> Answer:
    """Change a setting for all users and roles that have no value of their own."""
    return _put(state, _root(state), _known(request["name"]), request["value"])


def _put(state: State, principal: str, name: str, value: str) -> Answer:
    values = SETTINGS[name].values
    if not values:
        raise InvalidParameterException(
            f"The setting {name} is read-only: AWS manages it on your behalf."
        )
    if value not in values:
        raise InvalidParameterException(
            f"Invalid value {value!r} for the setting {name}: use {' or '.join(values)}."
        )
    _own(state, principal)[name] = value
    return {"setting": _shape(state, principal, name)}


@operation("DeleteAccountSetting")
def delete_account_setting(state: State, request: Request) -> Answer:
    """Take away a principal's own value of a setting.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteAccountSetting.html
    """
    principal, name = _principal(state, request), _known(request["name"])
    _own(state, principal).pop(name, None)
    return {"setting": _shape(state, principal, name)}


@operation("ListAccountSettings")
def list_account_settings(state: State, request: Request) -> Answer:
    """List a principal's own settings, or all as they are in effect; 10 on a page.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAccountSettings.html
    """
    principal, wanted = _principal(state, request), request.get("name")
    value = request.get("value")
    if wanted is not None:
        _known(wanted)
    elif value is not None:
        raise InvalidParameterException("To filter by value, name an account setting as well.")
    own = state.principal_settings.get(principal, {})
    if principal == _root(state):
        own = state.account_settings
    names = list(SETTINGS) if request.get("effectiveSettings") else list(own)
    shapes = [_shape(state, principal, name) for name in names if wanted in (None, name)]
    found = [each for each in shapes if value in (None, each["value"])]
    return page(request, "settings", found, default=MOST_LISTED, most=MOST_LISTED)


def _known(name: str) -> str:
    if name not in SETTINGS:
        raise InvalidParameterException(
            f"Invalid setting name {name!r}: one of {', '.join(SETTINGS)}."
        )
    return name


def _root(state: State) -> str:
    return f"arn:aws:iam::{state.account_id}:root"


def _principal(state: State, request: Request) -> str:
    arn: str = request.get("principalArn") or _root(state)
    if not PRINCIPAL.fullmatch(arn) or arn.split(":")[4] != state.account_id:
        raise InvalidParameterException(
            f"Invalid principalArn {arn!r}: the ARN of a user, a role or the root user of the "
            "account."
        )
    return arn


def _own(state: State, principal: str) -> dict[str, str]:
    if principal == _root(state):
        return state.account_settings
    return state.principal_settings.setdefault(principal, {})


def _shape(state: State, principal: str, name: str) -> dict[str, str]:
    managed = "user" if SETTINGS[name].values else "aws_managed"
    value = effective(state, name, principal)
    return {"name": name, "value": value, "principalArn": principal, "type": managed}
