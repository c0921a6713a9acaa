"""S3 Files: a file system linked to a bucket; and that a bucket itself cannot be mounted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from volume_site import Site

if TYPE_CHECKING:
    from ecs_lab import Lab

ACCOUNT_ID = "123456789012"
CLIENT = ["s3files:ClientMount", "s3files:ClientWrite", "s3files:ClientRootAccess"]
SYNCHRONIZED_S = 90


def role_of_service(lab: Lab) -> str:
    """The role in whose name S3 Files reads and writes the bucket."""
    iam = lab.client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "elasticfilesystem.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    made = iam.create_role(
        RoleName="S3FilesRole",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    iam.put_role_policy(
        RoleName="S3FilesRole",
        PolicyName="bucket",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    return str(made["Role"]["Arn"])


class BucketSite(Site):
    """A site with a bucket `media`, and an S3 Files file system on it."""

    def __init__(self, lab: Lab, *actions: str, prefix: str = "") -> None:
        super().__init__(lab, "a")
        self.s3, self.s3files = lab.client("s3"), lab.client("s3files")
        self.s3.create_bucket(Bucket="media")
        versioning = {"Status": "Enabled"}
        self.s3.put_bucket_versioning(Bucket="media", VersioningConfiguration=versioning)
        self.s3.put_object(Bucket="media", Key="shop/logo.svg", Body=b"<svg/>")
        more = {"prefix": prefix} if prefix else {}
        made = self.s3files.create_file_system(
            bucket="arn:aws:s3:::media", roleArn=role_of_service(lab), **more
        )
        self.linked = made
        self.allow(*(actions or CLIENT))

    def allow(self, *actions: str) -> None:
        """Let the task role do these on file systems."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        self.lab.client("iam").put_role_policy(
            RoleName="shopTaskRole",
            PolicyName="s3files",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    def linked_target(self, zone: str) -> None:
        """A mount target of the linked file system in a zone, available."""
        self.s3files.create_mount_target(
            fileSystemId=self.linked["fileSystemId"],
            subnetId=self.subnet(zone),
            securityGroups=[self.group],
        )
        self.lab.wait(120)

    def run_linked(self, zone: str = "a", **configuration: Any) -> str:
        """Run a task that mounts the linked file system at /mnt/media."""
        s3files = {"fileSystemArn": self.linked["fileSystemArn"], **configuration}
        volume = {"name": "media", "s3filesVolumeConfiguration": s3files}
        role = f"arn:aws:iam::{ACCOUNT_ID}:role/shopTaskRole"
        return self.run(volume, zone=zone, taskRoleArn=role)

    def body(self, key: str) -> bytes:
        """What is in an object."""
        found: bytes = self.s3.get_object(Bucket="media", Key=key)["Body"].read()
        return found


def test_files_and_objects_are_the_same_data(lab: Lab) -> None:
    """What is in the bucket is a file at once; what is written is an object a while later."""
    site = BucketSite(lab)
    site.linked_target("a")
    files = site.files(site.run_linked())
    assert files.read_text("/mnt/media/shop/logo.svg") == "<svg/>"
    site.s3.put_object(Bucket="media", Key="shop/new.txt", Body=b"from S3")
    assert files.read_text("/mnt/media/shop/new.txt") == "from S3"
    files.write_text("/mnt/media/shop/new.txt", "from a task")
    files.write_text("/mnt/media/other.txt", "too")
    lab.wait(SYNCHRONIZED_S)
    assert site.body("shop/new.txt") == b"from a task"
    assert site.body("other.txt") == b"too"
    versions = site.s3.list_object_versions(Bucket="media", Prefix="shop/new.txt")["Versions"]
    assert len(versions) == 2
    site.s3.delete_object(Bucket="media", Key="other.txt")
    assert not files.exists("/mnt/media/other.txt")
    files.remove("/mnt/media/shop/new.txt")
    lab.wait(SYNCHRONIZED_S)
    left = site.s3.list_objects_v2(Bucket="media")["Contents"]
    assert [each["Key"] for each in left] == ["shop/logo.svg"]


def test_the_bucket_wins_where_both_have_changed(lab: Lab) -> None:
    """It is the source of truth."""
    site = BucketSite(lab)
    site.linked_target("a")
    files = site.files(site.run_linked())
    files.write_text("/mnt/media/shop/logo.svg", "a task's")
    site.s3.put_object(Bucket="media", Key="shop/logo.svg", Body=b"the bucket's")
    lab.wait(SYNCHRONIZED_S)
    assert files.read_text("/mnt/media/shop/logo.svg") == "the bucket's"
    assert site.body("shop/logo.svg") == b"the bucket's"


def test_a_prefix_is_all_that_is_seen_of_the_bucket(lab: Lab) -> None:
    """Files lie below it, as objects do."""
    site = BucketSite(lab, prefix="shop/")
    site.s3.put_object(Bucket="media", Key="secret", Body=b"")
    site.linked_target("a")
    files = site.files(site.run_linked())
    assert files.listdir("/mnt/media") == ["logo.svg"]
    files.write_text("/mnt/media/a", "a")
    lab.wait(SYNCHRONIZED_S)
    assert site.body("shop/a") == b"a"


