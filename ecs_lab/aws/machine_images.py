"""The machine images of a lab: the newest of each kind of Amazon Linux and ECS-optimized AMI, from
moto's own lists.
"""

from __future__ import annotations

import re
import uuid
from functools import cache
from typing import Any

from moto.ec2.models.amis import Ami
from moto.utilities.utils import load_resource

_DATE = re.compile(r"\d{8}|\d{4}\.\d\d\.\d\d")


@cache
def newest(region: str) -> tuple[dict[str, Any], ...]:
    """moto's descriptions of the newest image of each kind, the same kind being the same name but
    for the date.
    """
    kinds: dict[str, dict[str, Any]] = {}
    for group in ("latest_amis", "ecs/optimized_amis"):
        try:
            images = load_resource(f"ec2/resources/{group}/{region}.json")
        except FileNotFoundError:
            continue
        for image in images:
            kind = re.sub(r"\d+", "#", image["name"])
            if kind not in kinds or _date(kinds[kind]["name"]) < _date(image["name"]):
                kinds[kind] = {**image, "owner_alias": "amazon"}
    return tuple(kinds.values())


def _date(name: str) -> str:
    return "".join(_DATE.findall(name)).replace(".", "")


def install(ec2_backend: Any) -> None:
    """Put the images into a lab's EC2."""
    region = ec2_backend.region_name
    own = [_managed_image(region, each) for each in ("x86_64", "arm64")]
    for image in (*newest(region), *own):
        ec2_backend.amis[image["ami_id"]] = Ami(ec2_backend, **image)


MANAGED = "ecs-managed-instances-standard-"
MANAGED_OWNERS = {
    "ap-southeast-2": "552073033681",
    "eu-central-1": "832570432258",
    "eu-west-1": "986619735082",
    "eu-west-2": "591706807364",
    "us-east-1": "260073348889",
    "us-east-2": "292185169523",
    "us-west-1": "187296253231",
    "us-west-2": "491085424538",
}
"""AWS's accounts that own the images of Managed Instances; another Region has us-east-1's here.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html
"""


def managed(region: str, architecture: str) -> str:
    """The image id of AWS's Bottlerocket image for ECS Managed Instances, which moto has not.

    Its name is formed like one seen in https://github.com/aws/amazon-ecs-agent/issues/5138; id and
    date are the lab's.
    """
    name = f"{region}/{MANAGED}{architecture}"
    return f"ami-{uuid.uuid5(uuid.NAMESPACE_OID, name).hex[:17]}"


def _managed_image(region: str, architecture: str) -> dict[str, Any]:
    return {
        "ami_id": managed(region, architecture),
        "name": f"{MANAGED}{architecture}-20251215000000",
        "architecture": architecture,
        "description": "Bottlerocket for Amazon ECS Managed Instances",
        "owner_id": MANAGED_OWNERS.get(region, MANAGED_OWNERS["us-east-1"]),
        "owner_alias": "amazon",
        "public": True,
        "virtualization_type": "hvm",
        "state": "available",
        "root_device_type": "ebs",
        "root_device_name": "/dev/xvda",
        "hypervisor": "xen",
        "image_type": "machine",
        "sriov": "simple",
        "platform": None,
        "tags": {},
    }


def ecs_optimized(region: str) -> str:
    """The image id of the newest ECS-optimized Amazon Linux 2023 image for x86_64."""
    names = {each["name"]: each["ami_id"] for each in newest(region)}
    matching = [name for name in names if re.fullmatch(r"al2023-ami-ecs-hvm-.*-x86_64", name)]
    return str(names[max(matching, key=_date)])
