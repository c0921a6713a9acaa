"""EFS volumes of tasks: shared by zones and launch types, and what keeps a task from mounting."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from volume_site import CLUSTER, Site

from ecs_lab import Lab as AnyLab

if TYPE_CHECKING:
    from ecs_lab import Lab

FAILED = (
    "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: "
    "stderr: "
)
ACCOUNT_ID = "123456789012"
READ_WRITE = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]


def task_role(lab: Lab, *actions: str) -> str:
    """The lab's task role, allowed these actions on everything."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    if actions:
        lab.client("iam").put_role_policy(
            RoleName="shopTaskRole", PolicyName="efs", PolicyDocument=document
        )
    return f"arn:aws:iam::{ACCOUNT_ID}:role/shopTaskRole"


def only(site: Site, principal: Any, *actions: str, **condition: Any) -> None:
    """Give the file system a policy with one statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": list(actions), **condition}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    site.efs.put_file_system_policy(FileSystemId=site.file_system, Policy=policy)


BY_IAM = {"transitEncryption": "ENABLED", "authorizationConfig": {"iam": "ENABLED"}}


def test_what_a_task_in_one_zone_writes_a_task_in_another_reads(lab: Lab) -> None:
    """On Fargate and on EC2 alike, and after the task that wrote it is gone."""
    site = Site(lab)
    definition = site.register(site.volume())
    on_fargate = site.start(definition, "a")
    site.files(on_fargate).write_text("/mnt/data/greeting", "from zone a")
    site.instance("b")
    on_instance = site.start(definition, "b", launchType="EC2")
    lab.wait(60)
    assert site.files(on_instance).read_text("/mnt/data/greeting") == "from zone a"
    site.files(on_instance).write_text("/mnt/data/answer", "from an instance")
    assert site.files(on_fargate).read_text("/mnt/data/answer") == "from an instance"
    site.ecs.stop_task(cluster=CLUSTER, task=on_instance)
    lab.wait(120)
    later = site.files(site.start(definition, "b"))
    assert later.listdir("/mnt/data") == ["answer", "greeting"]


def test_what_is_written_beside_the_mount_is_the_containers_own(lab: Lab) -> None:
    """Another container of the task, and another task, do not see it."""
    site = Site(lab)
    definition = site.register(site.volume())
    first, second = (site.files(site.start(definition)) for _ in range(2))
    first.write_text("/tmp/mine", "")
    assert not second.exists("/tmp/mine")


def test_a_zone_without_a_mount_target_does_not_resolve_the_file_system(lab: Lab) -> None:
    """The task's stoppedReason is what the mount helper says, and the file system's name."""
    site = Site(lab, "b")
    reason = site.why(site.run(site.volume(), zone="a"))
    name = f"{site.file_system}.efs.us-east-1.amazonaws.com"
    assert reason == (
        f'{FAILED}Failed to resolve "{name}" - check that your file system ID is correct, and '
        "ensure that the VPC has an EFS mount target for this file system ID. See "
        "https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail. Attempting to "
        "lookup mount target ip address using botocore. Failed to import necessary dependency "
        "botocore, please install botocore first. : unsuccessful EFS utils command execution; "
        "code: 1"
    )
    site.mount_target("a")
    assert site.described(site.run(site.volume(), zone="a"))["lastStatus"] == "RUNNING"


def test_a_vpc_without_dns_does_not_resolve_the_file_system(lab: Lab) -> None:
    """DNS hostnames must be enabled in the VPC."""
    site = Site(lab)
    site.ec2.modify_vpc_attribute(VpcId=lab.network.vpc_id, EnableDnsHostnames={"Value": False})
    assert "Failed to resolve" in site.why(site.run(site.volume()))


@pytest.mark.parametrize("blocked", ["in", "out"])
def test_a_closed_port_2049_lets_the_mount_time_out(lab: Lab, blocked: str) -> None:
    """Either the mount target's security group or the task's own keeps the packet."""
    site = Site(lab)
    tasks = lab.network.security_groups["tasks"]
    if blocked == "in":
        site.efs.modify_mount_target_security_groups(
            MountTargetId=site.efs.describe_mount_targets(FileSystemId=site.file_system)[
                "MountTargets"
            ][0]["MountTargetId"],
            SecurityGroups=[lab.network.security_groups["web"]],
        )
    else:
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        site.ec2.revoke_security_group_egress(GroupId=tasks, IpPermissions=everything)
    reason = site.why(site.run(site.volume()))
    assert reason.startswith(FAILED + "Mount attempt 1/3 failed due to timeout after 15 sec")
    assert reason.endswith(
        "b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32"
    )


def test_a_root_directory_must_be_there(lab: Lab) -> None:
    """It is not made for the task; once somebody has made it, only what is in it is seen."""
    site = Site(lab)
    reason = site.why(site.run(site.volume(rootDirectory="/shop/media")))
    name = f"{site.file_system}.efs.us-east-1.amazonaws.com"
    assert reason == (
        f"{FAILED}b'mount.nfs4: mounting {name}:/shop/media failed, reason given by server: "
        "No such file or directory' : unsuccessful EFS utils command execution; code: 32"
    )
    whole = site.files(site.run(site.volume()))
    whole.makedirs("/mnt/data/shop/media")
    whole.write_text("/mnt/data/secret", "")
    part = site.files(site.run(site.volume(rootDirectory="/shop/media")))
    part.write_text("/mnt/data/a.jpg", "")
    assert not part.exists("/mnt/data/../data/../../mnt/data/secret")
    assert whole.listdir("/mnt/data/shop/media") == ["a.jpg"]


def access_point(site: Site, uid: int = 1000, **directory: Any) -> dict[str, Any]:
    """A volume through a new access point with a user and a root directory."""
    request: dict[str, Any] = {"PosixUser": {"Uid": uid, "Gid": uid}}
    if directory:
        request["RootDirectory"] = directory
    made = site.efs.create_access_point(
        ClientToken=str(uid), FileSystemId=site.file_system, **request
    )
    return site.volume(
        transitEncryption="ENABLED",
        authorizationConfig={"accessPointId": made["AccessPointId"]},
    )


def test_an_access_point_enforces_its_user_and_makes_its_root_directory(lab: Lab) -> None:
    """Whoever the container runs as, files belong to the access point's user."""
    site = Site(lab)
    info = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}
    through = site.files(site.run(access_point(site, Path="/app", CreationInfo=info)))
    through.write_text("/mnt/data/a", "")
    whole = site.files(site.run(site.volume()))
    folder, made = whole.stat("/mnt/data/app"), whole.stat("/mnt/data/app/a")
    assert (folder.st_uid, folder.st_mode & 0o777) == (1000, 0o750)
    assert (made.st_uid, made.st_gid) == (1000, 1000)
    other = site.files(site.run(access_point(site, 2000, Path="/app")))
    with pytest.raises(PermissionError):
        other.listdir("/mnt/data")


