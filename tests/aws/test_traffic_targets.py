"""Targets that fail, drain or warm up, as clients and health checks find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from shops import Shop

if TYPE_CHECKING:
    from ecs_lab import Lab

ANSWERING = ("200 OK", [("Content-Type", "text/plain")])


def by_path(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """/SECONDS sleeps so long, /health is well, /headers tells what came in."""
    import json
    import time

    path = environ["PATH_INFO"].strip("/")
    if path.replace(".", "").isdecimal():
        time.sleep(float(path))
    start_response("200 OK", [("Content-Type", "application/json")])
    sent = {key: value for key, value in environ.items() if key.startswith("HTTP_")}
    return [json.dumps(sent).encode()]


def test_target_that_refuses_is_a_bad_gateway(lab: Lab) -> None:
    """Nothing listens in the container: the health checks fail, and the client gets 502."""
    shop = Shop(lab)
    shop.service(image="busybox", command=["sleep", "9000"], grace_s=3600)
    lab.wait(120)
    failed = ("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
    assert shop.health() == [failed]
    assert lab.http.get(shop.url).status == 502


def test_load_balancer_fails_open(lab: Lab) -> None:
    """Where every target is unhealthy, all get requests: nginx has no page /health."""
    shop = Shop(lab, HealthCheckPath="/health")
    shop.service(count=2, grace_s=3600)
    lab.wait(120)
    assert {each[1] for each in shop.health()} == {"Target.ResponseCodeMismatch"}
    replies = [lab.http.get(shop.url) for _ in range(4)]
    assert {each.status for each in replies} == {200}
    assert {each.task for each in replies} == set(shop.tasks())


def test_answer_after_the_idle_timeout(lab: Lab) -> None:
    """60 s by default: a slower answer is a 504, which takes as long."""
    shop = Shop(lab)
    shop.service(image=lab.registry.push("app:1", by_path))
    lab.settle()
    assert lab.http.get(shop.url + "59").status == 200
    reply = lab.http.get(shop.url + "61")
    assert (reply.status, reply.took_s) == (504, 60.0)


def test_health_check_that_is_too_slow(lab: Lab) -> None:
    """The answer to a health check has to come within its timeout, 5 s by default."""
    shop = Shop(lab, HealthCheckPath="/6")
    shop.service(image=lab.registry.push("app:1", by_path), grace_s=3600)
    lab.wait(150)
    assert shop.health() == [("unhealthy", "Target.Timeout", "Request timed out")]


def test_health_check_on_a_port_of_its_own(lab: Lab) -> None:
    """The security group has to let that port in as well."""
    shop = Shop(lab, HealthCheckPort="8081")
    shop.service(grace_s=3600)
    lab.wait(120)
    assert shop.health() == [("unhealthy", "Target.Timeout", "Request timed out")]


def test_draining_target_gets_no_new_requests(lab: Lab) -> None:
    """It is out of the rotation at once, while its containers run on."""
    shop = Shop(lab)
    shop.service(count=2)
    lab.settle()
    both = shop.tasks()
    shop.ecs.update_service(cluster="shop", service="web", desiredCount=1)
    lab.wait(5)
    task = next(
        each
        for each in shop.ecs.describe_tasks(cluster="shop", tasks=both)["tasks"]
        if each["desiredStatus"] == "STOPPED"
    )
    assert task["containers"][0]["lastStatus"] == "RUNNING"
    asked = {lab.http.get(shop.url).task for _ in range(6)}
    assert task["taskArn"] not in asked
    assert len(asked) == 1


def test_slow_start_grows(lab: Lab) -> None:
    """A new target beside a warm one gets more and more, until both have the same."""
    shop = Shop(lab)
    shop.attributes(slow_start__duration_seconds=200)
    shop.service()
    lab.settle()
    (old,) = shop.tasks()
    shop.ecs.update_service(cluster="shop", service="web", desiredCount=2)
    for _ in range(120):
        if len(shop.health()) == 2 and {each[0] for each in shop.health()} == {"healthy"}:
            break
        lab.wait(1)
    shares = []
    for _ in range(3):
        report = lab.load(shop.url, rps=2, seconds=100)
        new = sum(count for task, count in report.by_task.items() if task != old)
        shares.append(new / report.sent)
    assert shares[0] < 0.3 < shares[1] < shares[2]
    assert shares[2] == pytest.approx(0.5, abs=0.02)


def test_target_gets_the_headers_of_a_load_balancer(lab: Lab) -> None:
    """X-Forwarded-For, -Proto and -Port, a trace id, and the client's own Host."""
    shop = Shop(lab)
    shop.service(image=lab.registry.push("app:1", by_path))
    lab.settle()
    sent = lab.http.get(shop.url + "headers", headers={"X-Forwarded-For": "192.0.2.7"}).json()
    assert sent["HTTP_X_FORWARDED_FOR"] == "192.0.2.7, 203.0.113.10"
    assert (sent["HTTP_X_FORWARDED_PROTO"], sent["HTTP_X_FORWARDED_PORT"]) == ("http", "80")
    assert sent["HTTP_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert sent["HTTP_HOST"] == shop.dns_name


def test_copy_of_a_lab_takes_its_own_turns(lab: Lab) -> None:
    """Requests in a copy move nothing in the original, and go the same way."""
    shop = Shop(lab)
    shop.service(count=2)
    lab.settle()
    with lab.copy() as other:
        there = [other.http.get(shop.url).task for _ in range(3)]
    assert [lab.http.get(shop.url).task for _ in range(3)] == there


def test_what_is_no_url_is_told(lab: Lab) -> None:
    """Bad input gets a sentence, and no time passes."""
    before = lab.now
    with pytest.raises(ValueError, match=r"is no URL of http or https"):
        lab.http.get("web-1.us-east-1.elb.amazonaws.com")
    with pytest.raises(ValueError, match=r"There is no subnet 'subnet-1'"):
        lab.http.from_subnet("subnet-1").get("http://10.0.0.4/")
    with pytest.raises(ValueError, match=r"There is no task arn:x"):
        lab.http.from_task("arn:x").get("http://10.0.0.4/")
    assert lab.now == before


REFUSALS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (
        {"TargetType": "instance"},
        {},
        "has target type instance, which is incompatible with the awsvpc network mode specified in",
    ),
    ({}, {"containerName": "api"}, "The container api does not exist in the task definition"),
    (
        {},
        {"containerPort": 8080},
        "The container web did not have a container port 8080 defined",
    ),
]


