"""Requests that are signed with somebody's keys are done only if that somebody may do them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ecs_lab.aws import error_answers
from ecs_lab.aws.access import refusals, requests, signatures, simulation, sts
from ecs_lab.aws.access.asked import Asked, asked
from ecs_lab.aws.access.callers import BadCredentialsError, Caller
from ecs_lab.aws.access.requests import Call
from ecs_lab.iam.evaluation import Decision

if TYPE_CHECKING:
    from ecs_lab.aws.access.access import Access

Answer = tuple[int, dict[str, str], bytes]
_OURS = {"sts": set(sts.OPERATIONS), "iam": simulation.OPERATIONS}
"""Operations that are answered here, by the service in the signature."""


def answer(
    access: Access, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> Answer | None:
    """The answer to a request that may not be done, or that access control itself answers.

    None for every other one, which is then to be done.
    """
    scope = signatures.read(url, headers)
    if scope is None:
        return None
    if scope.service == "iam":
        access.remember_keys()
    try:
        who = access.caller(scope)
    except BadCredentialsError as bad:
        return refusals.bad_credentials(str(bad), scope.service, url, headers)
    if who is None and scope.service not in _OURS:
        return None
    call = requests.read(method, url, headers, body, scope)
    ours = call.operation in _OURS.get(call.service, ())
    if who is not None or call.operation == "AssumeRole":
        denial = _denial(access, who, call)
        if denial is not None:
            return refusals.denied(access.denied(denial, who), call.service, url, headers)
    return _own_answer(access, who, call, url, headers) if ours else None


def _denial(access: Access, who: Caller | None, call: Call) -> Decision | None:
    """The first of what a call asks for that is not allowed, or None."""
    if call.service == "sts" and call.operation in sts.FREE:
        return None
    decisions = (_decision(access, who, call, each) for each in asked(access.world, call))
    return next((each for each in decisions if not each), None)


def _decision(access: Access, who: Caller | None, call: Call, each: Asked) -> Decision:
    if call.operation == "AssumeRole" and call.service == "sts":
        return access.may_assume(who, each)
    assert who is not None  # the administrator is asked about roles' trust only
    return access.of_caller(who, each)


def _own_answer(
    access: Access, who: Caller | None, call: Call, url: str, headers: Mapping[str, str]
) -> Answer:
    try:
        if call.service == "iam":
            return simulation.simulate(access, call.operation, call.parameters)
        return sts.OPERATIONS[call.operation](access, who, call.parameters)
    except sts.StsError as error:
        return error_answers.error(error.status, error.code, error.text, dict(headers), url)
