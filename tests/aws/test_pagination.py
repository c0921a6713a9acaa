"""Every list of the ECS API comes in pages, as botocore's model and its texts say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.model import ServiceModel
from town import VPC, Town

from ecs_lab.aws.transport import LOADER
from ecs_lab.engine.api import OPERATIONS
from ecs_lab.engine.errors import InvalidParameterException

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = ServiceModel(LOADER.load_service_model("ecs", "service-2"), "ecs")
PAGINATORS = LOADER.load_service_model("ecs", "paginators-1")["pagination"]
MANY = 23


def paged() -> Iterator[str]:
    """The operations that the lab does and that give pages."""
    for name in sorted(OPERATIONS):
        shape = MODEL.operation_model(name).input_shape
        if shape is not None and {"maxResults", "nextToken"} <= shape.members.keys():
            yield name


PAGED = list(paged())
RESULTS = {"ListServiceDeployments": "serviceDeployments"} | {
    "DescribeCapacityProviders": "capacityProviders"
}
"""The member with the results, where botocore has no paginator that says so."""

REQUESTS: dict[str, dict[str, Any]] = {
    "ListAccountSettings": {"effectiveSettings": True},
    "ListAttributes": {"cluster": "shop", "targetType": "container-instance"},
    "ListContainerInstances": {"cluster": "shop"},
    "ListServiceDeployments": {"cluster": "shop", "service": "s00"},
    "ListServices": {"cluster": "shop"},
    "ListTasks": {"cluster": "shop"},
}
"""What else a request says; the others say nothing."""


def documented(operation: str) -> tuple[int, int]:
    """The largest maxResults and the default, as the model's text has them."""
    shape: Any = MODEL.operation_model(operation).input_shape
    text = re.sub(r"<[^>]+>", "", shape.members["maxResults"].documentation)
    most = re.search(r"between 1 and (\d+)", text)
    usual = re.search(r"returns up to (\d+)", text)
    assert most
    assert usual
    return int(most[1]), int(usual[1])


@pytest.fixture(scope="module")
def full() -> Town:
    """A town with more of everything than the longest default page, where it can be."""
    town = Town()
    town.define_fargate("small")
    for number in range(MANY):
        name = f"{number:02d}"
        town.call("CreateCluster", clusterName=f"c{name}")
        town.define(f"f{name}")
        town.instance(slots=4)
        town.service(f"s{name}", desired=0, taskDefinition="small", launchType="FARGATE")
        town.call(
            "RunTask",
            cluster="shop",
            taskDefinition="small",
            launchType="FARGATE",
            networkConfiguration=VPC,
        )
        town.call("UpdateService", cluster="shop", service="s00", forceNewDeployment=True)
        town.clock.advance(100)
    return town


def results(operation: str) -> str:
    """The member that has the results."""
    return str(RESULTS.get(operation) or PAGINATORS[operation]["result_key"])


def pages(town: Town, operation: str, **request: Any) -> Iterator[list[Any]]:
    """Page after page."""
    request = {**REQUESTS.get(operation, {}), **request}
    while True:
        answer = town.call(operation, **request)
        yield answer[results(operation)]
        if "nextToken" not in answer:
            return
        request["nextToken"] = answer["nextToken"]


@pytest.mark.parametrize("operation", PAGED)
def test_pages_of_any_size_give_everything_once(full: Town, operation: str) -> None:
    """Each page but the last is full, and together they are the whole list."""
    most, usual = documented(operation)
    whole = [each for page in pages(full, operation) for each in page]
    assert len(whole) > 1
    for size in {1, 2, 7, min(usual, most), most}:
        walked = list(pages(full, operation, maxResults=size))
        assert [each for page in walked for each in page] == whole
        assert all(len(page) == size for page in walked[:-1])
        assert walked[-1]


@pytest.mark.parametrize("operation", PAGED)
def test_page_is_as_long_as_documented(full: Town, operation: str) -> None:
    """Without maxResults it has the documented default, and maxResults its documented range."""
    most, usual = documented(operation)
    whole = [each for page in pages(full, operation) for each in page]
    assert len(next(pages(full, operation))) == min(usual, len(whole))
    for wrong in (0, -1, most + 1):
        with pytest.raises(InvalidParameterException):
            next(pages(full, operation, maxResults=wrong))


@pytest.mark.parametrize("operation", PAGED)
@pytest.mark.parametrize("token", ["nonsense", "-1", "9999999", "²"])
def test_token_that_was_never_given_is_refused(full: Town, operation: str, token: str) -> None:
    """A token is what the page before gave, nothing else."""
    with pytest.raises(InvalidParameterException):
        next(pages(full, operation, nextToken=token))


def test_every_paginator_of_botocore_is_tried_or_not_simulated() -> None:
    """No list is forgotten."""
    assert {name for name in PAGINATORS if name in OPERATIONS} <= set(PAGED)
