"""The ECS API as boto3 sees it: forms, errors, pages; a refused call changes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ecs_lab.aws.ecs_api import answer
from ecs_lab.engine.clock import Clock
from ecs_lab.engine.ecs import Ecs

if TYPE_CHECKING:
    from ecs_lab import Lab

FARGATE = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [{"name": "web", "image": "nginx"}],
}


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    """The code and message with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("operation", "request_", "code", "message"),
    [
        ("list_tasks", {"cluster": "no"}, "ClusterNotFoundException", "Cluster not found."),
        ("delete_cluster", {"cluster": "no"}, "ClusterNotFoundException", "Cluster not found."),
        (
            "describe_task_definition",
            {"taskDefinition": "no"},
            "ClientException",
            "Unable to describe task definition.",
        ),
        (
            "run_task",
            {"cluster": "shop", "taskDefinition": "no"},
            "ClientException",
            "TaskDefinition not found.",
        ),
        (
            "run_task",
            {"cluster": "shop", "taskDefinition": "web"},
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            "stop_task",
            {"cluster": "shop", "task": "no"},
            "InvalidParameterException",
            "The referenced task was not found.",
        ),
        (
            "update_service",
            {"cluster": "shop", "service": "no"},
            "ServiceNotFoundException",
            "Service not found.",
        ),
        ("list_clusters", {"nextToken": "nonsense"}, "InvalidParameterException", "Invalid token"),
        (
            "run_task",
            {
                "cluster": "shop",
                "taskDefinition": "web",
                "launchType": "FARGATE",
                "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0"]}},
            },
            "InvalidParameterException",
            (
                "Error retrieving subnet information for [subnet-0]: The subnet ID 'subnet-0' does "
                "not exist (ErrorCode: InvalidSubnetID.NotFound)"
            ),
        ),
    ],
)
def test_wrong_call_gets_the_error_that_aws_gives(
    lab: Lab, operation: str, request_: dict[str, Any], code: str, message: str
) -> None:
    """Code and message are AWS's, and the lab is as it was."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(**FARGATE)
    before, now = lab.snapshot(), lab.now
    assert refusal(getattr(ecs, operation), **request_) == (code, message)
    assert (lab.snapshot(), lab.now) == (before, now)


def test_cluster_with_a_service_is_not_deleted(lab: Lab) -> None:
    """The three conflicts of DeleteCluster begin with services."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(**FARGATE)
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": list(lab.network.private_subnets)}
        },
    )
    code, _ = refusal(ecs.delete_cluster, cluster="shop")
    assert code == "ClusterContainsServicesException"
    ecs.delete_service(cluster="shop", service="web", force=True)
    lab.settle()
    assert ecs.delete_cluster(cluster="shop")["cluster"]["status"] == "INACTIVE"
    (left,) = ecs.describe_clusters(clusters=["shop"])["clusters"]
    assert left["status"] == "INACTIVE"
    missing = ecs.describe_clusters(clusters=["shopp"])["failures"][0]
    assert missing["reason"] == "MISSING"


def test_paginators_give_everything_once(lab: Lab) -> None:
    """boto3's paginators work unchanged over any page size."""
    ecs = lab.client("ecs")
    names = [f"c{number:02d}" for number in range(23)]
    for name in names:
        ecs.create_cluster(clusterName=name)
    pages = ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 5})
    listed = [arn.rpartition("/")[2] for page in pages for arn in page["clusterArns"]]
    assert listed == names


def test_include_decides_what_is_shown(lab: Lab) -> None:
    """Tags and settings come only where they are asked for."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop", tags=[{"key": "team", "value": "web"}])
    plain = ecs.describe_clusters(clusters=["shop"])["clusters"][0]
    full = ecs.describe_clusters(clusters=["shop"], include=["TAGS", "SETTINGS"])["clusters"][0]
    assert (plain["tags"], plain["settings"]) == ([], [])
    assert full["tags"] == [{"key": "team", "value": "web"}]
    assert full["settings"] == [{"name": "containerInsights", "value": "disabled"}]


def test_tags_can_be_added_read_and_taken_off(lab: Lab) -> None:
    """TagResource, ListTagsForResource and UntagResource on a cluster and a task definition."""
    ecs = lab.client("ecs")
    cluster = ecs.create_cluster(clusterName="shop")["cluster"]["clusterArn"]
    definition = ecs.register_task_definition(**FARGATE)["taskDefinition"]["taskDefinitionArn"]
    for arn in (cluster, definition):
        ecs.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "1"}])
        ecs.tag_resource(
            resourceArn=arn, tags=[{"key": "a", "value": "2"}, {"key": "b", "value": ""}]
        )
        assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [
            {"key": "a", "value": "2"},
            {"key": "b", "value": ""},
        ]
        ecs.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": ""}]


def test_revisions_count_up_and_deregistered_ones_are_inactive(lab: Lab) -> None:
    """A family's revisions are 1, 2, 3; an INACTIVE one can be described and not be used."""
    ecs = lab.client("ecs")
    for _ in range(3):
        ecs.register_task_definition(**FARGATE)
    gone = ecs.deregister_task_definition(taskDefinition="web:3")["taskDefinition"]
    assert gone["status"] == "INACTIVE"
    newest = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
    assert newest["revision"] == 2
    assert (
        ecs.describe_task_definition(taskDefinition="web:3")["taskDefinition"]["status"]
        == "INACTIVE"
    )
    ecs.create_cluster(clusterName="shop")
    assert refusal(ecs.run_task, cluster="shop", taskDefinition="web:3") == (
        "ClientException",
        "TaskDefinition is inactive",
    )
    assert ecs.register_task_definition(**FARGATE)["taskDefinition"]["revision"] == 4


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("ECS.CreateCluster", b"{"),
        ("ECS.CreateCluster", b"[]"),
        ("ECS.CreateCluster", b'{"clusterName": 5}'),
        ("ECS.DescribeTasks", b"{}"),
        ("ECS.RegisterTaskDefinition", b'{"family": "x"}'),
        ("ECS.NoSuchOperation", b"{}"),
        ("", b"{}"),
    ],
)
def test_malformed_request_is_an_error_answer(target: str, body: bytes) -> None:
    """A raw client that sends nonsense gets a JSON error with a code and a message."""
    ecs = Ecs(Clock(0.0))
    status, _, content = answer(ecs, {"X-Amz-Target": target}, body)
    assert 400 <= status < 502
    error = json.loads(content)
    assert error["__type"].endswith("Exception")
    assert error["message"]
    assert ecs.state.clusters == {}


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("describe_clusters", {}),
        ("describe_capacity_providers", {}),
        ("describe_services", {"services": ["web"]}),
        ("describe_task_definition", {"taskDefinition": "web"}),
    ],
)
def test_include_takes_only_what_the_operation_can_add(
    lab: Lab, operation: str, request_: dict[str, Any]
) -> None:
    """A misspelt value is an error that names the values, not an answer without them."""
    with pytest.raises(ClientError, match=r"Unknown value in include: TAG\. It takes .*TAGS"):
        getattr(lab.client("ecs"), operation)(**request_, include=["TAG"])
