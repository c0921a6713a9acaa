"""Rules of listeners: conditions, actions, weights and stickiness, seen by a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shops import Shop

from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab import Lab


def told(text: str) -> dict[str, Any]:
    """An action that answers with a text."""
    answer = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": text}
    return {"Type": "fixed-response", "FixedResponseConfig": answer}


def path(*patterns: str) -> list[dict[str, Any]]:
    """The condition that the path is one of these."""
    return [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(patterns)}}]


def test_rules_are_tried_by_priority(lab: Lab) -> None:
    """The lowest number that fits wins, whenever it was made; then the default rule."""
    shop = Shop(lab)
    shop.rule(20, path("/api/*"), told("any api"))
    shop.rule(10, path("/api/users", "/api/people"), told("users"))
    ask = shop.url.rstrip("/")
    assert lab.http.get(ask + "/api/users?page=2").text == "users"
    assert lab.http.get(ask + "/api/items").text == "any api"
    reply = lab.http.get(ask + "/API/items")
    assert (reply.status, reply.hop("rule").name) == (503, "default")  # type: ignore[union-attr]


CONDITIONS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}},
        {"headers": {"Host": "Shop.Example.com"}},
        {"headers": {"Host": "example.com"}},
    ),
    (
        {
            "Field": "http-header",
            "HttpHeaderConfig": {"HttpHeaderName": "X-App", "Values": ["ios*"]},
        },
        {"headers": {"x-app": "iOS 19"}},
        {"headers": {"x-app": "android"}},
    ),
    (
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
        {"method": "POST"},
        {"method": "GET"},
    ),
    (
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2?"}]}},
        {"path": "/?v=21"},
        {"path": "/?v=2"},
    ),
    (
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "q", "Value": r"a\*"}]}},
        {"path": "/?q=a*"},
        {"path": "/?q=ab"},
    ),
    (
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}},
        {"headers": {"X-Forwarded-For": "10.0.0.1"}},
        {"subnet": 0},
    ),
]


@pytest.mark.parametrize(("condition", "fits", "does_not"), CONDITIONS)
def test_condition_decides(
    lab: Lab, condition: dict[str, Any], fits: dict[str, Any], does_not: dict[str, Any]
) -> None:
    """A request that fits gets the rule's answer, another the default rule's."""
    shop = Shop(lab)
    shop.rule(1, [condition], told("fits"))

    def ask(asked: dict[str, Any]) -> str:
        client = lab.http
        if "subnet" in asked:
            client = client.from_subnet(lab.network.private_subnets[asked["subnet"]])
        url = shop.url.rstrip("/") + asked.get("path", "/")
        return client.request(asked.get("method", "GET"), url, headers=asked.get("headers")).text

    assert ask(fits) == "fits"
    assert ask(does_not) != "fits"


def test_redirect_keeps_what_the_action_leaves_open(lab: Lab) -> None:
    """Protocol and port are new, host, path and query those of the request."""
    shop = Shop(lab)
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    shop.rule(1, path("/old/*"), {"Type": "redirect", "RedirectConfig": redirect})
    reply = lab.http.get(shop.url + "old/page?x=1")
    assert reply.status == 301
    assert reply.headers["location"] == f"https://{shop.dns_name}:443/old/page?x=1"


def test_weights_share_the_requests(lab: Lab) -> None:
    """Three to one: of twelve requests nine and three."""
    shop = Shop(lab)
    other = shop.target_group("other")
    groups = [
        {"TargetGroupArn": shop.group, "Weight": 3},
        {"TargetGroupArn": other, "Weight": 1},
    ]
    shop.rule(1, path("/*"), {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}})
    asked = [lab.http.get(shop.url).hop("target group") for _ in range(12)]
    names = [each.name for each in asked if each is not None]
    assert (names.count("web"), names.count("other")) == (9, 3)


def test_client_stays_in_its_target_group(lab: Lab) -> None:
    """With target group stickiness the cookie AWSALBTG leads to the same group for its time."""
    shop = Shop(lab)
    other = shop.target_group("other")
    config = {
        "TargetGroups": [
            {"TargetGroupArn": shop.group, "Weight": 1},
            {"TargetGroupArn": other, "Weight": 1},
        ],
        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60},
    }
    shop.rule(1, path("/*"), {"Type": "forward", "ForwardConfig": config})
    first = lab.http.get(shop.url)
    assert set(first.cookies) == {"AWSALBTG", "AWSALBTGCORS"}
    groups = {lab.http.get(shop.url, cookies=first.cookies).hop("target group") for _ in range(5)}
    assert groups == {first.hop("target group")}
    lab.wait(61)
    later = {lab.http.get(shop.url, cookies=first.cookies).hop("target group") for _ in range(2)}
    assert len(later) == 2


def test_client_stays_with_its_task(lab: Lab) -> None:
    """With lb_cookie the cookie AWSALB leads to the same task, until that is gone."""
    shop = Shop(lab)
    shop.attributes(stickiness__enabled="true", stickiness__lb_cookie__duration_seconds=600)
    shop.service(count=3)
    lab.settle()
    first = lab.http.get(shop.url)
    line = first.headers["set-cookie"].splitlines()[0]
    assert line.startswith("AWSALB=")
    assert "; Expires=Mon, 12 Jan 2026 " in line
    again = [lab.http.get(shop.url, cookies=first.cookies).task for _ in range(5)]
    assert set(again) == {first.task}
    shop.ecs.stop_task(cluster="shop", task=first.task)
    moved = lab.http.get(shop.url, cookies=first.cookies)
    assert moved.status == 200
    assert moved.task != first.task
    assert lab.http.get(shop.url, cookies=moved.cookies).task == moved.task


def test_plain_http_to_an_https_listener(lab: Lab) -> None:
    """400 from the load balancer; https is served, and the app hears of it by a header."""
    shop = Shop(lab, groups=[open_group(lab)])
    arn = lab.client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    shop.listen(443, shop.group, "HTTPS", Certificates=[{"CertificateArn": arn}])
    assert lab.http.get(f"http://{shop.dns_name}:443/").status == 400
    assert lab.http.get(f"https://{shop.dns_name}/").status == 503
    with pytest.raises(UnreachableError, match="ask it with http://"):
        lab.http.get(f"https://{shop.dns_name}:80/")


def open_group(lab: Lab) -> str:
    """A security group that lets everything in."""
    ec2 = lab.client("ec2")
    made = ec2.create_security_group(
        GroupName="open", Description="everything", VpcId=lab.network.vpc_id
    )
    every = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[every])
    return str(made["GroupId"])


def test_nobody_listens_on_a_port_without_listener(lab: Lab) -> None:
    """The connection is refused, and the error says what to do."""
    shop = Shop(lab, groups=[open_group(lab)])
    with pytest.raises(UnreachableError, match=r"refused\. .* has no listener on port 8080"):
        lab.http.get(f"http://{shop.dns_name}:8080/")


def test_actions_that_are_not_simulated_say_so(lab: Lab) -> None:
    """A rule that authenticates users."""
    shop = Shop(lab)
    config = {
        "UserPoolArn": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a",
        "UserPoolClientId": "a",
        "UserPoolDomain": "a",
    }
    login = {"Type": "authenticate-cognito", "Order": 1, "AuthenticateCognitoConfig": config}
    shop.rule(1, path("/*"), login, {**told("in"), "Order": 2})
    with pytest.raises(UnreachableError, match="does not simulate authenticate-cognito"):
        lab.http.get(shop.url)
