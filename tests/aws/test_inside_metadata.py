"""What a container is told of itself, its task and its instance."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from insides import cluster, instance, on_ec2, on_fargate, output, role

if TYPE_CHECKING:
    from ecs_lab import Lab


def tell(container: Any) -> None:
    """Print the documents of the metadata address."""
    uri = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
    for path in ("", "/task", "/taskWithTags", "/stats", "/task/stats"):
        print(container.get(uri + path).text)


def documents(lab: Lab, arn: str) -> list[Any]:
    """Container, task, task with tags, statistics of the container and the task."""
    return [json.loads(each) if each.startswith("{") else each for each in output(lab, arn)]


WEB = {"portMappings": [{"containerPort": 80}], "cpu": 128}


def test_metadata_on_fargate(lab: Lab) -> None:
    """A task's document names the cluster by its ARN, the limits in vCPUs, zone and storage."""
    image = lab.registry.push("tell:1", script=tell)
    arn = on_fargate(lab, {"image": image, **WEB})
    container, task, tags, stats, all_stats = documents(lab, arn)
    assert task["Cluster"] == "arn:aws:ecs:us-east-1:123456789012:cluster/shop"
    assert (task["TaskARN"], task["Family"], task["Revision"]) == (arn, "job", "1")
    assert task["Limits"] == {"CPU": 0.25, "Memory": 512}
    assert task["LaunchType"] == "FARGATE"
    assert task["AvailabilityZone"] in lab.network.zones
    assert task["EphemeralStorageMetrics"]["Reserved"] == 20 * 1024
    assert "VPCID" not in task
    assert [each["Name"] for each in task["Containers"]] == ["app"]
    assert container["DockerName"] == "app"
    assert container["DockerId"].startswith(arn.rpartition("/")[2])
    assert (container["Image"], container["Type"]) == (image, "NORMAL")
    assert container["Limits"] == {"CPU": 128}
    network = container["Networks"][0]
    assert network["NetworkMode"] == "awsvpc"
    assert network["SubnetGatewayIpv4Address"].endswith(".1/24")
    assert tags == "404 page not found"
    assert stats["id"] == container["DockerId"] == next(iter(all_stats))


def test_metadata_on_an_instance(lab: Lab) -> None:
    """A task's document names the cluster and its VPC; ports are told with their host ports."""
    instance(lab)
    image = lab.registry.push("tell:1", script=tell)
    arn = on_ec2(lab, {"image": image, **WEB})
    container, task, tags, _, _ = documents(lab, arn)
    assert (task["Cluster"], task["LaunchType"]) == ("shop", "EC2")
    assert task["VPCID"] == lab.network.vpc_id
    assert "EphemeralStorageMetrics" not in task
    assert tags["ContainerInstanceTags" if "ContainerInstanceTags" in tags else "Cluster"]
    assert container["DockerName"].startswith("ecs-job-1-app-")
    assert container["Limits"] == {"CPU": 128, "Memory": 128}
    assert container["Ports"][0]["ContainerPort"] == 80
    assert 32768 <= container["Ports"][0]["HostPort"] <= 61000
    assert container["Networks"][0]["NetworkMode"] == "bridge"


def environment(container: Any) -> None:
    """Print the environment."""
    print(json.dumps(dict(os.environ)))


def test_ecs_adds_its_variables_to_the_containers_own(lab: Lab) -> None:
    """Metadata addresses, what the task runs on, the Region, and credentials with a task role."""
    image = lab.registry.push("environment:1", script=environment)
    own = [{"name": "COLOUR", "value": "red"}, {"name": "AWS_REGION", "value": "eu-west-1"}]
    arn = on_fargate(lab, {"image": image, "environment": own}, taskRoleArn=role(lab, "app"))
    found = json.loads(output(lab, arn)[0])
    assert found["COLOUR"] == "red"
    assert found["AWS_EXECUTION_ENV"] == "AWS_ECS_FARGATE"
    assert (found["AWS_REGION"], found["AWS_DEFAULT_REGION"]) == ("eu-west-1", "us-east-1")
    assert found["ECS_CONTAINER_METADATA_URI_V4"].startswith("http://169.254.170.2/v4/")
    assert found["ECS_CONTAINER_METADATA_URI"].startswith("http://169.254.170.2/v3/")
    assert found["ECS_AGENT_URI"].startswith("http://169.254.170.2/api/")
    assert found["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"].startswith("/v2/credentials/")
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in found
    assert "AWS_ACCESS_KEY_ID" not in found


def instance_data(container: Any) -> None:
    """Print what the instance metadata service says, with a token and without."""
    base = "http://169.254.169.254/latest/"
    print(container.get(base + "meta-data/instance-id").status)
    lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    token = container.request("PUT", base + "api/token", lifetime).text
    for path in ("meta-data/instance-id", "meta-data/placement/availability-zone", "meta-data/"):
        print(container.get(base + path, {"X-aws-ec2-metadata-token": token}).text)


def test_instance_metadata_wants_a_token(lab: Lab) -> None:
    """On Amazon Linux 2023 there is no version 1 of it."""
    instance_id = instance(lab)
    image = lab.registry.push("data:1", script=instance_data)
    lines = output(lab, on_ec2(lab, {"image": image}))
    assert lines[:3] == ["401", instance_id, lab.network.zones[0]]
    assert {"iam/", "placement/", "ami-id"} <= set(lines)


def test_fargate_has_no_instance_metadata(lab: Lab) -> None:
    """Nobody answers there."""
    image = lab.registry.push("data:1", script=instance_data)
    lines = output(lab, on_fargate(lab, {"image": image}))
    assert lines[-1].endswith("169.254.169.254 port 80: connection refused")


def protect(container: Any) -> None:
    """Ask for protection once, and print the answers."""
    if "asked" not in container.memory:
        container.memory["asked"] = True
        uri = os.environ["ECS_AGENT_URI"] + "/task-protection/v1/state"
        wanted = json.dumps({"ProtectionEnabled": True, "ExpiresInMinutes": 60})
        print(container.request("PUT", uri, body=wanted).text)
        print(container.get(uri).text)
        print(container.request("PUT", uri, body="{}").text)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_task_of_a_service_protects_itself_from_scale_in(lab: Lab, allowed: bool) -> None:
    """The agent asks ECS with the task role, which has to allow it."""
    cluster(lab)
    ecs = lab.client("ecs")
    actions = ["ecs:UpdateTaskProtection", "ecs:GetTaskProtection"] if allowed else []
    ecs.register_task_definition(
        family="worker",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        taskRoleArn=role(lab, "app", *actions),
        executionRoleArn=lab.roles["ecsTaskExecutionRole"],
        containerDefinitions=[
            {"name": "app", "image": lab.registry.push("worker:1", step=protect)}
        ],
    )
    vpc = {"subnets": lab.network.public_subnets, "assignPublicIp": "ENABLED"}
    ecs.create_service(
        cluster="shop",
        serviceName="worker",
        taskDefinition="worker",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    lab.wait(120)
    arn = ecs.list_tasks(cluster="shop")["taskArns"][0]
    asked, told, refused = (json.loads(each) for each in output(lab, arn))
    assert refused["error"]["Message"].endswith("does not contain 'ProtectionEnabled' field")
    protected = ecs.get_task_protection(cluster="shop", tasks=[arn])["protectedTasks"][0]
    assert protected["protectionEnabled"] is allowed
    if allowed:
        assert asked == told
        assert asked["protection"]["TaskArn"] == arn
        assert asked["protection"]["ExpirationDate"].endswith("Z")
    else:
        assert asked["error"]["Code"] == "AccessDeniedException"