@pytest.mark.parametrize(("group", "balancer", "text"), REFUSALS)
def test_service_that_cannot_be_a_target_is_refused(
    lab: Lab, group: dict[str, Any], balancer: dict[str, Any], text: str
) -> None:
    """By target type, container name and container port, in AWS's words."""
    shop = Shop(lab, **group)
    asked = {"targetGroupArn": shop.group, "containerName": "web", "containerPort": 80, **balancer}
    with pytest.raises(ClientError, match=text):
        shop.service(group="", settings={"loadBalancers": [asked]})


def test_target_group_without_load_balancer_is_refused(lab: Lab) -> None:
    """ECS wants a listener that forwards to the group."""
    shop = Shop(lab)
    spare = shop.target_group("spare")
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        shop.service(group=spare)


def test_reply_tells_its_way_in_a_table(lab: Lab) -> None:
    """In a notebook as HTML and Markdown, in a terminal as text."""
    shop = Shop(lab)
    shop.service()
    lab.settle()
    reply = lab.http.get(shop.url)
    html, markdown = reply._repr_html_(), reply._repr_markdown_()
    assert html.count("<th scope='row'>") == 6
    assert "| target group | web |" in markdown
    assert (
        repr(reply).splitlines()[0] == f"<Reply 200, answered by {str(reply).partition('by ')[2]}>"
    )
