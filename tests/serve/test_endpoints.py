"""The service of a request is told from its signature."""

from __future__ import annotations

import pytest

from ecs_lab.serve.endpoints import UnknownServiceError, aws_url


def signed(service: str, region: str = "us-east-1") -> dict[str, str]:
    """Headers as SigV4 makes them, as far as the lab reads them."""
    scope = f"AKIDEXAMPLE/20260105/{region}/{service}/aws4_request"
    return {
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "host": "127.0.0.1:8042",
    }


@pytest.mark.parametrize(
    ("service", "host"),
    [
        ("ecs", "ecs.us-east-1.amazonaws.com"),
        ("elasticloadbalancing", "elasticloadbalancing.us-east-1.amazonaws.com"),
        ("ecr", "api.ecr.us-east-1.amazonaws.com"),
    ],
)
def test_service_and_region_come_from_the_credential_scope(service: str, host: str) -> None:
    """Every service has its own host at AWS."""
    assert aws_url("/", signed(service), b"") == f"https://{host}/"
    assert "eu-west-1" in aws_url("/", signed(service, "eu-west-1"), b"")


def test_path_and_query_stay_as_they_were_sent() -> None:
    """A REST request keeps its path, encoded as it was."""
    target = "/2015-03-31/functions/a%2Fb?Qualifier=1"
    url = "https://lambda.us-east-1.amazonaws.com" + target
    assert aws_url(target, signed("lambda"), b"") == url


def test_presigned_address_says_its_service_in_the_query() -> None:
    """As S3's presigned downloads have it."""
    target = "/shop/menu.txt?X-Amz-Credential=AK%2F20260105%2Feu-west-1%2Fs3%2Faws4_request"
    host = "https://s3.eu-west-1.amazonaws.com"
    assert aws_url(target, {"host": "localhost:1"}, b"") == host + target


def test_bucket_in_the_name_of_the_host_goes_into_the_path() -> None:
    """Some SDKs put the bucket before `localhost`."""
    headers = {**signed("s3"), "host": "shop.localhost:8042"}
    assert aws_url("/menu.txt", headers, b"") == "https://s3.us-east-1.amazonaws.com/shop/menu.txt"


def test_web_identity_needs_no_signature() -> None:
    """STS takes this one unsigned; the action tells."""
    url = aws_url("/", {}, b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15")
    assert url == "https://sts.us-east-1.amazonaws.com/"


def test_request_without_a_signature_is_refused() -> None:
    """Nothing else says which service is meant."""
    with pytest.raises(UnknownServiceError, match="give your client an access key"):
        aws_url("/", {"host": "127.0.0.1"}, b"Action=DescribeInstances")
