"""What ECS adds to a task definition: defaults, compatibilities, required attributes."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from task_definition_requests import (
    AWSLOGS,
    ECR_IMAGE,
    ENABLED,
    ROLE,
    ROUTER,
    Request,
    awsvpc,
    check,
    container,
    ec2,
    efs,
    fargate,
    logs,
    ports,
    secret,
)

from ecs_lab.engine.errors import ClientException
from ecs_lab.engine.task_definition_rules import validate, with_defaults


def test_a_container_gets_awss_defaults() -> None:
    """What DescribeTaskDefinition shows of a container of which only the least was said."""
    document = with_defaults(ec2())
    assert document == {
        "family": "shop",
        "networkMode": "bridge",
        "containerDefinitions": [
            {
                "name": "web",
                "image": "nginx",
                "memory": 128,
                "cpu": 0,
                "essential": True,
                "portMappings": [],
                "environment": [],
                "mountPoints": [],
                "volumesFrom": [],
                "systemControls": [],
            }
        ],
        "volumes": [],
        "placementConstraints": [],
        "compatibilities": ["EXTERNAL", "EC2"],
        "requiresAttributes": [],
    }


@pytest.mark.parametrize(
    ("mode", "host_port"), [("bridge", 0), (None, 0), ("awsvpc", 80), ("host", 80)]
)
def test_a_port_mapping_gets_a_protocol_and_a_host_port(mode: str | None, host_port: int) -> None:
    """Any free port in bridge mode, the container's own in awsvpc and host mode."""
    request = ec2(ports({"containerPort": 80}), **({"networkMode": mode} if mode else {}))
    mapping = with_defaults(request)["containerDefinitions"][0]["portMappings"][0]
    assert mapping == {"containerPort": 80, "hostPort": host_port, "protocol": "tcp"}


def test_a_protocol_other_than_udp_is_tcp() -> None:
    """AWS treats any other value as tcp."""
    request = ec2(ports({"containerPort": 80, "protocol": "UDP"}))
    mapping = with_defaults(request)["containerDefinitions"][0]["portMappings"][0]
    assert mapping["protocol"] == "tcp"


@pytest.mark.parametrize(
    ("cpu", "memory", "shown"),
    [
        ("1 vCPU", "3 GB", ("1024", "3072")),
        (".5 vcpu", "1GB", ("512", "1024")),
        ("0.25 vCPU", "0.5 GB", ("256", "512")),
        ("2048", "4096", ("2048", "4096")),
    ],
)
def test_a_size_is_shown_in_units_and_mib(cpu: str, memory: str, shown: tuple[str, str]) -> None:
    """Sizes written in vCPUs and GB become numbers, still as strings."""
    document = with_defaults(fargate(cpu=cpu, memory=memory))
    assert (document["cpu"], document["memory"]) == shown


def test_windows_keeps_its_default_network_mode() -> None:
    """For Windows the default is not bridge, and AWS shows none."""
    windows = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    assert "networkMode" not in with_defaults(ec2(runtimePlatform=windows))


def test_a_health_check_and_a_bare_volume_get_their_defaults() -> None:
    """Interval 30 s, timeout 5 s, 3 retries; a volume of the host."""
    document = with_defaults(
        ec2(container(healthCheck=check(interval=10)), volumes=[{"name": "data"}])
    )
    health_check = document["containerDefinitions"][0]["healthCheck"]
    assert (health_check["interval"], health_check["timeout"], health_check["retries"]) == (
        10,
        5,
        3,
    )
    assert document["volumes"] == [{"name": "data", "host": {}}]


def test_tags_belong_to_the_resource() -> None:
    """DescribeTaskDefinition shows tags beside the task definition, not in it."""
    assert "tags" not in with_defaults(ec2(tags=[{"key": "a", "value": "b"}]))


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (ec2(), ["EXTERNAL", "EC2"]),
        (ec2(networkMode="host"), ["EXTERNAL", "EC2", "MANAGED_INSTANCES"]),
        (awsvpc(), ["EC2", "MANAGED_INSTANCES"]),
        (fargate(), ["EC2", "FARGATE", "MANAGED_INSTANCES"]),
        (fargate(requiresCompatibilities=[]), ["EC2", "FARGATE", "MANAGED_INSTANCES"]),
        (
            fargate(container(stopTimeout=300), requiresCompatibilities=[]),
            ["EC2", "MANAGED_INSTANCES"],
        ),
        (fargate(ephemeralStorage={"sizeInGiB": 50}), ["FARGATE"]),
        (ec2(volumes=efs()), ["EC2"]),
    ],
)
def test_compatibilities_are_the_launch_types_whose_rules_are_kept(
    request_: Request, expected: list[str]
) -> None:
    """AWS works them out whatever the request requires."""
    assert with_defaults(request_)["compatibilities"] == expected


def attributes(request: Request) -> set[str]:
    """The required attributes, without the two prefixes."""
    return {
        each["name"].removeprefix("com.amazonaws.").removeprefix("ecs.capability.")
        for each in with_defaults(request)["requiresAttributes"]
    }


