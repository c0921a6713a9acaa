"""The tables that say which resources each operation touches, held against botocore's models."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import pytest
from botocore.model import ServiceModel

from ecs_lab.aws.access import operations
from ecs_lab.aws.access.templates import Placeholder, Template
from ecs_lab.aws.transport import LOADER

SERVICES = sorted(
    file.name.removesuffix(".toml")
    for file in (resources.files("ecs_lab.aws.access") / "services").iterdir()
)
OF_AN_ECS_COURSE = {
    *("application-autoscaling", "autoscaling", "cloudformation", "cloudwatch", "dynamodb", "ec2"),
    *("ecr", "ecs", "elasticfilesystem", "elasticloadbalancing", "events", "iam", "kms", "lambda"),
    *("logs", "s3", "secretsmanager", "servicediscovery", "sns", "sqs", "ssm", "sts"),
}


@cache
def shapes(service: str) -> dict[str, list[Any]]:
    """Operation -> its inputs in botocore's models of a service."""
    found: dict[str, list[Any]] = {}
    for name in operations.models_of(service):
        model = ServiceModel(LOADER.load_service_model(name, "service-2"), name)
        for operation in model.operation_names:
            shape = model.operation_model(operation).input_shape
            found.setdefault(operation, []).append(shape)
    return found


def reaches(shape: Any, path: tuple[str, ...]) -> bool:
    """Whether a parameter's path is there in a shape."""
    while shape is not None and shape.type_name == "list":
        shape = shape.member
    if not path:
        return True
    members = shape.members if shape is not None and shape.type_name == "structure" else {}
    return path[0] in members and reaches(members[path[0]], path[1:])


def known(placeholder: Placeholder, service: str, some: list[str]) -> bool:
    """Whether every parameter that a placeholder names is one of the operations'."""
    inputs = [shape for operation in some for shape in shapes(service)[operation]]
    return all(any(reaches(shape, path) for shape in inputs) for path, _ in placeholder.paths)


def test_every_service_of_the_course_has_a_table() -> None:
    """The list is complete."""
    assert set(SERVICES) == OF_AN_ECS_COURSE


@pytest.mark.parametrize("service", SERVICES)
def test_a_table_names_operations_and_parameters_that_there_are(service: str) -> None:
    """A slip of the pen in one would leave a resource out."""
    table = operations.table_of(service, "us-east-1", "123456789012")
    assert set(table.touches) | set(table.actions) <= set(shapes(service))
    by_resource: dict[Template, list[str]] = {}
    for operation, touches in table.touches.items():
        for touch in touches:
            by_resource.setdefault(touch.resource, []).append(operation)
    for resource, some in by_resource.items():
        for placeholder in resource.placeholders:
            assert known(placeholder, service, some), (placeholder, some)
    every = list(shapes(service))
    for template in table.keys.values():
        assert all(known(each, service, every) for each in template.placeholders), template


@pytest.mark.parametrize("service", SERVICES)
def test_resources_are_arns_of_the_service(service: str) -> None:
    """Or of what has to be allowed besides."""
    table = operations.table_of(service, "us-east-1", "123456789012")
    of_service = "iam" if service == "sts" else service
    for touches in table.touches.values():
        for touch in touches:
            begins = touch.action.partition(":")[0] or of_service
            assert touch.resource.texts[0].startswith(f"arn:aws:{begins}:"), touch
