"""File systems in pictures: what became of them is marked as all else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.diagram import draw

if TYPE_CHECKING:
    from ecs_lab import Lab


def test_a_file_system_that_was_deleted_is_gone(lab: Lab) -> None:
    """With its mount targets."""
    efs = lab.client("efs")
    files = efs.create_file_system(CreationToken="files")["FileSystemId"]
    lab.wait(10)
    (subnet, *_) = lab.network.private_subnets
    target = efs.create_mount_target(FileSystemId=files, SubnetId=subnet)["MountTargetId"]
    lab.wait(120)
    made = draw(lab.snapshot())
    efs.delete_mount_target(MountTargetId=target)
    lab.wait(120)
    efs.delete_file_system(FileSystemId=files)
    lab.wait(120)
    after = draw(lab.snapshot(), previous=made)
    assert after.changes.gone == {f"file-system:{files}", f"mount-target:{target}"}


def test_a_mount_target_that_becomes_available_has_changed(lab: Lab) -> None:
    """It says what it was."""
    efs = lab.client("efs")
    files = efs.create_file_system(CreationToken="files")["FileSystemId"]
    lab.wait(10)
    efs.create_mount_target(FileSystemId=files, SubnetId=lab.network.private_subnets[0])
    creating = draw(lab.snapshot())
    lab.wait(120)
    assert "[was creating]" in draw(lab.snapshot(), previous=creating).text
