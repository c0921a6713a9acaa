"""Bind mounts, Docker volumes, tmpfs and a container's own storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from volume_site import CLUSTER, Site

if TYPE_CHECKING:
    from ecs_lab import Lab

EC2: dict[str, Any] = {"launchType": "EC2", "networkConfiguration": None}
GIB = 1 << 30


def containers(*definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """Container definitions of the image shop/app."""
    return [{"image": "shop/app", "memory": 64, **each} for each in definitions]


def mounting(name: str, path: str, **more: Any) -> dict[str, Any]:
    """A container that mounts the volume `shared`."""
    return {
        "name": name,
        "mountPoints": [{"sourceVolume": "shared", "containerPath": path, **more}],
    }


def test_containers_of_a_task_share_a_bind_mount(lab: Lab) -> None:
    """Each at its own path; readOnly and volumesFrom as their definitions say; for one task."""
    site = Site(lab, "a")
    definition = site.register(
        {"name": "shared"},
        containerDefinitions=containers(
            mounting("writer", "/out"),
            mounting("reader", "/in", readOnly=True),
            {"name": "follower", "volumesFrom": [{"sourceContainer": "writer"}]},
            {
                "name": "watcher",
                "volumesFrom": [{"sourceContainer": "writer", "readOnly": True}],
            },
        ),
    )
    arn = site.start(definition)
    site.files(arn, "writer").write_text("/out/a", "a")
    assert site.files(arn, "reader").read_text("/in/a") == "a"
    site.files(arn, "follower").write_text("/out/b", "b")
    for container, path in (("reader", "/in"), ("watcher", "/out")):
        assert site.files(arn, container).listdir(path) == ["a", "b"]
        with pytest.raises(OSError, match="Read-only file system"):
            site.files(arn, container).write_text(f"{path}/a", "")
    assert site.files(site.start(definition), "writer").listdir("/out") == []


@pytest.mark.parametrize(
    ("volume", "stays"),
    [
        ({}, False),
        ({"host": {"sourcePath": "/data/shop"}}, True),
        ({"dockerVolumeConfiguration": {"scope": "task"}}, False),
        ({"dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True}}, True),
    ],
    ids=["empty host", "sourcePath", "task", "shared"],
)
def test_what_is_on_an_instance_stays_there_or_goes_with_the_task(
    lab: Lab, volume: dict[str, Any], stays: bool
) -> None:
    """Folders of the host and shared Docker volumes stay on their instance, and only there."""
    site = Site(lab, "a")
    first, second = site.instance("a"), site.instance("b")
    definition = site.register({"name": "shared", **volume}, networkMode="bridge")

    def on(instance: str) -> Any:
        made = site.ecs.start_task(
            cluster=CLUSTER, taskDefinition=definition, containerInstances=[instance]
        )
        lab.wait(120)
        return made["tasks"][0]["taskArn"]

    arn = on(first)
    site.files(arn).write_text("/mnt/shared/a", "")
    site.ecs.stop_task(cluster=CLUSTER, task=arn)
    lab.wait(120)
    assert site.files(on(first)).listdir("/mnt/shared") == (["a"] if stays else [])
    assert site.files(on(second)).listdir("/mnt/shared") == []


def test_a_shared_docker_volume_must_be_there_unless_it_is_provisioned(lab: Lab) -> None:
    """The agent says so, and the task stops."""
    site = Site(lab, "a")
    site.instance("a")
    volume = {"name": "shared", "dockerVolumeConfiguration": {"scope": "shared"}}
    reason = site.why(site.start(site.register(volume, networkMode="bridge"), **EC2))
    assert "volume 'shared' does not exist and autoprovision is set to false" in reason


def test_a_root_file_system_can_be_read_only(lab: Lab) -> None:
    """Then a program writes to its mounts alone."""
    site = Site(lab, "a")
    app = {**mounting("app", "/data"), "readonlyRootFilesystem": True}
    files = site.files(
        site.start(site.register({"name": "shared"}, containerDefinitions=containers(app)))
    )
    with pytest.raises(OSError, match="Read-only file system: '/tmp/a'"):
        files.write_text("/tmp/a", "")
    files.write_text("/data/a", "")


def test_tmpfs_has_the_size_that_was_asked_for(lab: Lab) -> None:
    """In MiB; on EC2 only."""
    site = Site(lab, "a")
    site.instance("a")
    tmpfs = [{"containerPath": "/fast", "size": 1}]
    app = {"name": "app", "linuxParameters": {"tmpfs": tmpfs}}
    definition = site.register(containerDefinitions=containers(app), networkMode="bridge")
    files = site.files(site.start(definition, **EC2))
    files.write_bytes("/fast/a", b"x" * (1 << 20))
    with pytest.raises(OSError, match="No space left on device"):
        files.write_text("/fast/b", "x")


def test_a_program_runs_as_the_containers_user_in_its_working_directory(lab: Lab) -> None:
    """It owns what it makes, and may not write where root alone may."""
    site = Site(lab, "a")
    app = {"name": "app", "user": "1000", "workingDirectory": "/tmp"}
    files = site.files(site.start(site.register(containerDefinitions=containers(app))))
    files.write_text("a", "")
    assert files.stat("/tmp/a").st_uid == 1000
    with pytest.raises(PermissionError):
        files.write_text("/etc/a", "")


@pytest.mark.parametrize(("asked", "size_gib"), [({}, 20), ({"sizeInGiB": 21}, 21)])
def test_a_fargate_tasks_storage_has_its_limit(
    lab: Lab, asked: dict[str, Any], size_gib: int
) -> None:
    """20 GiB unless ephemeralStorage asks for more, for all containers and bind mounts together."""
    site = Site(lab, "a")
    more = {"ephemeralStorage": asked, "requiresCompatibilities": ["FARGATE"]} if asked else {}
    definition = site.register(
        {"name": "shared"},
        containerDefinitions=containers(mounting("app", "/data"), {"name": "side"}),
        **more,
    )
    arn = site.start(definition)
    app, side = site.files(arn), site.files(arn, "side")
    app.allocate("/big", (size_gib - 1) * GIB)
    side.allocate("/tmp/more", GIB - 1)
    app.write_text("/data/last", "x")
    with pytest.raises(OSError, match="No space left on device"):
        side.write_text("/tmp/one more", "x")
    other = site.files(site.start(definition))
    other.write_text("/data/a", "another task has room of its own")


def test_tasks_on_an_instance_share_its_disk(lab: Lab) -> None:
    """30 GiB with the ECS-optimized AMIs; what a stopped task took is free again."""
    site = Site(lab, "a")
    site.instance("a")
    definition = site.register(networkMode="bridge")
    greedy = site.start(definition, **EC2)
    site.files(greedy).allocate("/big", 30 * GIB)
    files = site.files(site.start(definition, **EC2))
    with pytest.raises(OSError, match="No space left on device"):
        files.write_text("/tmp/a", "x")
    site.ecs.stop_task(cluster=CLUSTER, task=greedy)
    lab.wait(120)
    files.write_text("/tmp/a", "x")


def test_an_app_finds_what_its_container_mounts(lab: Lab) -> None:
    """An ordinary `open` in a task's program reaches the volume, in whatever zone."""
    site = Site(lab)

    def write(container: Any) -> int:
        with open("/mnt/data/from-the-app", "w") as file:  # noqa: PTH123 - as an app writes it
            file.write("hello")
        return 0

    image = lab.registry.push("shop/writer:1", script=write)
    app = {
        "name": "app",
        "image": image,
        "mountPoints": [{"sourceVolume": "data", "containerPath": "/mnt/data"}],
    }
    definition = site.register(
        site.volume(),
        containerDefinitions=[app],
        executionRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    )
    stopped = site.described(site.start(definition, "a"))
    assert stopped["containers"][0]["exitCode"] == 0
    reader = site.files(site.run(site.volume(), zone="b"))
    assert reader.read_text("/mnt/data/from-the-app") == "hello"


