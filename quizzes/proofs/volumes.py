"""Proofs of the questions on volumes."""

from typing import Any

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab


def refused(
    lab: ProofLab, efs: dict[str, Any], also: list[Any] | None = None, **definition: Any
) -> tuple[bool, str]:
    """Whether a definition that mounts this EFS volume is refused, and what is said.

    `also`: more volumes, which no container mounts.
    """
    point = {"sourceVolume": "data", "containerPath": "/data"}
    web = scene.container(mountPoints=[point])
    volume = {"name": "data", "efsVolumeConfiguration": efs}
    said = scene.refusal(
        scene.fargate_definition, lab, web, volumes=[volume, *(also or [])], **definition
    )
    return bool(said), said or "it is registered"


@proof
def access_point_root(lab: ProofLab, option: Options) -> None:
    """Register the volume with a path, and then with each of the changes."""
    client = lab.client("efs")
    files = client.create_file_system(CreationToken="shop")["FileSystemId"]
    root = {"Path": "/shop"}
    point = client.create_access_point(ClientToken="shop", FileSystemId=files, RootDirectory=root)[
        "AccessPointId"
    ]
    access = {"accessPointId": point}
    bare = {"fileSystemId": files, "transitEncryption": "ENABLED", "authorizationConfig": access}
    path = bare | {"rootDirectory": "/web"}
    role: dict[str, Any] = {"taskRoleArn": lab.roles["shopTaskRole"]}
    no, said = refused(lab, path)
    assert no, said
    no, said = refused(lab, bare | {"rootDirectory": "/shop"})
    option("Set rootDirectory").holds_if(not no, said)
    no, said = refused(lab, bare)
    option("Leave rootDirectory out").holds_if(not no, said)
    no, said = refused(lab, path, **role)
    option("Give the task definition").holds_if(not no, said)
    no, said = refused(lab, path | {"authorizationConfig": access | {"iam": "ENABLED"}}, **role)
    option("Set iam").holds_if(not no, said)


@proof
def iam_needs(lab: ProofLab, option: Options) -> None:
    """Register with the two that are needed and nothing else, and without each of them."""
    files = lab.client("efs").create_file_system(CreationToken="shop")["FileSystemId"]
    plain = {"fileSystemId": files, "authorizationConfig": {"iam": "ENABLED"}}
    encrypted = plain | {"transitEncryption": "ENABLED"}
    role: dict[str, Any] = {"taskRoleArn": lab.roles["shopTaskRole"]}
    no, said = refused(lab, encrypted)
    option("A task role").holds_if(no, said)
    no, said = refused(lab, plain, **role)
    option("The value ENABLED").holds_if(no, said)
    no, said = refused(lab, encrypted, **role)
    for text in ("An access point", "A path other", "The port 2049"):
        option(text).holds_if(no, said)


@proof
def access_point_encryption(lab: ProofLab, option: Options) -> None:
    """Name an access point and nothing else, and then with each of the changes."""
    client = lab.client("efs")
    files = client.create_file_system(CreationToken="shop")["FileSystemId"]
    point = client.create_access_point(ClientToken="shop", FileSystemId=files)["AccessPointId"]
    access = {"accessPointId": point}
    bare = {"fileSystemId": files, "authorizationConfig": access}
    no, said = refused(lab, bare)
    assert no, said
    no, said = refused(lab, bare | {"rootDirectory": "/shop"})
    option("The path of").holds_if(not no, said)
    role: dict[str, Any] = {"taskRoleArn": lab.roles["shopTaskRole"]}
    no, said = refused(lab, bare | {"authorizationConfig": access | {"iam": "ENABLED"}}, **role)
    option("The value ENABLED for iam").holds_if(not no, said)
    again = [{"name": "again", "efsVolumeConfiguration": {"fileSystemId": files}}]
    no, said = refused(lab, bare, also=again)
    option("The same file system").holds_if(not no, said)
    no, said = refused(lab, bare | {"transitEncryption": "ENABLED"})
    option("The value ENABLED for transit").holds_if(not no, said)
