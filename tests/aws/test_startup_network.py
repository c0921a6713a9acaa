"""What a starting task reaches from its subnet: registries, ECR, Secrets Manager, S3 and CloudWatch
Logs, by a public address, a NAT gateway or VPC endpoints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starting import ACCOUNT, REGISTRY, became, described, instance, launch, push, register

if TYPE_CHECKING:
    from ecs_lab import Lab

EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"
FAILED = ("STOPPED", "TaskFailedToStart")
RUNNING = ("RUNNING", "", "")
ECR_ENDPOINTS = ("ecr.api", "ecr.dkr")


@pytest.fixture
def shop(lab: Lab) -> Lab:
    """A lab with the cluster shop."""
    lab.client("ecs").create_cluster(clusterName="shop")
    return lab


def cut_off(lab: Lab) -> list[str]:
    """Take the NAT gateway's route from the private subnets; gives the subnets."""
    ec2, subnets = lab.client("ec2"), list(lab.network.private_subnets)
    filters = [{"Name": "association.subnet-id", "Values": subnets}]
    table = ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    return subnets


def endpoint(lab: Lab, service: str, subnets: list[str]) -> None:
    """Make a VPC endpoint of a service: a gateway for S3, an interface for others."""
    ec2, network = lab.client("ec2"), lab.network
    name = f"com.amazonaws.us-east-1.{service}"
    if service == "s3":
        filters = [{"Name": "association.subnet-id", "Values": subnets}]
        table = ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
        ec2.create_vpc_endpoint(
            VpcId=network.vpc_id, ServiceName=name, RouteTableIds=[table], VpcEndpointType="Gateway"
        )
        return
    group = ec2.create_security_group(
        GroupName=service, Description="HTTPS from the VPC", VpcId=network.vpc_id
    )["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{**rule, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]
    )
    ec2.create_vpc_endpoint(
        VpcId=network.vpc_id,
        ServiceName=name,
        SubnetIds=subnets,
        SecurityGroupIds=[group],
        VpcEndpointType="Interface",
        PrivateDnsEnabled=True,
    )


def test_a_public_subnet_without_a_public_address_reaches_nothing(shop: Lab) -> None:
    """The pull is tried for minutes and times out; with a public address the same task runs."""
    register(shop, {"image": "nginx"}, fargate=True)
    arn = launch(shop, fargate=True, public_ip=False)
    status, code, reason = became(shop, arn)
    assert (status, code) == FAILED
    assert reason.startswith(
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to "
        "resolve ref docker.io/library/nginx:latest: failed to do request: Head "
        '"https://registry-1.docker.io/v2/library/nginx/manifests/latest": dial tcp '
    )
    task = described(shop, arn)
    assert (task["stoppingAt"] - task["pullStartedAt"]).total_seconds() == 12 + 150
    assert became(shop, launch(shop, fargate=True, public_ip=True)) == RUNNING


def test_private_subnets_of_a_lab_have_a_nat_gateway(shop: Lab) -> None:
    """A task without a public address runs there, and not once the gateway's route is gone."""
    subnets = list(shop.network.private_subnets)
    register(shop, {"image": "nginx"}, fargate=True)
    assert became(shop, launch(shop, fargate=True, public_ip=False, subnets=subnets)) == RUNNING
    cut_off(shop)
    status, code, _ = became(shop, launch(shop, fargate=True, public_ip=False, subnets=subnets))
    assert (status, code) == FAILED


def test_ecr_takes_three_endpoints(shop: Lab) -> None:
    """Each endpoint that is missing has its own text; with all three the task runs."""
    register(shop, {"image": push(shop, "web")}, fargate=True, executionRoleArn=EXECUTION)
    subnets = cut_off(shop)
    texts = (
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot "
            "pull registry authentication from Amazon ECR. There is a connection issue between the "
            "task and Amazon ECR. Check your task network configuration. RequestError: send request"
        ),
        (
            f"CannotPullContainerError: The task cannot pull '{REGISTRY}/web:1' from the "
            f"Amazon ECR "
            f"repository '{REGISTRY}/web'. There is a connection issue between the task and Amazon "
            "ECR. Check your task network configuration."
        ),
        (
            "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: "
            "httpReadSeeker: failed open: failed to do request: Get "
        ),
    )
    for service, text in zip((*ECR_ENDPOINTS, "s3"), texts, strict=True):
        arn = launch(shop, fargate=True, public_ip=False, subnets=subnets)
        status, code, reason = became(shop, arn)
        assert (status, code) == FAILED
        assert reason.startswith(text)
        endpoint(shop, service, subnets)
    arn = launch(shop, fargate=True, public_ip=False, subnets=subnets)
    assert became(shop, arn) == RUNNING


