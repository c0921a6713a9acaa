"""A lab kept in a file: what comes back, and what is refused before anything of it runs."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

import pytest

from ecs_lab import Lab
from ecs_lab.aws.world import World
from ecs_lab.serve import state_file
from ecs_lab.serve.server import ServeError, check_save
from ecs_lab.serve.state_file import StateFileError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The file of a lab with a cluster, an instance, and what moto keeps in unusual ways."""
    with Lab() as lab:
        lab.client("ecs").create_cluster(clusterName="shop")
        lab.client("ssm").put_parameter(Name="/shop/colour", Value="green", Type="String")
        lab.client("ecr").create_repository(repositoryName="shop/web")  # holds a lock
        lab.client("kms").create_key()  # holds a private key
        lab.client("lambda").list_functions()  # holds weak references
        lab.client("ec2").run_instances(
            ImageId=lab.ecs_ami,
            InstanceType="t3.small",
            MinCount=1,
            MaxCount=1,
            IamInstanceProfile={"Name": "ecsInstanceRole"},
            UserData="#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config",
        )
        state_file.save(lab.world, tmp_path / "shop.lab")  # type: ignore[arg-type] # it is one of this process
    return tmp_path / "shop.lab"


def test_lab_goes_on_where_it_was_saved(kept: Path) -> None:
    """Everything is there, and what was under way goes on: the instance boots and registers."""
    with Lab(world=state_file.load(kept)) as lab:
        assert lab.client("ssm").get_parameter(Name="/shop/colour")["Parameter"]["Value"] == "green"
        assert len(lab.client("kms").list_keys()["Keys"]) == 1
        assert lab.client("ecr").describe_repositories()["repositories"]
        lab.settle()
        assert lab.client("ecs").list_container_instances(cluster="shop")["containerInstanceArns"]


def test_labs_with_locks_can_be_copied(lab: Lab) -> None:
    """ECR and SQS keep locks, which Python does not copy by itself."""
    lab.client("ecr").create_repository(repositoryName="shop/web")
    lab.client("sqs").create_queue(QueueName="orders")
    with lab.copy() as other:
        assert other.client("ecr").describe_repositories()["repositories"]


def test_file_of_another_key_is_not_read(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file from somewhere else could run code: it is refused, and the sentence says so."""
    monkeypatch.setenv("ECS_LAB_DATA", str(tmp_path / "somebody-else"))
    with pytest.raises(StateFileError, match="not written by you on this machine"):
        state_file.load(kept)


def test_changed_file_runs_nothing(kept: Path, tmp_path: Path) -> None:
    """The signature is looked at before the content is."""
    head = kept.read_bytes().partition(b"\n")[0]
    marker = tmp_path / "ran"
    kept.write_bytes(head + b"\n" + pickle.dumps(_Evil(marker)))
    with pytest.raises(StateFileError, match="was changed since"):
        state_file.load(kept)
    assert not marker.exists()


class _Evil:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.marker), "w")


def test_file_of_another_version_is_refused(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects of one version are not taken for those of another; the sentence names both."""
    monkeypatch.setattr(state_file, "__version__", "99.0")
    with pytest.raises(StateFileError, match=r"saved with ecs_lab 0.*and this is ecs_lab 99\.0"):
        state_file.load(kept)


@pytest.mark.parametrize("content", [b"", b"my notes\n", b'{"is": "a list"}\n', b"[1]\n\x00"])
def test_other_files_are_no_labs(content: bytes, tmp_path: Path) -> None:
    """The sentence says what to give instead."""
    notes = tmp_path / "notes.txt"
    notes.write_bytes(content)
    with pytest.raises(StateFileError, match="is no state of a lab"):
        state_file.load(notes)


def test_missing_file_is_said(tmp_path: Path) -> None:
    """No traceback for a wrong name."""
    with pytest.raises(StateFileError, match="cannot be read: No such file"):
        state_file.load(tmp_path / "nothing.lab")


def test_nothing_is_saved_over_files_of_others(kept: Path, tmp_path: Path) -> None:
    """Not over a user's file, nor over a lab that this run does not go on with."""
    notes = tmp_path / "notes.txt"
    notes.write_text("mine", "utf-8")
    with pytest.raises(ServeError, match="a file of yours and no lab's"):
        check_save(notes, None)
    with pytest.raises(ServeError, match="holds another lab"):
        check_save(kept, None)
    with pytest.raises(ServeError, match="make that folder first"):
        check_save(tmp_path / "no" / "shop.lab", None)
    check_save(kept, kept)
    check_save(tmp_path / "new.lab", kept)


def test_failed_save_leaves_the_old_file(kept: Path) -> None:
    """What cannot be stored is named, and the file is as it was."""
    before = kept.read_bytes()
    world = World()
    world.__dict__["stray"] = (each for each in [1])
    with pytest.raises(StateFileError, match="cannot pickle 'generator' object"):
        state_file.save(world, kept)
    assert kept.read_bytes() == before
    assert [each.name for each in kept.parent.iterdir() if each.name.startswith(".")] == []


def test_first_line_says_what_the_file_is(kept: Path) -> None:
    """A person who opens the file sees what it is."""
    head = json.loads(kept.read_bytes().partition(b"\n")[0])
    assert (head["is"], head["format"]) == ("ecs-lab state", 1)