def test_an_access_point_without_rights_in_its_folder_cannot_write(lab: Lab) -> None:
    """The root of a new file system belongs to root: others read it."""
    site = Site(lab)
    files = site.files(site.run(access_point(site)))
    assert files.listdir("/mnt/data") == []
    with pytest.raises(PermissionError, match="Permission denied: '/mnt/data/a'"):
        files.write_text("/mnt/data/a", "")


def test_an_access_point_whose_folder_is_missing_is_not_mounted(lab: Lab) -> None:
    """Without creation information nobody makes it."""
    site = Site(lab)
    reason = site.why(site.run(access_point(site, Path="/nowhere")))
    assert "mount.nfs4: access denied by server while mounting 127.0.0.1:/" in reason


@pytest.mark.parametrize("path", ["/diary", "/diary/pages"], ids=["itself", "above"])
def test_an_access_point_whose_folder_is_a_file_is_not_mounted(lab: Lab, path: str) -> None:
    """A file in its way is not replaced, and the task says that it did not start."""
    site = Site(lab)
    site.files(site.run(site.volume())).write_text("/mnt/data/diary", "dear")
    info = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}
    reason = site.why(site.run(access_point(site, Path=path, CreationInfo=info)))
    assert "mount.nfs4: access denied by server while mounting 127.0.0.1:/" in reason
    assert site.files(site.run(site.volume())).read_text("/mnt/data/diary") == "dear"


def test_an_access_point_of_another_file_system_is_not_mounted(lab: Lab) -> None:
    """Nor one that was deleted."""
    site = Site(lab)
    volume = access_point(site)
    point = volume["efsVolumeConfiguration"]["authorizationConfig"]["accessPointId"]
    site.efs.delete_access_point(AccessPointId=point)
    assert "access denied by server" in site.why(site.run(volume))


@pytest.mark.parametrize(
    ("actions", "writes", "owner"),
    [
        ((), None, None),
        (("elasticfilesystem:ClientMount",), False, None),
        (READ_WRITE, True, 65534),
        ((*READ_WRITE, "elasticfilesystem:ClientRootAccess"), True, 0),
    ],
    ids=["nothing", "mount", "write", "root"],
)
def test_the_task_role_says_what_the_task_may_do(
    lab: Lab, actions: tuple[str, ...], writes: bool | None, owner: int | None
) -> None:
    """ClientMount mounts read-only, ClientWrite writes, without ClientRootAccess root is nobody."""
    site = Site(lab)
    whole = site.files(site.run(site.volume()))
    whole.makedirs("/mnt/data/open")
    whole.chmod("/mnt/data/open", 0o777)
    only(site, {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:role/ecsInstanceRole"}, "*")
    arn = site.run(site.volume(**BY_IAM), taskRoleArn=task_role(lab, *actions))
    if writes is None:
        assert "access denied by server while mounting 127.0.0.1:/" in site.why(arn)
        return
    files = site.files(arn)
    if not writes:
        with pytest.raises(OSError, match="Read-only file system"):
            files.write_text("/mnt/data/open/a", "")
        return
    files.write_text("/mnt/data/open/a", "")
    assert whole.stat("/mnt/data/open/a").st_uid == owner


def test_a_file_system_without_a_policy_is_open_to_every_client(lab: Lab) -> None:
    """So it is for a task role that nothing was granted, until the role is denied."""
    site = Site(lab)
    role = task_role(lab)
    arn = site.run(site.volume(**BY_IAM), taskRoleArn=role)
    site.files(arn).write_text("/mnt/data/a", "")
    deny = {"Effect": "Deny", "Action": "elasticfilesystem:ClientMount", "Resource": "*"}
    lab.client("iam").put_role_policy(
        RoleName="shopTaskRole",
        PolicyName="no",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]}),
    )
    assert "access denied" in site.why(site.run(site.volume(**BY_IAM), taskRoleArn=role))