def test_fsx_for_windows_registers_but_no_linux_instance_mounts_it(lab: Lab) -> None:
    """The lab has Linux instances alone: they lack the attribute."""
    site = Site(lab, "a")
    site.instance("a")
    volume = {
        "name": "share",
        "fsxWindowsFileServerVolumeConfiguration": {
            "fileSystemId": "fs-0123456789abcdef0",
            "rootDirectory": "share",
            "authorizationConfig": {
                "credentialsParameter": "arn:aws:ssm:us-east-1:123456789012:parameter/share",
                "domain": "shop.example",
            },
        },
    }
    definition = site.register(volume, networkMode="bridge")
    described = site.ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    assert described["volumes"] == [volume]
    refused = site.ecs.run_task(cluster=CLUSTER, taskDefinition=definition)
    assert [each["reason"] for each in refused["failures"]] == ["ATTRIBUTE"]


def test_an_amount_of_ephemeral_storage_wants_the_newer_platform(lab: Lab) -> None:
    """Fargate's platform version 1.3.0 has a fixed amount, so it does not take such a task."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="large",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        ephemeralStorage={"sizeInGiB": 50},
        containerDefinitions=[{"name": "large", "image": "busybox"}],
    )
    vpc = {"subnets": lab.network.public_subnets, "assignPublicIp": "ENABLED"}
    asked: dict[str, Any] = {
        "cluster": "shop",
        "taskDefinition": "large",
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": vpc},
    }
    with pytest.raises(ClientError, match="PlatformTaskDefinitionIncompatibilityException"):
        ecs.run_task(**asked, platformVersion="1.3.0")
    assert ecs.run_task(**asked, platformVersion="1.4.0")["failures"] == []