def test_a_usual_fargate_service_requires_what_aws_says_it_does() -> None:
    """The set that DescribeTaskDefinition answers for ECR, awslogs, awsvpc and both roles."""
    options = AWSLOGS | {"awslogs-create-group": "true"}
    web = container(image=ECR_IMAGE, logConfiguration={"logDriver": "awslogs", "options": options})
    assert attributes(fargate(web, executionRoleArn=ROLE, taskRoleArn=ROLE)) == {
        "logging-driver.awslogs",
        "execution-role-awslogs",
        "ecr-auth",
        "docker-remote-api.1.19",
        "task-iam-role",
        "execution-role-ecr-pull",
        "docker-remote-api.1.18",
        "task-eni",
        "docker-remote-api.1.29",
    }


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (ec2(container(healthCheck=check())), {"container-health-check"}),
        (ec2(container(memoryReservation=64)), {"docker-remote-api.1.21"}),
        (ec2(container(privileged=True)), {"privileged-container"}),
        (ec2(container(stopTimeout=10)), {"container-ordering"}),
        (ec2(container(restartPolicy={"enabled": True})), {"container-restart-policy"}),
        (ec2(pidMode="host", ipcMode="host"), {"pid-ipc-namespace-sharing"}),
        (
            ec2(networkMode="host", taskRoleArn=ROLE),
            {"task-iam-role", "task-iam-role-network-host"},
        ),
        (ec2(volumes=efs()), {"efs", "docker-remote-api.1.25"}),
        (ec2(volumes=efs(**ENABLED)), {"efs", "efsAuth", "docker-remote-api.1.25"}),
        (ec2(container(image=ECR_IMAGE)), {"ecr-auth"}),
        (
            ec2(container(secrets=[secret("A"), secret("B", "b")]), executionRoleArn=ROLE),
            {"secrets.ssm.environment-variables"},
        ),
        (
            ec2(
                container(secrets=[secret("A", "arn:aws:secretsmanager:us-east-1:1:secret:a")]),
                executionRoleArn=ROLE,
            ),
            {"secrets.asm.environment-variables"},
        ),
        (
            ec2(container(logConfiguration=logs("awsfirelens")), ROUTER),
            {"logging-driver.awsfirelens", "docker-remote-api.1.18", "firelens.fluentbit"},
        ),
        (
            ec2(volumes=[{"name": "d", "dockerVolumeConfiguration": {"scope": "task"}}]),
            {"docker-plugin.local", "docker-remote-api.1.25"},
        ),
    ],
)
def test_what_a_definition_uses_its_container_instance_must_be_able_to(
    request_: Request, expected: set[str]
) -> None:
    """Each feature asks for its capabilities and nothing else."""
    validate(request_)
    assert attributes(request_) == expected


# A busy machine is no fault of the code.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MAPPINGS = st.fixed_dictionaries(
    {"containerPort": st.integers(1, 65535)},
    optional={"hostPort": st.integers(0, 65535), "protocol": st.sampled_from(["tcp", "udp"])},
)
CONTAINERS = st.fixed_dictionaries(
    {"name": st.text("abc", min_size=1), "image": st.sampled_from(["nginx", ECR_IMAGE])},
    optional={
        "cpu": st.integers(0, 4096),
        "memory": st.integers(0, 4096),
        "essential": st.booleans(),
        "portMappings": st.lists(MAPPINGS, max_size=3),
        "healthCheck": st.just(check()),
        "stopTimeout": st.integers(0, 300),
        "logConfiguration": st.sampled_from([logs("awslogs"), logs("json-file")]),
    },
)
REQUESTS = st.fixed_dictionaries(
    {"family": st.just("shop"), "containerDefinitions": st.lists(CONTAINERS, max_size=3)},
    optional={
        "networkMode": st.sampled_from(["bridge", "host", "awsvpc", "none"]),
        "cpu": st.sampled_from(["256", "1 vCPU", ".5 vcpu", "much", ""]),
        "memory": st.sampled_from(["512", "2 GB", "0.5GB", "some"]),
        "requiresCompatibilities": st.lists(st.sampled_from(["EC2", "FARGATE"]), max_size=2),
        "executionRoleArn": st.just(ROLE),
        "ephemeralStorage": st.just({"sizeInGiB": 30}),
        "volumes": st.sampled_from([[{"name": "d"}], efs(), []]),
        "tags": st.just([{"key": "a", "value": "b"}]),
    },
)


@UNTIMED
@given(REQUESTS)
def test_defaults_are_added_once_and_the_request_stays_as_it_is(request: Request) -> None:
    """What was filled in is filled in again to the same, and nothing of the request is changed."""
    before = deepcopy(request)
    document = with_defaults(request)
    assert request == before
    assert with_defaults(document) == document


@UNTIMED
@given(REQUESTS)
def test_what_registers_still_registers_once_it_is_filled_in(request: Request) -> None:
    """The defaults never break a rule, and what registers suits at least one launch type."""
    try:
        validate(request)
    except ClientException:
        return
    document = with_defaults(request)
    validate(document)
    assert document["compatibilities"]
    assert set(request.get("requiresCompatibilities", [])) <= set(document["compatibilities"])
