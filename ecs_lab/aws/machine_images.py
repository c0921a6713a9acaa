"""The machine images of a lab: the newest of each kind of Amazon Linux and ECS-optimized AMI, from
moto's own lists.
"""

from __future__ import annotations

import re
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
    for image in newest(ec2_backend.region_name):
        ec2_backend.amis[image["ami_id"]] = Ami(ec2_backend, **image)


def ecs_optimized(region: str) -> str:
    """The image id of the newest ECS-optimized Amazon Linux 2023 image for x86_64."""
    names = {each["name"]: each["ami_id"] for each in newest(region)}
    matching = [name for name in names if re.fullmatch(r"al2023-ami-ecs-hvm-.*-x86_64", name)]
    return str(names[max(matching, key=_date)])