def test_a_zone_without_a_mount_target_does_not_resolve_its_name(lab: Lab) -> None:
    """The name begins with the id of the task's zone."""
    site = BucketSite(lab)
    site.linked_target("a")
    reason = site.why(site.run_linked("b"))
    name = f"use1-az6.{site.linked['fileSystemId']}.s3files.us-east-1.on.aws"
    zones = site.ec2.describe_availability_zones()["AvailabilityZones"]
    zone_id = next(each["ZoneId"] for each in zones if each["ZoneName"] == "us-east-1b")
    assert f'Failed to resolve "{name.replace("use1-az6", zone_id)}"' in reason
    assert reason.endswith("code: 1")


def test_the_task_role_must_be_allowed_to_mount(lab: Lab) -> None:
    """Nothing is open to everybody here; without ClientWrite the mount is read-only."""
    site = BucketSite(lab, "s3:ListBucket")
    site.linked_target("a")
    assert "access denied by server while mounting 127.0.0.1:/" in site.why(site.run_linked())
    site.allow("s3files:ClientMount")
    files = site.files(site.run_linked())
    with pytest.raises(OSError, match="Read-only file system"):
        files.write_text("/mnt/media/a", "")


def test_an_access_point_has_its_user_and_folder(lab: Lab) -> None:
    """As those of EFS."""
    site = BucketSite(lab)
    site.linked_target("a")
    permissions = {"ownerUid": 1000, "ownerGid": 1000, "permissions": "755"}
    point = site.s3files.create_access_point(
        fileSystemId=site.linked["fileSystemId"],
        posixUser={"uid": 1000, "gid": 1000},
        rootDirectory={"path": "/app", "creationPermissions": permissions},
    )
    files = site.files(site.run_linked(accessPointArn=point["accessPointArn"]))
    files.write_text("/mnt/media/a", "a")
    assert files.stat("/mnt/media/a").st_uid == 1000
    lab.wait(SYNCHRONIZED_S)
    assert site.body("app/a") == b"a"


def test_a_file_system_wants_a_bucket_with_versions(lab: Lab) -> None:
    """And goes only when nothing of it is left; the objects stay."""
    site = BucketSite(lab)
    site.s3.create_bucket(Bucket="plain")
    with pytest.raises(ClientError, match="must have S3 Versioning enabled"):
        site.s3files.create_file_system(bucket="arn:aws:s3:::plain", roleArn=site.linked["roleArn"])
    site.linked_target("a")
    with pytest.raises(site.s3files.exceptions.ConflictException):
        site.linked_target("a")
    file_system_id = site.linked["fileSystemId"]
    assert site.s3files.list_file_systems()["fileSystems"][0]["fileSystemId"] == file_system_id
    with pytest.raises(site.s3files.exceptions.ConflictException):
        site.s3files.delete_file_system(fileSystemId=file_system_id)
    [target] = site.s3files.list_mount_targets(fileSystemId=file_system_id)["mountTargets"]
    assert target["status"] == "available"
    site.s3files.delete_mount_target(mountTargetId=target["mountTargetId"])
    site.s3files.delete_file_system(fileSystemId=file_system_id)
    with pytest.raises(site.s3files.exceptions.ResourceNotFoundException):
        site.s3files.get_file_system(fileSystemId=file_system_id)
    assert site.body("shop/logo.svg") == b"<svg/>"


def test_a_lab_with_linked_files_is_copied_whole(lab: Lab) -> None:
    """What waits to be synchronized goes to the copy's own bucket."""
    site = BucketSite(lab)
    site.linked_target("a")
    site.files(site.run_linked()).write_text("/mnt/media/a", "a")
    with lab.copy() as copied:
        copied.wait(SYNCHRONIZED_S)
        found = copied.client("s3").get_object(Bucket="media", Key="a")["Body"].read()
        assert found == b"a"
    keys = [each["Key"] for each in site.s3.list_objects_v2(Bucket="media")["Contents"]]
    assert keys == ["shop/logo.svg"]


def test_a_bucket_itself_cannot_be_mounted(lab: Lab) -> None:
    """No parameter takes one, and Mountpoint for S3 needs a device that Fargate does not give."""
    site = Site(lab, "a")
    with pytest.raises(ParamValidationError, match="s3VolumeConfiguration"):
        site.register({"name": "media", "s3VolumeConfiguration": {"bucket": "media"}})
    fuse = {
        "name": "app",
        "image": "mountpoint-s3",
        "linuxParameters": {"devices": [{"hostPath": "/dev/fuse"}]},
    }
    fargate: dict[str, Any] = {"requiresCompatibilities": ["FARGATE"]}
    with pytest.raises(ClientError, match="devices"):
        site.register(containerDefinitions=[fuse], **fargate)
    privileged = {"name": "app", "image": "mountpoint-s3", "privileged": True}
    with pytest.raises(ClientError, match="Fargate requires that the ‘privileged’ setting"):
        site.register(containerDefinitions=[privileged], **fargate)
