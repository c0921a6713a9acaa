"""How many awsvpc tasks the network interfaces of a container instance allow.

Each such task has an interface of its own, and the instance keeps the primary one. With the account
setting awsvpcTrunking an instance of a supported type gets a trunk interface and takes more tasks.
Sources:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

TRUNK_ATTRIBUTE = "ecs.awsvpc-trunk-id"
"""The attribute of an instance that has a trunk interface: its id.

Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
"""


@cache
def limits_with_trunk() -> dict[str, int]:
    """The tasks that an instance of each supported type takes with a trunk.

    The table has those of AWS's list that were read for the course: an instance of another type
    has no trunk in the lab.
    """
    table = files("ecs_lab.engine").joinpath("data/trunking.csv").read_text(encoding="utf-8")
    return {row["instance_type"]: int(row["tasks_with"]) for row in csv.DictReader(table.split())}


def task_slots(interfaces: int) -> int:
    """The tasks that an instance without a trunk takes: one for each interface but the primary.

    >>> task_slots(3), limits_with_trunk()["c5.large"]
    (2, 10)
    """
    return interfaces - 1
