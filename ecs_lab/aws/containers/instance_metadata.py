"""The instance metadata service of an EC2 instance, 169.254.169.254, as far as SDKs and lessons
ask it.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ecs_lab.aws.containers.credentials import TaskCredentials, shown
from ecs_lab.aws.containers.replies import json_reply, text_reply, timestamp
from ecs_lab.engine.model import Task
from ecs_lab.runtime.messages import Request, Response

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

TOKEN_PATH = "/latest/api/token"  # noqa: S105 - an address
TOKEN_HEADER = "x-aws-ec2-metadata-token"  # noqa: S105 - a header's name
LIFETIME_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"
DATA = "/latest/meta-data/"
ROLE = "iam/security-credentials/"


def instance_of(world: World, task: Task) -> Any | None:
    """moto's instance whose metadata a task reaches, or None.

    A task on Fargate reaches none. On an instance one in awsvpc mode does unless the agent's
    ECS_AWSVPC_BLOCK_IMDS is true, one in bridge mode where the answer to a token may make two hops
    (`HttpPutResponseHopLimit`), one in host mode always. AWS says of the hops only that a container
    needs two; the lab counts the bridge as one, and an interface of the task's own as none.
    Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html and
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
    """
    place = task.container_instance
    instance = world.ec2.get_instance_by_id(place.ec2_instance_id) if place is not None else None
    if instance is None or instance.metadata_options.http_endpoint == "disabled":
        return None
    config = world.agents.config(instance.id)
    mode = task.definition.network_mode
    if mode == "none" or (mode == "awsvpc" and config is not None and config.awsvpc_block_imds):
        return None
    return instance


class Options(NamedTuple):
    """Whether a session token is required, and how many hops its answer may make."""

    required: bool
    hops: int


def options_of(instance: Any) -> Options:
    """The metadata options of an instance. Where nobody gave any, an Amazon Linux 2023 image
    requires tokens and lets them make two hops.

    Source:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    options = instance.metadata_options
    given = Options(options.http_tokens == "required", options.http_put_response_hop_limit)
    # moto: has these for every image where nobody gave any.
    nobody_gave = options.http_tokens == "optional" and given.hops == 1
    image = instance.ec2_backend.amis.get(instance.image_id)
    is_2023 = image is not None and str(image.name).startswith("al2023-")
    return Options(required=True, hops=2) if nobody_gave and is_2023 else given


def answer(
    world: World, credentials: TaskCredentials, instance: Any, task: Task, request: Request
) -> Response | None:
    """What the service answers; None where its answer does not come back to a container."""
    options = options_of(instance)
    path = request.path.partition("?")[0]
    far = task.definition.network_mode == "bridge" and options.hops < 2
    if path == TOKEN_PATH:
        if far:
            return None
        if request.method != "PUT" or not request.headers.get(LIFETIME_HEADER, "").isdecimal():
            return text_reply("400 - Bad Request", 400)
        return text_reply(_token(instance))
    token = request.headers.get(TOKEN_HEADER)
    if (token is None and options.required) or token not in (
        None,
        _token(instance),
    ):
        return text_reply("401 - Unauthorized", 401)
    role = world.role_of_instance(instance)
    if role is not None and path == DATA + ROLE + role:
        return _credentials(world, credentials, instance, role)
    found = _find(world, instance, path)
    return text_reply("404 - Not Found", 404) if found is None else text_reply(found)


def _token(instance: Any) -> str:
    return hashlib.sha256(f"metadata of {instance.id}".encode()).hexdigest()[:56]


def _find(world: World, instance: Any, path: str) -> str | None:
    """The data at a path; a folder is the list of what is in it."""
    if path == "/latest/dynamic/instance-identity/document":
        return json.dumps(_identity(world, instance), indent=2)
    if not path.startswith(DATA.rstrip("/")):
        return None
    name = path.removeprefix(DATA.rstrip("/")).lstrip("/")
    data = _data(world, instance)
    if name.rstrip("/") in data:
        return data[name.rstrip("/")]
    folder = name.rstrip("/") + "/" if name else ""
    inside = {
        key.removeprefix(folder).partition("/")[0]
        + ("/" if "/" in key.removeprefix(folder) else "")
        for key in data
        if key.startswith(folder)
    }
    return "\n".join(sorted(inside)) if inside else None


def _data(world: World, instance: Any) -> dict[str, str]:
    zone, name = instance.placement.zone, _host_name(instance)
    data = {
        "ami-id": instance.image_id,
        "hostname": name,
        "instance-id": instance.id,
        "instance-type": instance.instance_type,
        "local-hostname": name,
        "local-ipv4": instance.private_ip,
        "placement/availability-zone": zone,
        "placement/region": world.region,
    }
    if instance.public_ip:
        data["public-ipv4"] = instance.public_ip
    role = world.role_of_instance(instance)
    if role is not None:
        data[ROLE + role] = ""
    return data


def _host_name(instance: Any) -> str:
    region = instance.ec2_backend.region_name
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{instance.private_ip.replace('.', '-')}.{domain}"


def _credentials(world: World, credentials: TaskCredentials, instance: Any, role: str) -> Response:
    held = credentials.of_session(role, instance.id)
    if held is None:
        return text_reply("404 - Not Found", 404)
    more = {"Code": "Success", "LastUpdated": timestamp(world.now()), "Type": "AWS-HMAC"}
    return json_reply(shown(held, **more))


def _identity(world: World, instance: Any) -> dict[str, Any]:
    return {
        "accountId": world.ecs.state.account_id,
        "architecture": "x86_64",
        "availabilityZone": instance.placement.zone,
        "imageId": instance.image_id,
        "instanceId": instance.id,
        "instanceType": instance.instance_type,
        "privateIp": instance.private_ip,
        "region": world.region,
        "version": "2017-09-30",
    }
