"""The lab's registry: Python apps as images of containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from insides import described, on_fargate

if TYPE_CHECKING:
    from ecs_lab import Lab


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A WSGI app."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def goodbye(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Another WSGI app."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"goodbye"]


def test_what_is_pushed_is_an_image_of_ecr(lab: Lab) -> None:
    """The repository is made, and ECR lists the image under its tag."""
    uri = lab.registry.push("shop/web:1", hello)
    assert uri == "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:1"
    images = lab.client("ecr").describe_images(repositoryName="shop/web")["imageDetails"]
    assert [each["imageTags"] for each in images] == [["1"]]


def digest(lab: Lab, tag: str) -> str:
    """The digest of an image of the repository web."""
    found = lab.client("ecr").describe_images(repositoryName="web", imageIds=[{"imageTag": tag}])
    return str(found["imageDetails"][0]["imageDigest"])


def test_the_digest_follows_the_content(lab: Lab) -> None:
    """The same app has the same digest, another one another."""
    for tag, app in (("1", hello), ("2", goodbye), ("3", hello)):
        lab.registry.push(f"web:{tag}", app)
    assert digest(lab, "1") == digest(lab, "3") != digest(lab, "2")


def test_a_mutable_tag_moves_to_the_new_image(lab: Lab) -> None:
    """Pushing another app under a tag takes the tag away from the first."""
    lab.registry.push("web:1", hello)
    before = digest(lab, "1")
    lab.registry.push("web:1", goodbye)
    lab.registry.push("web:1", goodbye)
    assert digest(lab, "1") != before


def test_an_immutable_tag_cannot_be_pushed_again(lab: Lab) -> None:
    """ECR refuses with ImageTagAlreadyExistsException, and the tag stays where it was."""
    lab.client("ecr").create_repository(repositoryName="web", imageTagMutability="IMMUTABLE")
    lab.registry.push("web:1", hello)
    before = digest(lab, "1")
    with pytest.raises(ClientError) as refused:
        lab.registry.push("web:1", goodbye)
    assert refused.value.response["Error"]["Code"] == "ImageTagAlreadyExistsException"
    assert digest(lab, "1") == before


@pytest.mark.parametrize(
    ("name", "form", "error"),
    [
        ("Web:1", {"app": hello}, "no name of an image"),
        ("web:1", {}, "give one app"),
        ("web:1", {"app": hello, "script": "pass"}, "give one app"),
        ("web:1", {"app": "nginx"}, "cannot be called"),
        ("web:1", {"step": hello}, "one parameter, the container"),
        ("web:1", {"step": print, "every_s": 0}, "seconds from step to step"),
        ("web:1", {"app": hello, "port": 0}, "1 to 65535"),
        ("web:1", {"script": "pass", "port": 80}, "only a WSGI app"),
    ],
)
def test_what_is_no_app_is_refused_and_nothing_is_pushed(
    lab: Lab, name: str, form: dict[str, Any], error: str
) -> None:
    """A clear error, and no repository."""
    with pytest.raises((TypeError, ValueError), match=error):
        lab.registry.push(name, **form)
    assert lab.client("ecr").describe_repositories()["repositories"] == []


def test_a_copy_of_a_public_image_does_what_the_original_does(lab: Lab) -> None:
    """nginx by another name answers with its page."""
    uri = lab.registry.push("shop/web:1", like="nginx:1.27")
    arn = on_fargate(lab, {"image": uri, "portMappings": [{"containerPort": 80}]})
    address = described(lab, arn)["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    reply = lab.http.from_subnet(lab.network.public_subnets[0]).get(f"http://{address}/")
    assert "Welcome to nginx" in reply.text


def test_a_graded_notebooks_app_stands_for_a_program_that_says_nothing(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its account is in another process, here a world that keeps no programs: a sentence says so,
    and a container of the image runs.
    """

    class Elsewhere:
        region = lab.region
        handle = lab.world.handle

        def close(self) -> None:
            """Nothing to do."""

    with type(lab)(world=Elsewhere()) as graded:  # type: ignore[arg-type] # as much as is asked
        uri = graded.registry.push("web:1", hello)
        assert "web:1 stands there for a program" in capsys.readouterr().out
        assert graded.registry.push("copy:1", like="nginx").endswith("/copy:1")
    arn = on_fargate(lab, {"image": uri})
    assert (described(lab, arn)["lastStatus"], lab.logs(arn)) == ("RUNNING", [])
