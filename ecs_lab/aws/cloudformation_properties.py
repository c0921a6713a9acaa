"""CloudFormation's properties as requests of an AWS API, by botocore's model of that API.

A template says `ContainerDefinitions`, `"Memory": "512"` and `"Essential": "true"`; the API wants
`containerDefinitions`, 512 and true. The model knows names and types, so no list is written here
but of the few names that are really different.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from ecs_lab.aws.transport import LOADER

RENAMED: Final = {
    "ClusterSettings": "settings",
    "PlacementStrategies": "placementStrategy",
    "ProxyConfigurationProperties": "properties",
}


class UnsupportedPropertyError(ValueError):
    """A property that the resource does not have."""


@cache
def operation(service: str, name: str) -> OperationModel:
    """botocore's model of an operation."""
    return ServiceModel(LOADER.load_service_model(service, "service-2"), service).operation_model(
        name
    )


def request(service: str, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The request of an operation that says what the properties say.

    >>> request("ecs", "RegisterTaskDefinition", {"Family": "web", "Cpu": 256, "Tags": [
    ...     {"Key": "by", "Value": "ann"}]})
    {'family': 'web', 'cpu': '256', 'tags': [{'key': 'by', 'value': 'ann'}]}
    """
    made: dict[str, Any] = _value(operation(service, name).input_shape, properties)
    return made


def takes(service: str, name: str, property_name: str) -> bool:
    """Whether an operation's request has a place for a property."""
    return _member(operation(service, name).input_shape, property_name) is not None


def _member(shape: Any, property_name: str) -> str | None:
    wanted = RENAMED.get(property_name, property_name).lower()
    return next((each for each in shape.members if each.lower() == wanted), None)


def _value(shape: Shape | None, value: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return _structure(shape, value)
    if isinstance(shape, ListShape):
        return [_value(shape.member, each) for each in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _value(shape.value, each) for key, each in value.items()}
    return _scalar(shape, value)


def _structure(shape: StructureShape, properties: dict[str, Any]) -> dict[str, Any]:
    made = {}
    for key, value in properties.items():
        member = _member(shape, key)
        if member is None:
            raise UnsupportedPropertyError(f"Encountered unsupported property {key}")
        made[member] = _value(shape.members[member], value)
    return made


def _scalar(shape: Shape | None, value: Any) -> Any:
    """A template may write numbers and truth values as texts, and the other way round."""
    kind = shape.type_name if shape is not None else ""
    if kind in {"integer", "long"}:
        return int(value)
    if kind in {"double", "float"}:
        return float(value)
    if kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    if kind == "string" and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
