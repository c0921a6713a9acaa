"""EFS itself, where moto answers otherwise than AWS; and what snapshots and pictures tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from volume_site import CLUSTER, Site

from ecs_lab.diagram import draw

if TYPE_CHECKING:
    from ecs_lab import Lab

NO_FILE_SYSTEM = "fs-0123456789abcdef0"


def test_a_mount_target_is_available_after_a_while(lab: Lab) -> None:
    """Until then it is creating, and its file system's name does not resolve."""
    site = Site(lab, "a")
    made = site.efs.create_mount_target(
        FileSystemId=site.file_system, SubnetId=site.subnet("b"), SecurityGroups=[site.group]
    )
    assert made["LifeCycleState"] == "creating"
    definition = site.register(site.volume())
    vpc = {"subnets": [site.subnet("b")]}
    early = site.ecs.run_task(
        cluster=CLUSTER,
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )["tasks"][0]["taskArn"]
    lab.wait(50)
    assert "Failed to resolve" in site.why(early)
    lab.wait(60)
    targets = site.efs.describe_mount_targets(FileSystemId=site.file_system)["MountTargets"]
    assert {each["LifeCycleState"] for each in targets} == {"available"}


def test_a_second_mount_target_in_one_zone_is_refused(lab: Lab) -> None:
    """One a zone, whatever subnet of it; and all of a file system in one VPC."""
    site = Site(lab, "a")
    public = lab.network.public_subnets[0]
    with pytest.raises(site.efs.exceptions.MountTargetConflict, match="already exists in this AZ"):
        site.efs.create_mount_target(FileSystemId=site.file_system, SubnetId=public)


def test_a_mount_targets_interface_is_efss_own(lab: Lab) -> None:
    """Its description names mount target and file system."""
    site = Site(lab, "a")
    target = site.efs.describe_mount_targets(FileSystemId=site.file_system)["MountTargets"][0]
    [interface] = site.ec2.describe_network_interfaces(
        NetworkInterfaceIds=[target["NetworkInterfaceId"]]
    )["NetworkInterfaces"]
    name = f"Mount target {target['MountTargetId']} for file system {site.file_system}"
    assert (interface["Description"], interface["RequesterManaged"]) == (name, True)
    assert [each["GroupId"] for each in interface["Groups"]] == [site.group]


def test_an_address_that_is_taken_is_refused(lab: Lab) -> None:
    """With AWS's code, not with a failure of the server."""
    site = Site(lab, "a")
    taken = site.efs.describe_mount_targets(FileSystemId=site.file_system)["MountTargets"][0]
    other = site.efs.create_file_system(CreationToken="other")["FileSystemId"]
    with pytest.raises(site.efs.exceptions.IpAddressInUse):
        site.efs.create_mount_target(
            FileSystemId=other, SubnetId=site.subnet("a"), IpAddress=taken["IpAddress"]
        )


def test_a_one_zone_file_system_is_reached_in_its_zone_only(lab: Lab) -> None:
    """Its one mount target is there, and tasks elsewhere do not find it."""
    site = Site(lab, "a")
    one = site.efs.create_file_system(CreationToken="one", AvailabilityZoneName="us-east-1a")
    site.file_system = one["FileSystemId"]
    with pytest.raises(site.efs.exceptions.AvailabilityZonesMismatch):
        site.mount_target("b")
    site.mount_target("a")
    assert site.described(site.run(site.volume(), zone="a"))["lastStatus"] == "RUNNING"
    assert "Failed to resolve" in site.why(site.run(site.volume(), zone="b"))


@pytest.mark.parametrize(
    ("call", "arguments", "code"),
    [
        ("describe_file_system_policy", {"FileSystemId": NO_FILE_SYSTEM}, "FileSystemNotFound"),
        (
            "put_file_system_policy",
            {"FileSystemId": NO_FILE_SYSTEM, "Policy": "{}"},
            "FileSystemNotFound",
        ),
        ("delete_file_system_policy", {"FileSystemId": NO_FILE_SYSTEM}, "FileSystemNotFound"),
        ("describe_backup_policy", {"FileSystemId": NO_FILE_SYSTEM}, "FileSystemNotFound"),
        (
            "create_access_point",
            {"ClientToken": "a", "FileSystemId": NO_FILE_SYSTEM},
            "FileSystemNotFound",
        ),
        (
            "delete_access_point",
            {"AccessPointId": "fsap-0123456789abcdef0"},
            "AccessPointNotFound",
        ),
        (
            "describe_mount_targets",
            {"AccessPointId": "fsap-0123456789abcdef0"},
            "AccessPointNotFound",
        ),
    ],
)
def test_what_is_not_there_is_said_with_efss_code(
    lab: Lab, call: str, arguments: dict[str, Any], code: str
) -> None:
    """Each operation with the error of its page."""
    with pytest.raises(ClientError) as refused:
        getattr(lab.client("efs"), call)(**arguments)
    assert refused.value.response["Error"]["Code"] == code


def test_an_access_point_is_made_once_for_a_token(lab: Lab) -> None:
    """A second one with the token conflicts."""
    site = Site(lab, "a")
    site.efs.create_access_point(ClientToken="a", FileSystemId=site.file_system)
    with pytest.raises(site.efs.exceptions.AccessPointAlreadyExists):
        site.efs.create_access_point(ClientToken="a", FileSystemId=site.file_system)


def test_a_file_system_tells_its_size(lab: Lab) -> None:
    """What tasks have written is metered."""
    site = Site(lab, "a")
    site.files(site.run(site.volume())).write_bytes("/mnt/data/a", b"x" * 5000)
    [described] = site.efs.describe_file_systems(FileSystemId=site.file_system)["FileSystems"]
    assert described["SizeInBytes"]["Value"] == 5000


def test_snapshot_and_picture_show_who_mounts_what_and_where(lab: Lab) -> None:
    """The file system, its mount targets in their subnets, and the tasks of their zones."""
    site = Site(lab)
    task = site.run(site.volume(), zone="b")
    [told] = lab.world.snapshot()["fileSystems"]
    assert told["mountedBy"] == [task]
    assert [each["AvailabilityZoneName"] for each in told["MountTargets"]] == [
        "us-east-1a",
        "us-east-1b",
    ]
    graph = draw(lab.world.snapshot()).graph
    assert [each.kind for each in graph if each.key == f"file-system:{site.file_system}"]
    mounts = [edge for edge in graph.edges if edge.says == "is mounted by"]
    target = f"mount-target:{told['MountTargets'][1]['MountTargetId']}"
    assert [edge.tail for edge in mounts] == [target]
    found = graph.find(target)
    assert found is not None
    assert found.group == f"subnet:{site.subnet('b')}"
