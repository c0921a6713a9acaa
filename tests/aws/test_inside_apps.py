"""Apps in the containers of tasks, from the learner's side."""

from __future__ import annotations

import os
import pickle
import urllib.request
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from insides import cluster, described, instance, on_ec2, on_fargate, output

from ecs_lab.serve import state_file

if TYPE_CHECKING:
    from pathlib import Path

    from ecs_lab import Lab

MAPPED = {"portMappings": [{"containerPort": 80}]}


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A web app."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"hello from {os.environ.get('COLOUR', 'nobody')}".encode()]


class Counter:
    """A web app that counts its requests."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer with the number."""
        self.count += 1
        start_response("200 OK", [])
        return [str(self.count).encode()]


def asks_localhost(container: Any) -> None:
    """Print what a neighbour answers."""
    print(container.get("http://localhost/").text)


def asks_web(container: Any) -> None:
    """Print what the container with the alias `web` answers."""
    with urllib.request.urlopen("http://web/") as answer:
        print(answer.read().decode())


def get(lab: Any, arn: str) -> str:
    """What a task answers to a machine in its VPC."""
    address = described(lab, arn)["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    http = lab.http.from_subnet(lab.network.public_subnets[0])
    return str(http.get(f"http://{address}/").text)


def test_containers_of_a_task_share_localhost_in_awsvpc_mode(lab: Lab) -> None:
    """A sidecar reaches the app, once that is started."""
    web = {"image": lab.registry.push("web:1", hello), **MAPPED}
    web["environment"] = [{"name": "COLOUR", "value": "red"}]
    ask = {
        "name": "ask",
        "image": lab.registry.push("ask:1", script=asks_localhost),
        "essential": False,
        "dependsOn": [{"containerName": "app", "condition": "START"}],
    }
    arn = on_fargate(lab, web, ask)
    assert output(lab, arn, "ask") == ["hello from red"]
    assert described(lab, arn)["lastStatus"] == "RUNNING"


def asks_around(container: Any) -> None:
    """Print what comes of a call to AWS, to the instance's agent and to itself."""
    sts = boto3.client("sts", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="none")
    try:
        sts.get_caller_identity()
    except EndpointConnectionError as error:
        print(str(error).partition(" has ")[2] or str(error))
    for url in ("http://169.254.170.2/", "http://10.0.10.4/"):
        try:
            container.get(url)
        except OSError as error:
            print(str(error).partition(" has ")[2])


def test_a_task_with_network_mode_none_reaches_nobody(lab: Lab) -> None:
    """Neither AWS nor the agent nor a machine of its VPC."""
    instance(lab)
    ask = {"image": lab.registry.push("ask:1", script=asks_around)}
    arn = on_ec2(lab, ask, networkMode="none")
    to_aws, *others = output(lab, arn)
    assert to_aws.startswith("Could not connect to the endpoint URL")
    assert others == ["network mode none: nothing leaves it."] * 2


def test_links_are_names_of_containers_in_bridge_mode(lab: Lab) -> None:
    """A linked container is reached by its alias."""
    instance(lab)
    web = {"name": "server", "image": lab.registry.push("web:1", hello), **MAPPED}
    ask = {
        "name": "ask",
        "image": lab.registry.push("ask:1", script=asks_web),
        "essential": False,
        "links": ["server:web"],
        "dependsOn": [{"containerName": "server", "condition": "START"}],
    }
    arn = on_ec2(lab, web, ask)
    assert output(lab, arn, "ask") == ["hello from nobody"]


def test_an_essential_script_ends_its_task_with_its_exit_code(lab: Lab) -> None:
    """A function's int is the container's exit code."""
    arn = on_fargate(lab, {"image": lab.registry.push("job:1", script="import sys; sys.exit(3)")})
    task = described(lab, arn)
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 3)


def test_health_checks_ask_the_app(lab: Lab) -> None:
    """The command runs in the container, and the app answers."""
    check = {"command": ["CMD-SHELL", "curl -sf http://localhost/ | grep -q hello"], "interval": 5}
    image = lab.registry.push("web:1", hello)
    arn = on_fargate(lab, {"image": image, **MAPPED, "healthCheck": check})
    assert described(lab, arn)["healthStatus"] == "HEALTHY"


def test_commands_write_to_the_output_as_time_passes(lab: Lab) -> None:
    """A loop with a sleep goes on for as long as the task runs."""
    command = ["sh", "-c", "echo begin; while true; do date +%M:%S; sleep 60; done"]
    arn = on_fargate(lab, {"image": "busybox", "command": command})
    lines = len(output(lab, arn))
    lab.wait(600)
    assert len(output(lab, arn)) == lines + 10


def test_more_memory_than_the_task_has_kills_the_container(lab: Lab) -> None:
    """With AWS's reason and exit code 137."""
    source = "container.use_memory(600)"
    arn = on_fargate(lab, {"image": lab.registry.push("job:1", script=source)})
    container = described(lab, arn)["containers"][0]
    assert container["exitCode"] == 137
    assert container["reason"].startswith("OutOfMemoryError")


def test_a_load_that_needs_more_memory_than_a_task_has_kills_it(lab: Lab) -> None:
    """And its service starts another."""
    cluster(lab)
    ecs = lab.client("ecs")
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "nginx"}],
    )
    vpc = {"subnets": lab.network.public_subnets, "assignPublicIp": "ENABLED"}
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    lab.settle()
    arn = ecs.list_tasks(cluster="shop")["taskArns"][0]
    lab.set_load("shop", "web", memory_mib=700)
    lab.wait(90)
    task = described(lab, arn)
    assert task["containers"][0]["exitCode"] == 137
    assert task["containers"][0]["reason"].startswith("OutOfMemoryError")


def test_a_copy_of_the_lab_goes_on_with_its_own_state(lab: Lab) -> None:
    """What an app counted so far is in both; what it counts next is in one."""
    arn = on_fargate(lab, {"image": lab.registry.push("count:1", Counter), **MAPPED})
    assert get(lab, arn) == "1"
    with lab.copy() as copy:
        assert get(copy, arn) == "2"
        assert get(copy, arn) == "3"
    assert get(lab, arn) == "2"


def test_apps_are_kept_in_a_state_file(lab: Lab, tmp_path: Path) -> None:
    """A lab that is read again answers as before."""
    arn = on_fargate(lab, {"image": lab.registry.push("count:1", Counter), **MAPPED})
    assert get(lab, arn) == "1"
    world: Any = lab.world
    state_file.save(world, tmp_path / "lab")
    with type(lab)(world=state_file.load(tmp_path / "lab")) as again:
        assert get(again, arn) == "2"


class Unstorable:
    """A web app that holds what cannot be stored."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Never called."""
        return []

    def __reduce__(self) -> Any:
        """Refuse to be stored."""
        raise pickle.PicklingError("an Unstorable cannot be stored")


def test_an_app_that_cannot_be_stored_is_named(lab: Lab, tmp_path: Path) -> None:
    """The file is not written, and the error says which image it was."""
    lab.registry.push("odd:1", Unstorable())
    world: Any = lab.world
    with pytest.raises(state_file.StateFileError, match="the app of the image odd:1"):
        state_file.save(world, tmp_path / "lab")
    assert list(tmp_path.iterdir()) == []