def test_without_its_policy_a_file_system_is_open_again(lab: Lab) -> None:
    """DeleteFileSystemPolicy brings the default back; whoever was kept out then mounts it."""
    site = Site(lab)
    only(site, {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:role/ecsInstanceRole"}, "*")
    assert "access denied" in site.why(site.run(site.volume()))
    site.efs.delete_file_system_policy(FileSystemId=site.file_system)
    with pytest.raises(site.efs.exceptions.PolicyNotFound):
        site.efs.describe_file_system_policy(FileSystemId=site.file_system)
    assert site.described(site.run(site.volume()))["lastStatus"] == "RUNNING"


def test_a_policy_can_ask_for_encryption_and_a_name(lab: Lab) -> None:
    """Clients without TLS, or without IAM authorization, are refused by the file system."""
    site = Site(lab)
    secure = {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    only(site, {"AWS": "*"}, "elasticfilesystem:Client*", **secure)
    assert "access denied" in site.why(site.run(site.volume()))
    encrypted = site.run(site.volume(transitEncryption="ENABLED"))
    assert site.described(encrypted)["lastStatus"] == "RUNNING"
    role = task_role(lab)
    only(site, {"AWS": role}, "elasticfilesystem:Client*")
    assert "access denied" in site.why(site.run(site.volume(transitEncryption="ENABLED")))
    named = site.run(site.volume(**BY_IAM), taskRoleArn=role)
    assert site.described(named)["lastStatus"] == "RUNNING"


def test_on_ec2_the_text_is_dockers(lab: Lab) -> None:
    """The agent makes a Docker volume for the file system, and tells what Docker answered."""
    site = Site(lab, "b")
    site.instance("a")
    definition = site.register(site.volume())
    reason = site.why(site.start(definition, launchType="EC2"))
    assert reason.startswith("Error response from daemon: create ecs-app-1-data-")
    assert ": VolumeDriver.Create: mounting volume failed: Failed to resolve " in reason
    site.mount_target("a")
    bridge = site.register(site.volume(), networkMode="bridge")
    reason = site.why(site.start(bridge, launchType="EC2", networkConfiguration=None))
    assert reason.endswith(
        "amazon-ecs-volume-plugin.sock/VolumeDriver.Create: context deadline exceeded"
    )
    site.open_to("instances")
    arn = site.start(bridge, launchType="EC2", networkConfiguration=None)
    assert site.described(arn)["lastStatus"] == "RUNNING"


def test_nothing_of_one_labs_files_is_in_another(lab: Lab) -> None:
    """A lab of the same seed has file systems of the same ids, and nothing in them."""
    site = Site(lab)
    site.files(site.run(site.volume())).write_text("/mnt/data/secret", "")
    copied = lab.copy()
    with AnyLab() as another:
        other = Site(another)
        assert other.file_system == site.file_system
        assert other.files(other.run(other.volume())).listdir("/mnt/data") == []
    with copied:
        twin = Site.__new__(Site)
        twin.__dict__.update(site.__dict__, lab=copied, ecs=copied.client("ecs"))
        files = twin.files(twin.run(twin.volume()))
        assert files.listdir("/mnt/data") == ["secret"]
        files.remove("/mnt/data/secret")
    assert site.files(site.run(site.volume())).listdir("/mnt/data") == ["secret"]


def test_a_deleted_file_system_leaves_nothing(lab: Lab) -> None:
    """It must have no mount targets to be deleted; its files are gone, and so is its name."""
    site = Site(lab, "a")
    files = site.files(site.run(site.volume()))
    files.write_text("/mnt/data/a", "a")
    with pytest.raises(site.efs.exceptions.FileSystemInUse):
        site.efs.delete_file_system(FileSystemId=site.file_system)
    target = site.efs.describe_mount_targets(FileSystemId=site.file_system)["MountTargets"][0]
    site.efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    lab.wait(120)
    site.efs.delete_file_system(FileSystemId=site.file_system)
    assert "Failed to resolve" in site.why(site.run(site.volume()))
    assert not files.exists("/mnt/data/a")
