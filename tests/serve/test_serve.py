"""`ecs-lab serve` as a process, asked by boto3 in this and in another process."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner
from served import START_S, Served, serving

from ecs_lab.serve.command import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEB = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [{"name": "web", "image": "nginx"}],
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One lab for the tests of this module."""
    with serving() as running:
        yield running


def get(served: Served, path: str, **headers: str) -> tuple[int, str]:
    """A browser's request."""
    address = urlsplit(served.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=START_S)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_boto3_of_another_process_works_with_the_lines_to_paste(served: Served) -> None:
    """The printed settings are all it needs; its waiter waits in real time for a steady service."""
    code = f"""
import boto3
ecs, ec2 = boto3.client("ecs"), boto3.client("ec2")
ecs.create_cluster(clusterName="shop")
ecs.register_task_definition(**{WEB!r})
subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
network = {{"awsvpcConfiguration": {{"subnets": [subnet], "assignPublicIp": "ENABLED"}}}}
ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=2,
                   launchType="FARGATE", networkConfiguration=network)
ecs.get_waiter("services_stable").wait(
    cluster="shop", services=["web"], WaiterConfig={{"Delay": 1, "MaxAttempts": 60}})
print(ecs.describe_services(cluster="shop", services=["web"])["services"][0]["runningCount"])
"""
    assert served.python(code) == "2\n"


def test_time_passes_without_requests(served: Served) -> None:
    """What is due happens at its time, though nobody asks: a task that runs 60 s stops."""
    ecs = served.client("ecs")
    ecs.create_cluster(clusterName="alone")
    container = {"name": "nap", "image": "busybox", "command": ["sleep", "60"]}
    definition = {**WEB, "family": "nap", "containerDefinitions": [container]}
    ecs.register_task_definition(**definition)
    subnet = served.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}}
    order = {"cluster": "alone", "taskDefinition": "nap", "launchType": "FARGATE"}
    ecs.run_task(**order, networkConfiguration=network)
    time.sleep(0.7)  # seven minutes in the lab
    tasks = ecs.list_tasks(cluster="alone", desiredStatus="STOPPED")["taskArns"]
    assert len(tasks) == 1


def test_errors_arrive_as_those_of_aws(served: Served) -> None:
    """JSON, query and REST-XML services each in their own form."""
    with pytest.raises(ClientError, match="ClusterNotFoundException"):
        served.client("ecs").list_tasks(cluster="nowhere")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        served.client("iam").get_role(RoleName="nobody")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        served.client("s3").list_objects_v2(Bucket="not-there-at-all")


def test_s3_keeps_bytes_as_they_are(served: Served) -> None:
    """A body goes there and back, and a presigned address works without a signature header."""
    s3 = served.client("s3")
    s3.create_bucket(Bucket="shop-menu")
    content = bytes(range(256)) * 40
    s3.put_object(Bucket="shop-menu", Key="a b/ä.bin", Body=content)
    assert s3.get_object(Bucket="shop-menu", Key="a b/ä.bin")["Body"].read() == content
    s3.put_object(Bucket="shop-menu", Key="menu.txt", Body=b"soup")
    presigned = urlsplit(
        s3.generate_presigned_url("get_object", Params={"Bucket": "shop-menu", "Key": "menu.txt"})
    )
    assert get(served, f"{presigned.path}?{presigned.query}") == (200, "soup")


def test_browser_sees_what_this_is_with_a_picture(served: Served) -> None:
    """The page at / says so in a sentence, and shows what is in the lab."""
    status, text = get(served, "/")
    assert status == 200
    assert "A lab that behaves like Amazon ECS" in text
    assert "<svg" in text or "<pre>" in text
    assert re.search(r"<time>2026-\d\d-\d\d \d\d:\d\d:\d\d UTC</time>", text)


def test_names_that_were_made_to_point_here_are_not_answered(served: Served) -> None:
    """A page of the web cannot drive the lab by a host name of its own."""
    status, text = get(served, "/", Host="evil.example")
    assert status == 403
    assert "no other name" in text


def test_unsigned_request_gets_a_sentence(served: Served) -> None:
    """It says what is missing."""
    status, text = get(served, "/2015-03-31/functions")
    assert status == 400
    assert "give your client an access key" in text


def test_only_this_machine_can_reach_it(served: Served) -> None:
    """The port is open on the loopback address alone."""
    port = urlsplit(served.url).port
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", port))


def test_both_kinds_of_shells_get_their_lines(served: Served) -> None:
    """The same settings for bash and for PowerShell."""
    text = "\n".join(served.printed)
    for name, value in served.settings.items():
        assert f'$Env:{name} = "{value}"' in text
    assert "Ctrl-C stops." in text


def test_ctrl_c_saves_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """Exit code 0, no traceback, and the cluster is there again."""
    kept = tmp_path / "shop.lab"
    with serving("--save", kept) as first:
        first.client("ecs").create_cluster(clusterName="shop")
        code, rest = first.stop()
    assert (code, "Traceback" in rest) == (0, False)
    assert "Stopped." in rest
    assert kept.is_file()
    with serving("--load", kept, "--save", kept) as second:
        arns = second.client("ecs").list_clusters()["clusterArns"]
        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(START_S) == 0
    assert [arn.rpartition("/")[2] for arn in arns] == ["shop"]


def test_port_in_use_is_one_sentence(served: Served) -> None:
    """With the way out, and no traceback."""
    command = [sys.executable, "-m", "ecs_lab", "serve", "--port", str(urlsplit(served.url).port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "--port 0 for a free one" in done.stderr


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast"])
def test_a_speed_that_is_none_is_refused(speed: str) -> None:
    """Before anything is opened."""
    result = CliRunner().invoke(serve, ["--port", "0", "--speed", speed])
    assert result.exit_code == 2
    assert "--speed" in result.output