@pytest.mark.parametrize(
    ("service", "text"),
    [
        (
            "secretsmanager",
            (
                "The task can't pull secrets from AWS Secrets Manager. There is a connection issue "
                "between the task and Secrets Manager. Check your task network configuration."
            ),
        ),
        (
            "ssm",
            (
                "The task cannot pull secrets from AWS Systems Manager Parameter Store. Check your "
                "network connection between the task and AWS Systems Manager."
            ),
        ),
        (
            "s3",
            (
                "The task can't download the environment variable files from Amazon S3. There is a "
                "connection issue between the task and Amazon S3. Check your task network "
                "configuration."
            ),
        ),
        (
            "logs",
            (
                "The task cannot find the Amazon CloudWatch log group defined in the task "
                "definition. "
                "There is a connection issue between the task and Amazon CloudWatch. Check your "
                "network configuration."
            ),
        ),
    ],
)
def test_what_cannot_be_reached_is_named(shop: Lab, service: str, text: str) -> None:
    """AWS's sentence for each service that a task in a cut off subnet asks for."""
    containers: dict[str, dict[str, Any]] = {
        "secretsmanager": {
            "secrets": [
                {
                    "name": "DB",
                    "valueFrom": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-AbCdEf",
                }
            ]
        },
        "ssm": {"secrets": [{"name": "DB", "valueFrom": "/db"}]},
        "s3": {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::shop-files/a.env"}]},
        "logs": {
            "image": push(shop, "web"),
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/shop",
                    "awslogs-region": "us-east-1",
                    "awslogs-stream-prefix": "web",
                },
            },
        },
    }
    register(shop, containers[service], fargate=True, executionRoleArn=EXECUTION)
    subnets = cut_off(shop)
    if service == "logs":
        for each in (*ECR_ENDPOINTS, "s3"):
            endpoint(shop, each, subnets)
    arn = launch(shop, fargate=True, public_ip=False, subnets=subnets)
    status, code, reason = became(shop, arn)
    assert (status, code) == FAILED
    assert text in reason


def test_an_instance_pulls_by_its_own_way_out(shop: Lab) -> None:
    """On EC2 Docker pulls through the instance's interface; what lies on the instance already is
    used when the registry cannot be reached.
    """
    instance(shop, public=False)
    register(shop, {"image": "nginx"}, fargate=False)
    assert became(shop, launch(shop, fargate=False)) == RUNNING
    cut_off(shop)
    assert became(shop, launch(shop, fargate=False)) == RUNNING
    register(shop, {"image": "httpd"}, fargate=False)
    status, code, reason = became(shop, launch(shop, fargate=False))
    assert (status, code) == FAILED
    assert reason == (
        "CannotPullContainerError: The task can’t pull the image. Check your network "
        'configuration. Error response from daemon: Get "https://registry-1.docker.io/v2/": '
        "net/http: request canceled while waiting for connection (Client.Timeout exceeded while "
        "awaiting headers)"
    )


@pytest.mark.parametrize(
    ("behavior", "after_push", "cut"),
    [("default", "new", "old"), ("always", "new", None), ("once", "old", "old")],
)
def test_image_pull_behavior_says_which_image_counts(
    shop: Lab, behavior: str, after_push: str, cut: str | None
) -> None:
    """ECS_IMAGE_PULL_BEHAVIOR: a tag that moved, and a registry that cannot be reached."""
    instance(shop, public=False, settings=f"ECS_IMAGE_PULL_BEHAVIOR={behavior}")
    digests: dict[str, str] = {}

    def pulled() -> str | None:
        arn = launch(shop, fargate=False)
        became(shop, arn)
        digest = described(shop, arn)["containers"][0].get("imageDigest")
        return next((name for name, each in digests.items() if each == digest), None)

    def pushed(name: str) -> None:
        shop.registry.push("web:1", script=f"print('{name}')")
        images = shop.client("ecr").describe_images(
            repositoryName="web", imageIds=[{"imageTag": "1"}]
        )
        digests[name] = images["imageDetails"][0]["imageDigest"]

    pushed("old")
    register(shop, {"image": f"{REGISTRY}/web:1"}, fargate=False)
    assert pulled() == "old"
    pushed("new")
    assert pulled() == after_push
    if behavior == "default":
        pushed("newest")
        cut = after_push
    cut_off(shop)
    assert pulled() == cut


@pytest.mark.parametrize("what", ["tag", "repository"])
@pytest.mark.parametrize("fargate", [True, False])
def test_an_image_that_is_not_in_ecr(shop: Lab, what: str, fargate: bool) -> None:
    """A missing tag and a missing repository are the same on Fargate, and told apart by Docker."""
    if not fargate:
        instance(shop)
    if what == "tag":
        push(shop, "web")
    register(shop, {"image": f"{REGISTRY}/web:2"}, fargate=fargate, executionRoleArn=EXECUTION)
    status, code, reason = became(shop, launch(shop, fargate=fargate))
    assert (status, code) == FAILED
    if fargate:
        assert reason.startswith(
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to "
            f"resolve ref {REGISTRY}/web:2"
        )
    elif what == "tag":
        assert f"manifest for {REGISTRY}/web:2 not found: manifest unknown" in reason
    else:
        assert "The repository with name 'web' does not exist in the registry with id" in reason
