"""The lab as its user holds it: ready at once, apart from other labs and AWS, in its own time."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ecs_lab import Lab, expect_error, show
from ecs_lab.aws.transport import NoLabError
from ecs_lab.desk import UnexpectedSuccessError
from ecs_lab.lab import LabClosedError, open_labs

if TYPE_CHECKING:
    from pathlib import Path


def register(lab: Lab, family: str = "web") -> str:
    """Register the smallest Fargate task definition; gives its ARN."""
    made = lab.client("ecs").register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "nginx"}],
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def vpc(lab: Lab) -> dict[str, Any]:
    """A network configuration in the lab's private subnets."""
    groups = [lab.network.security_groups["tasks"]]
    subnets = list(lab.network.private_subnets)
    return {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": groups}}


def run_service(lab: Lab, desired: int = 3) -> None:
    """A Fargate service `web` in cluster `shop`, brought to its count."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    register(lab)
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=desired,
        launchType="FARGATE",
        networkConfiguration=vpc(lab),
    )
    ecs.get_waiter("services_stable").wait(cluster="shop", services=["web"])


def test_service_is_stable_by_boto3s_own_waiter(lab: Lab) -> None:
    """create_service and services_stable work unchanged; the waiter's pauses are virtual time."""
    before = lab.now
    run_service(lab)
    service = lab.client("ecs").describe_services(cluster="shop", services=["web"])["services"][0]
    assert service["runningCount"] == 3
    assert 20 < (lab.now - before).total_seconds() < 120


def test_network_interfaces_come_from_the_subnets(lab: Lab) -> None:
    """Each task's ENI has an address of its subnet, can be described, and goes with the task."""
    import ipaddress

    run_service(lab)
    ec2 = lab.client("ec2")
    subnets = {each["SubnetId"]: each for each in ec2.describe_subnets()["Subnets"]}
    for task in lab.snapshot()["tasks"]:
        details = {each["name"]: each["value"] for each in task["attachments"][0]["details"]}
        network = ipaddress.ip_network(subnets[details["subnetId"]]["CidrBlock"])
        assert ipaddress.ip_address(details["privateIPv4Address"]) in network
        interface = ec2.describe_network_interfaces(
            NetworkInterfaceIds=[details["networkInterfaceId"]]
        )["NetworkInterfaces"][0]
        assert interface["PrivateIpAddress"] == details["privateIPv4Address"]
        assert [g["GroupId"] for g in interface["Groups"]] == [lab.network.security_groups["tasks"]]
    lab.client("ecs").delete_service(cluster="shop", service="web", force=True)
    lab.settle()
    left = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert [each for each in left if "attachment" in each["Description"]] == []


def test_network_and_roles_can_be_read_with_boto3(lab: Lab) -> None:
    """What the lab hands out is really there: nothing is hidden."""
    ec2, iam = lab.client("ec2"), lab.client("iam")
    network = lab.network
    ids = [*network.public_subnets, *network.private_subnets]
    shown = ec2.describe_subnets(SubnetIds=ids)["Subnets"]
    assert {each["VpcId"] for each in shown} == {network.vpc_id}
    assert {each["AvailabilityZone"] for each in shown} == set(network.zones)
    for name, arn in lab.roles.items():
        assert iam.get_role(RoleName=name)["Role"]["Arn"] == arn
    attached = iam.list_attached_role_policies(RoleName="ecsInstanceRole")["AttachedPolicies"]
    assert attached[0]["PolicyName"] == "AmazonEC2ContainerServiceforEC2Role"
    assert ec2.describe_images(ImageIds=[lab.ecs_ami])["Images"][0]["Name"].startswith(
        "al2023-ami-ecs"
    )


def test_two_labs_share_nothing() -> None:
    """What is made in one lab is not in the other, ids and clocks included."""
    with Lab() as one, Lab() as two:
        run_service(one)
        one.client("s3").create_bucket(Bucket="mine")
        one.client("ssm").put_parameter(Name="/a", Value="1", Type="String")
        assert two.client("ecs").list_clusters()["clusterArns"] == []
        assert two.client("s3").list_buckets()["Buckets"] == []
        assert two.client("ssm").describe_parameters()["Parameters"] == []
        two.client("s3").create_bucket(Bucket="mine")
        assert two.now < one.now
        assert len(one.snapshot()["tasks"]) == 3


def test_same_seed_gives_the_same_ids() -> None:
    """Two labs of one seed do the same, ARNs and addresses included; another seed differs."""

    def story(seed: int) -> object:
        with Lab(seed) as lab:
            run_service(lab)
            return lab.timeline(), lab.network, lab.snapshot()["tasks"]

    assert story(1) == story(1)
    assert story(1) != story(2)


def test_copy_goes_its_own_way(lab: Lab) -> None:
    """What is done in a copy does not happen in the lab it was made from."""
    run_service(lab)
    with lab.copy() as copy:
        copy.client("ecs").delete_service(cluster="shop", service="web", force=True)
        copy.settle()
        assert {each["lastStatus"] for each in copy.snapshot()["tasks"]} == {"STOPPED"}
        assert {each["lastStatus"] for each in lab.snapshot()["tasks"]} == {"RUNNING"}
        assert lab.now < copy.now


def test_reset_goes_back_to_the_beginning(lab: Lab) -> None:
    """After reset the lab is as new, and its clients go on working."""
    ecs, start = lab.client("ecs"), lab.now
    run_service(lab)
    lab.reset()
    assert lab.now == start
    assert ecs.list_clusters()["clusterArns"] == []
    run_service(lab)


def test_refused_call_changes_nothing_and_takes_no_time(lab: Lab) -> None:
    """An error of AWS leaves the lab as it was, clock included."""
    before, now = lab.snapshot(), lab.now
    with pytest.raises(ClientError) as refused:
        lab.client("ecs").create_service(
            cluster="nowhere", serviceName="web", taskDefinition="x", desiredCount=1
        )
    assert refused.value.response["Error"] == {
        "Code": "ClusterNotFoundException",
        "Message": "Cluster not found.",
    }
    assert (lab.snapshot(), lab.now) == (before, now)


def test_time_moves_a_second_a_call_and_by_wait_and_settle(lab: Lab) -> None:
    """One second a call, none when quiet, as much as wait says; a negative wait is refused."""
    ecs, start = lab.client("ecs"), lab.now
    ecs.list_clusters()
    with lab.quiet():
        ecs.list_clusters()
    assert (lab.now - start).total_seconds() == 1
    lab.wait(59)
    assert (lab.now - start).total_seconds() == 60
    assert lab.settle() == 0
    with pytest.raises(ValueError, match="time cannot go back"):
        lab.wait(-1)


def test_what_is_not_simulated_says_so(lab: Lab) -> None:
    """ECS operations and services beyond the lab answer with a clear error, not with silence."""
    with pytest.raises(ClientError, match="scheduling strategy DAEMON"):
        lab.client("ecs").list_daemons()
    with pytest.raises(ClientError, match="Not simulated in the lab"):
        lab.client("ec2").describe_verified_access_groups()


def test_unknown_instance_is_a_clear_error(lab: Lab) -> None:
    """agent_log names the instances that are there."""
    with pytest.raises(ValueError, match="no EC2 instance 'i-0' in this lab; there are: none yet"):
        lab.agent_log("i-0")


def test_closed_lab_refuses(lab: Lab) -> None:
    """Clients and commands of a closed lab say so."""
    ecs = lab.client("ecs")
    lab.close()
    assert lab not in open_labs()
    with pytest.raises(LabClosedError, match=r"make a new one with Lab\(\)"):
        ecs.list_clusters()
    with pytest.raises(LabClosedError):
        lab.wait(1)
    lab.close()


def test_plain_boto3_talks_to_the_newest_lab(lab: Lab) -> None:
    """boto3.client without a lab's help works too, and each call reaches one lab once."""
    boto3.client("ecs").create_cluster(clusterName="plain")
    assert lab.client("ecs").list_clusters()["clusterArns"] == [
        "arn:aws:ecs:us-east-1:123456789012:cluster/plain"
    ]
    assert (lab.now.minute, lab.now.second) == (0, 2)


def test_nothing_is_sent_without_a_lab() -> None:
    """From the first lab on, a boto3 client that belongs to no open lab is refused."""
    before = boto3.client("ecs", region_name="us-east-1")
    with Lab():
        inside = boto3.client("ecs")
    for client in (before, inside, boto3.client("ecs", region_name="us-east-1")):
        with pytest.raises(NoLabError, match="belongs to no open lab"):
            client.list_clusters()


def test_the_users_settings_come_back(lab: Lab) -> None:
    """While a lab is open the user's AWS settings are set aside; afterwards they are as before."""
    assert os.environ["AWS_ACCESS_KEY_ID"] != "AKIAPOISONED4TESTSXX"
    assert "AWS_PROFILE" not in os.environ
    lab.close()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAPOISONED4TESTSXX"
    assert os.environ["AWS_PROFILE"] == "production"


LEAK = """
import socket, sys
def refuse(*a, **k):
    sys.exit("a request was about to leave: %r" % (a[1:],))
socket.socket.connect = socket.getaddrinfo = refuse
import boto3
early = boto3.client("ecs")
from ecs_lab import Lab
lab = Lab()
for client in (boto3.client("ecs"), lab.client("ecs"), boto3.Session().client("ecs")):
    client.list_clusters()
for service in ("s3", "sts", "dynamodb", "bedrock-runtime", "braket"):
    client = boto3.client(service)
    method = {"s3": "list_buckets", "sts": "get_caller_identity", "dynamodb": "list_tables",
              "bedrock-runtime": "list_async_invokes", "braket": "search_jobs"}[service]
    try:
        getattr(client, method)(**({"filters": []} if service == "braket" else {}))
    except Exception as error:
        assert "Not simulated" in str(error) or "Response" in type(error).__name__, error
try:
    early.list_clusters()
except Exception as error:
    print(type(error).__name__)
print(lab.client("sts").get_caller_identity()["Account"])
"""


@pytest.mark.parametrize("where", ["environment", "profile", "endpoint"])
def test_no_request_leaves_whatever_the_users_settings(tmp_path: Path, where: str) -> None:
    """With real-looking credentials, profile, Region and endpoint, and every socket a trap."""
    (tmp_path / "config").write_text(
        "[default]\nregion = eu-west-1\nendpoint_url = https://aws.example.com\n"
        "[profile work]\nregion = ap-south-1\nsource_profile = default\n"
        "role_arn = arn:aws:iam::111122223333:role/admin\n"
    )
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrX\n"
    )
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    settings = {
        "environment": {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"},
        "profile": {"AWS_PROFILE": "work", "AWS_SDK_LOAD_CONFIG": "1"},
        "endpoint": {
            "AWS_ENDPOINT_URL_ECS": "https://ecs.example.com",
            "AWS_USE_FIPS_ENDPOINT": "true",
        },
    }[where]
    env = {
        **clean,
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_DEFAULT_REGION": "eu-central-1",
        **settings,
    }
    ran = subprocess.run(
        [sys.executable, "-c", LEAK], env=env, capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    assert ran.returncode == 0
    assert ran.stdout.split() == ["NoLabError", "123456789012"]


def test_expect_error_shows_the_error_and_insists_on_it(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    """The wanted error is printed; success or another error is not passed over."""
    ecs = lab.client("ecs")
    with expect_error("ClusterNotFoundException"):
        ecs.list_tasks(cluster="nowhere")
    shown = capsys.readouterr().out
    assert shown == "AWS refuses ListTasks with ClusterNotFoundException:\n    Cluster not found.\n"
    with (
        pytest.raises(UnexpectedSuccessError, match="it succeeded"),
        expect_error("ClientException"),
    ):
        ecs.list_clusters()
    with pytest.raises(ClientError), expect_error("ClientException"):
        ecs.list_tasks(cluster="nowhere")


def test_show_prints_json_without_metadata(capsys: pytest.CaptureFixture[str], lab: Lab) -> None:
    """A boto3 answer is printed as JSON, its metadata left out, times as text."""
    show(lab.client("ecs").create_cluster(clusterName="shop"))
    printed = capsys.readouterr().out
    assert '"clusterName": "shop"' in printed
    assert "ResponseMetadata" not in printed


def test_sessions_of_botocore_work_too(lab: Lab) -> None:
    """A session made with botocore itself reaches the lab as well."""
    session = botocore.session.get_session()
    ecs: Any = session.create_client("ecs")
    assert ecs.list_clusters()["clusterArns"] == []


def test_motos_own_control_is_out_of_reach(lab: Lab) -> None:
    """A request to moto's control API, which could reset every lab, is refused."""
    url = "http://motoapi.amazonaws.com/moto-api/reset"
    lab.client("ecs").create_cluster(clusterName="shop")
    status, _, _ = lab.transport("POST", url, {}, b"")
    assert status == 400
    assert len(lab.client("ecs").list_clusters()["clusterArns"]) == 1


@pytest.mark.parametrize("name", ["config", "logs", "events", "my.shop-pictures"])
def test_bucket_may_be_named_like_a_service(lab: Lab, name: str) -> None:
    """Its objects are S3's, by whichever way a client writes the bucket into the address."""
    s3 = lab.client("s3")
    s3.create_bucket(Bucket=name)
    for style in ("virtual", "path"):
        s3 = lab.client("s3", config=Config(s3={"addressing_style": style}))
        s3.put_object(Bucket=name, Key="a b/c?.txt", Body=style.encode())
        assert s3.get_object(Bucket=name, Key="a b/c?.txt")["Body"].read() == style.encode()
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=name)["Contents"]] == ["a b/c?.txt"]
