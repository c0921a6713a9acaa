"""The ECS API over HTTP: a JSON request to the engine, and its answer or error back as JSON.

moto parses and serialises by walking botocore's model of the service, which costs more than ECS's
work itself; the engine's answers already have the API's form, so that plain JSON does
(docs/adr/0001-ecs-beside-moto.md).
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from ecs_lab.aws.transport import LOADER
from ecs_lab.engine.ecs import Ecs
from ecs_lab.engine.errors import EcsError, InvalidParameterException

Answer = tuple[int, dict[str, str], bytes]
CONTENT_TYPE = "application/x-amz-json-1.1"


def answer(ecs: Ecs, headers: dict[str, str], body: bytes) -> Answer:
    """Answer one request; the operation is named by the header X-Amz-Target."""
    operation = operation_of(headers)
    try:
        return _answer(200, ecs.call(operation, **_checked(operation, body)))
    except EcsError as error:
        return _error(error)


def operation_of(headers: dict[str, str]) -> str:
    """The operation that a request asks for."""
    target = next((value for key, value in headers.items() if key.lower() == "x-amz-target"), "")
    return target.rpartition(".")[2]


def _answer(status: int, shape: dict[str, Any]) -> Answer:
    return status, {"Content-Type": CONTENT_TYPE}, json.dumps(shape).encode()


def _error(error: EcsError) -> Answer:
    status, headers, body = _answer(
        400, {"__type": error.code, "message": error.message, **error.details}
    )
    return status, {**headers, "x-amzn-errortype": error.code}, body


def _checked(operation: str, body: bytes) -> dict[str, Any]:
    """The request, if it has the form that botocore's model of ECS gives it."""
    try:
        request = json.loads(body or b"{}", parse_constant=_no_number)
        if b"null" in body:
            request = _without_null(request)
        wrong = _wrong(request, _input_shape(operation))
    except (ValueError, RecursionError):
        raise InvalidParameterException("The request is not valid JSON.") from None
    if wrong:
        raise InvalidParameterException(wrong)
    if not isinstance(request, dict):
        raise InvalidParameterException("The request is not a JSON object.")
    return request


def _no_number(constant: str) -> None:
    """NaN and Infinity are Python's idea of JSON, not AWS's."""
    raise ValueError(constant)


def _without_null(value: Any) -> Any:
    """A member that is null counts as left out, as AWS's JSON protocol has it.

    Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
    """
    if isinstance(value, dict):
        return {key: _without_null(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_null(each) for each in value]
    return value


def _wrong(request: Any, shape: Any) -> str:
    """What is wrong with the request's form, or nothing."""
    if shape is None:
        return ""
    try:
        report = ParamValidator().validate(request, shape)
    except (RuntimeError, OverflowError, OSError):  # botocore, of a time that no calendar has
        return "The request has a timestamp that is out of range."
    return report.generate_report() if report.has_errors() else _wrong_include(request, shape)


def _wrong_include(request: Any, shape: Any) -> str:
    """What `include` asks for has to be something that the operation can add to its answer."""
    if not request.get("include"):
        return ""
    known = shape.members["include"].member.enum
    strange = [each for each in request["include"] if each not in known]
    if not strange:
        return ""
    return f"Unknown value in include: {', '.join(strange)}. It takes {', '.join(known)}."


@cache
def _input_shape(operation: str) -> Any:
    model = ServiceModel(LOADER.load_service_model("ecs", "service-2"), "ecs")
    known = operation in model.operation_names
    return model.operation_model(operation).input_shape if known else None
