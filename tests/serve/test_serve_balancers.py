"""Load balancers of a served lab, asked by a browser's requests and by curl."""

from __future__ import annotations

import http.client
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from served import START_S, Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

WEB = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [
        {"name": "web", "image": "nginx", "portMappings": [{"containerPort": 80}]}
    ],
}


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[Served, str]]:
    """A served lab with a service behind the load balancer `web`; and its DNS name."""
    with serving() as served:
        yield served, _build(served)


def _build(served: Served) -> str:
    ec2, elb, ecs = (served.client(each) for each in ("ec2", "elbv2", "ecs"))
    vpc = next(
        each["VpcId"]
        for each in ec2.describe_vpcs()["Vpcs"]
        if {"Key": "Name", "Value": "lab"} in each.get("Tags", [])
    )
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    subnets = sorted(
        each["SubnetId"]
        for each in ec2.describe_subnets(Filters=of_vpc)["Subnets"]
        if each["MapPublicIpOnLaunch"]
    )[:2]
    groups = {
        each["GroupName"]: each["GroupId"]
        for each in ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    }
    group = elb.create_target_group(
        Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    balancer = elb.create_load_balancer(
        Name="web", Subnets=subnets, SecurityGroups=[groups["web"]]
    )["LoadBalancers"][0]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    for port in (80, 8080):
        elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=port,
            DefaultActions=forward,
        )
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(**WEB)
    vpc_configuration = {
        "subnets": subnets,
        "securityGroups": [groups["tasks"]],
        "assignPublicIp": "ENABLED",
    }
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc_configuration},
        loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 80}],
    )
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        health = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        if [each["TargetHealth"]["State"] for each in health] == ["healthy"]:
            return str(balancer["DNSName"])
        time.sleep(0.1)
    pytest.fail("no healthy target within a minute")


def get(served: Served, host: str, path: str = "/") -> tuple[int, dict[str, str], str]:
    """A browser's request: its Host header is the name in its address bar."""
    address = urlsplit(served.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=START_S)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    headers = {key.lower(): value for key, value in answer.getheaders()}
    text = answer.read().decode()
    connection.close()
    return answer.status, headers, text


def test_browser_reaches_a_load_balancer_by_its_name(shop: tuple[Served, str]) -> None:
    """http://web.localhost: the task answers, and a header says which."""
    served, _ = shop
    port = urlsplit(served.url).port
    status, headers, _ = get(served, f"web.localhost:{port}")
    assert status == 200
    assert "web:1, container web" in headers["x-ecs-lab-task"]
    assert get(served, f"web.localhost:{port}", "/missing")[0] == 404


def test_load_balancer_is_reached_by_its_dns_name(shop: tuple[Served, str]) -> None:
    """As curl does it with a Host header."""
    served, dns_name = shop
    assert get(served, dns_name)[0] == 200


def test_what_is_in_the_way_is_told(shop: tuple[Served, str]) -> None:
    """The security group of the load balancer lets port 80 in alone."""
    served, _ = shop
    status, _, text = get(served, "web.8080.localhost")
    assert status == 502
    assert "No inbound rule of security group" in text
    assert "TCP port 8080" in text


def test_other_names_stay_out(shop: tuple[Served, str]) -> None:
    """A page of the web whose name was made to point here gets nothing."""
    served, _ = shop
    assert get(served, "shop.example.com")[0] == 403


def test_page_and_terminal_say_where(shop: tuple[Served, str]) -> None:
    """The links on the page, the way in what was printed."""
    served, _ = shop
    port = urlsplit(served.url).port
    text = get(served, f"127.0.0.1:{port}")[2]
    assert f'<a href="http://web.localhost:{port}/">' in text
    assert f'<a href="http://web.8080.localhost:{port}/">' in text
    assert any(f"http://NAME.localhost:{port}/" in line for line in served.printed)
