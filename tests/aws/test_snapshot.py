"""A snapshot says what the API says, takes no time, and is plain JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.aws.world import World

if TYPE_CHECKING:
    from collections.abc import Collection

    from ecs_lab import Lab


def some(shape: dict[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """The part of a shape that has these keys."""
    return {key: value for key, value in shape.items() if key in keys}


def test_network_and_instances_are_as_the_api_describes_them(lab: Lab) -> None:
    """EC2's part agrees, key by key, with describe_vpcs, _subnets and _instances."""
    ec2 = lab.client("ec2")
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=2,
        MaxCount=2,
        SubnetId=lab.network.public_subnets[1],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "shop-1"}]}
        ],
    )
    taken = lab.snapshot()
    for key, described in (
        ("vpcs", ec2.describe_vpcs()["Vpcs"]),
        ("subnets", ec2.describe_subnets()["Subnets"]),
    ):
        ids = "VpcId" if key == "vpcs" else "SubnetId"
        by_id = {each[ids]: each for each in described}
        for shape in taken[key]:
            shown = {"Tags": [], **by_id[shape[ids]]}
            assert some(shape, shown.keys()) == some(shown, shape.keys())
    shown = ec2.describe_instances()["Reservations"][0]["Instances"]
    for shape, instance in zip(taken["ec2Instances"], shown, strict=True):
        assert shape["State"] == instance["State"]["Name"]
        assert shape["IamInstanceProfileArn"] == instance["IamInstanceProfile"]["Arn"]
        assert shape["AvailabilityZone"] == instance["Placement"]["AvailabilityZone"]
        same = {"InstanceId", "InstanceType", "SubnetId", "PrivateIpAddress", "PublicIpAddress"}
        assert some(shape, same) == some(instance, same)
        assert shape["Tags"] == instance["Tags"]
    assert [each["public"] for each in taken["subnets"] if each["VpcId"] == lab.network.vpc_id] == [
        *[True] * 3,
        *[False] * 3,
    ]


def test_taking_it_takes_no_time_and_gives_plain_json(lab: Lab) -> None:
    """Two snapshots in a row are the same, and go through JSON unharmed."""
    lab.client("ecs").create_cluster(clusterName="shop")
    first = lab.snapshot()
    assert first == lab.snapshot()
    assert json.loads(json.dumps(first)) == first
    assert [each["clusterName"] for each in first["clusters"]] == ["shop"]


def test_world_gives_and_takes_only_what_json_carries() -> None:
    """A world can stand at the far end of a pipe: facts, timeline and snapshot are JSON."""
    world = World()
    for given in (world.facts(), world.timeline(), world.snapshot()):
        assert json.loads(json.dumps(given)) == given
    world.close()
