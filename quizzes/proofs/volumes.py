"""Proofs of the questions on volumes."""

import json
from typing import Any

from botocore.exceptions import ParamValidationError

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

BUSYBOX = "public.ecr.aws/docker/library/busybox:1.37"
MOUNTED_S = 120
START_S = 300
CLIENT = "elasticfilesystem:Client"
TO_VOLUMES = "arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes"


# ------------------------------------------------------------------ pieces of the scenes


def files(lab: ProofLab, zones: int = 1, *, let_in: bool = True) -> str:
    """A file system with mount targets in so many zones, open to the group tasks if wanted."""
    ec2, efs = lab.client("ec2"), lab.client("efs")
    vpc = {"VpcId": lab.network.vpc_id}
    group = ec2.create_security_group(GroupName="files", Description="files", **vpc)["GroupId"]
    made = str(efs.create_file_system(CreationToken="files", Encrypted=True)["FileSystemId"])
    for subnet in lab.network.private_subnets[:zones]:
        efs.create_mount_target(FileSystemId=made, SubnetId=subnet, SecurityGroups=[group])
    if let_in:
        open_port(lab, group, 2049, "tasks")
    lab.wait(MOUNTED_S)
    return made


def open_port(lab: ProofLab, group: str, port: int, source: str) -> None:
    """Let a group of the lab's network in at a port of a security group."""
    pairs = [{"GroupId": lab.network.security_groups[source]}]
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pairs}
    lab.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def efs_volume(file_system: str, **settings: Any) -> dict[str, Any]:
    """A volume `data` on a file system."""
    return {"name": "data", "efsVolumeConfiguration": {"fileSystemId": file_system, **settings}}


def program(line: str, **changes: Any) -> dict[str, Any]:
    """A container that runs a line of shell, with the volume data at /data."""
    point = {"sourceVolume": "data", "containerPath": "/data"}
    asked = {"image": BUSYBOX, "command": ["sh", "-c", line], "mountPoints": [point]}
    return scene.container(**(asked | changes))


def says(
    lab: ProofLab, line: str, volume: dict[str, Any], zone: int = 0, **changes: Any
) -> tuple[bool, str]:
    """Run a line in a Fargate task with a volume: whether it went well, and what was said.

    `changes` are of the task definition; `launch` among them is of RunTask.
    """
    launch = changes.pop("launch", {})
    scene.fargate_definition(lab, program(line), volumes=[volume], **changes)
    network = scene.network(lab)
    network["awsvpcConfiguration"]["subnets"] = [lab.network.private_subnets[zone]]
    ran = scene.run_task(lab, launchType="FARGATE", networkConfiguration=network, **launch)
    (task,) = ran["tasks"]
    if task.get("stopCode") == "TaskFailedToStart":
        return False, str(task["stoppedReason"])
    text = " / ".join(said.text for said in lab.logs(task["taskArn"]))
    return task["containers"][0].get("exitCode") == 0, text or "nothing"


def policy(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def may(lab: ProofLab, role: str, *actions: str) -> None:
    """Let a role do these actions on everything, in place of what it was let before."""
    document = policy({"Effect": "Allow", "Action": list(actions), "Resource": "*"})
    lab.client("iam").put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=document)


def only_roles(lab: ProofLab, file_system: str) -> None:
    """Give the file system a policy that names an administrator's role alone."""
    allow = {"Effect": "Allow", "Principal": {"AWS": lab.roles["ecsInstanceRole"]},
             "Action": f"{CLIENT}*"}  # fmt: skip
    lab.client("efs").put_file_system_policy(FileSystemId=file_system, Policy=policy(allow))


def infrastructure_role(lab: ProofLab, service: str = "ecs.amazonaws.com") -> str:
    """A role with the managed policy for volumes that a service may assume; its ARN."""
    iam = lab.client("iam")
    made = iam.create_role(RoleName="infrastructure", AssumeRolePolicyDocument=trust(service))
    iam.attach_role_policy(RoleName="infrastructure", PolicyArn=TO_VOLUMES)
    return str(made["Role"]["Arn"])


def trust(service: str) -> str:
    """A trust policy that lets a service assume the role."""
    principal = {"Service": service}
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def disk(role: str, **ebs: Any) -> dict[str, Any]:
    """What RunTask and CreateService take for the volume data: an EBS volume of 10 GiB."""
    managed = {"roleArn": role, "sizeInGiB": 10, **ebs}
    return {"volumeConfigurations": [{"name": "data", "managedEBSVolume": managed}]}


LATER = {"name": "data", "configuredAtLaunch": True}
"""A volume that the launch configures."""


def disks(lab: ProofLab) -> list[dict[str, Any]]:
    """The EBS volumes that ECS has made, as EC2 describes them."""
    managed = [{"Name": "tag-key", "Values": ["AmazonECSManaged"]}]
    return list(lab.client("ec2").describe_volumes(Filters=managed)["Volumes"])


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


# ------------------------------------------------------------------ EFS


@proof
def port_of_nfs(lab: ProofLab, option: Options) -> None:
    """Mount targets without a rule: try each remedy, and run a task after each."""
    scene.cluster(lab)
    made = files(lab, let_in=False)
    well, said = says(lab, "ls /data", efs_volume(made))
    assert not well, said
    assert "timed out" in said, said
    ec2 = lab.client("ec2")
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["files"]}])[
        "SecurityGroups"
    ]
    open_port(lab, lab.network.security_groups["tasks"], 2049, "tasks")
    well, said = says(lab, "ls /data", efs_volume(made))
    option("Inbound TCP 2049 in the tasks'").holds_if(well, said)
    may(lab, "shopTaskRole", f"{CLIENT}Mount")
    well, said = says(lab, "ls /data", efs_volume(made), taskRoleArn=lab.roles["shopTaskRole"])
    option("elasticfilesystem:ClientMount").holds_if(well, said)
    well, said = says(lab, "ls /data", efs_volume(made, transitEncryption="ENABLED"))
    option("transitEncryption").holds_if(well, said)
    open_port(lab, group["GroupId"], 2049, "tasks")
    well, said = says(lab, "ls /data", efs_volume(made))
    option("Inbound TCP 2049 in the mount").holds_if(well, said)


@proof
def where_efs_is_not(lab: ProofLab, option: Options) -> None:
    """Register a definition with an EFS volume for each kind of capacity."""
    made = lab.client("efs").create_file_system(CreationToken="files")["FileSystemId"]
    kinds = {
        "External": ("EXTERNAL", {"networkMode": "bridge"}),
        "Container": ("EC2", {}),
        "Fargate": ("FARGATE", {}),
        "Amazon ECS Managed": ("MANAGED_INSTANCES", {}),
    }
    for text, (kind, more) in kinds.items():
        no, said = refused(lab, {"fileSystemId": made}, requiresCompatibilities=[kind], **more)
        option(text).holds_if(no, said)


@proof
def old_platform(lab: ProofLab, option: Options) -> None:
    """RunTask on platform version 1.3.0, after each change."""
    scene.cluster(lab)
    made = files(lab)
    scene.fargate_definition(lab, program("ls /data"), volumes=[efs_volume(made)])
    asked: dict[str, Any] = {"cluster": "shop", "taskDefinition": "web", "launchType": "FARGATE"}
    asked["networkConfiguration"] = scene.network(lab)
    run = lab.client("ecs").run_task
    said = scene.refusal(run, **asked, platformVersion="1.3.0")
    assert said, "1.3.0 takes it"
    encrypted = efs_volume(made, transitEncryption="ENABLED")
    scene.fargate_definition(lab, program("ls /data"), volumes=[encrypted])
    said = scene.refusal(run, **asked, platformVersion="1.3.0")
    option("Set transitEncryption").holds_if(not said, said)
    scene.fargate_definition(lab, program("ls /data"), volumes=[efs_volume(made)], cpu="1024",
                             memory="2048")  # fmt: skip
    said = scene.refusal(run, **asked, platformVersion="1.3.0")
    option("Give the task").holds_if(not said, said)
    said = scene.refusal(run, **asked, platformVersion="1.4.0")
    option("Run the task").holds_if(not said, said or "it starts")


@proof
def between_zones(lab: ProofLab, option: Options) -> None:
    """A task writes in one zone, and a task in another reads: with each kind of volume."""
    scene.cluster(lab, instances=2)
    role, made = infrastructure_role(lab), files(lab, 2)
    write, read = "echo photo > /data/a", "cat /data/a"
    for text, volume, more in (
        ("Fargate tasks that each have an Amazon EBS", LATER, {"launch": disk(role)}),
        ("Fargate tasks that mount", efs_volume(made), {}),
        ("Fargate tasks that each have a bind mount", {"name": "data"}, {}),
    ):
        well, said = says(lab, write, volume, 0, **more)
        assert well, said
        well, said = says(lab, read, volume, 1, **more)
        option(text).holds_if(well and said == "photo", said)
    docker = {"scope": "shared", "autoprovision": True}
    volume = {"name": "data", "dockerVolumeConfiguration": docker}
    scene.definition(lab, program(f"{read}; {write}"), volumes=[volume])
    for each in scene.instances(lab):
        started = lab.client("ecs").start_task(
            cluster="shop", taskDefinition="web",
            containerInstances=[each["containerInstanceArn"]],
        )["tasks"][0]["taskArn"]  # fmt: skip
        lab.wait(START_S)
        said = " ".join(line.text for line in lab.logs(started))
    option("EC2 tasks that share").holds_if(said == "photo", said)


@proof
def grows_and_stays(lab: ProofLab, option: Options) -> None:
    """A task writes to each kind of volume, and the next task looks for it."""
    scene.cluster(lab)
    role, made = infrastructure_role(lab), files(lab, 2)
    write, read = "echo done > /data/result", "cat /data/result"
    for text, volume, more in (
        ("Fargate with an Amazon EFS", efs_volume(made), {}),
        ("Fargate with an Amazon EBS", LATER, {"launch": disk(role)}),
        ("Fargate with a bind mount", {"name": "data"}, {"ephemeralStorage": {"sizeInGiB": 200}}),
    ):
        well, said = says(lab, write, volume, 0, **more)
        assert well, said
        well, said = says(lab, read, volume, 1, **more)
        option(text).holds_if(well and said == "done", said)


@proof
def not_encrypted(lab: ProofLab, option: Options) -> None:
    """Let the file system refuse connections without TLS: which volume is mounted still?"""
    scene.cluster(lab)
    made = files(lab)
    tls = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": f"{CLIENT}*",
           "Condition": {"Bool": {"aws:SecureTransport": "true"}}}  # fmt: skip
    lab.client("efs").put_file_system_policy(FileSystemId=made, Policy=policy(tls))
    well, said = says(lab, "ls /data", efs_volume(made))
    option("No, because transitEncryption").holds_if(not well, said)
    option("Yes, because").holds_if(well, said)
    option("Yes, on Fargate").holds_if(well, said)
    well, said = says(lab, "ls /data", efs_volume(made, transitEncryption="ENABLED"))
    assert well, said
    option("No, because only").holds_if(False, "with transitEncryption ENABLED the task runs")


@proof
def whose_file(lab: ProofLab, option: Options) -> None:
    """Write as root through an access point of the user 1000, and look at the file's owner."""
    scene.cluster(lab)
    made = files(lab)
    owner = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "755"}
    point = lab.client("efs").create_access_point(
        ClientToken="app", FileSystemId=made, PosixUser={"Uid": 1000, "Gid": 1000},
        RootDirectory={"Path": "/app", "CreationInfo": owner},
    )["AccessPointId"]  # fmt: skip
    through = efs_volume(made, transitEncryption="ENABLED",
                         authorizationConfig={"accessPointId": point})  # fmt: skip
    well, said = says(lab, "id; echo mine > /data/a", through)
    assert well, said
    assert "uid=0" in said, said
    well, listed = says(lab, "ls -ln /data/app", efs_volume(made))
    seen = listed.split()[1] if well and listed.endswith(" a") else "nobody"
    option("To the user 1000").holds_if(seen == "1000", listed)
    option("To root, as").holds_if(seen in ("0", "root"), listed)
    option("To the user nobody").holds_if(seen == "65534", listed)
    option("To nobody, as").holds_if(seen == "nobody", listed)


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


BY_ROLE = {"transitEncryption": "ENABLED", "authorizationConfig": {"iam": "ENABLED"}}


@proof
def who_mounts(lab: ProofLab, option: Options) -> None:
    """Give one role after the other the permission, and run a task."""
    scene.cluster(lab)
    made = files(lab)
    only_roles(lab, made)
    infrastructure_role(lab)
    volume = efs_volume(made, **BY_ROLE)
    roles = {
        "The task execution": "ecsTaskExecutionRole",
        "The infrastructure": "infrastructure",
        "The container instance": "ecsInstanceRole",
        "The task role": "shopTaskRole",
    }
    for text, name in roles.items():
        may(lab, name, f"{CLIENT}Mount")
        well, said = says(lab, "ls /data", volume, taskRoleArn=lab.roles["shopTaskRole"])
        option(text).holds_if(well, said)


@proof
def read_only(lab: ProofLab, option: Options) -> None:
    """Give the task role ClientMount, then each addition, and write a file."""
    scene.cluster(lab)
    made = files(lab)
    whole = efs_volume(made)
    well, said = says(lab, "mkdir /data/open", whole)
    assert well, said
    only_roles(lab, made)
    volume = efs_volume(made, **BY_ROLE)
    role = {"taskRoleArn": lab.roles["shopTaskRole"]}
    may(lab, "shopTaskRole", f"{CLIENT}Mount")
    well, said = says(lab, "echo a > /data/a", volume, **role)
    assert not well, said
    assert "Read-only" in said, said
    may(lab, "ecsTaskExecutionRole", f"{CLIENT}Write")
    well, said = says(lab, "echo a > /data/a", volume, **role)
    option("elasticfilesystem:ClientWrite for the task execution").holds_if(well, said)
    may(lab, "shopTaskRole", f"{CLIENT}Mount", "elasticfilesystem:DescribeFileSystems")
    well, said = says(lab, "echo a > /data/a", volume, **role)
    option("elasticfilesystem:DescribeFileSystems").holds_if(well, said)
    may(lab, "shopTaskRole", f"{CLIENT}Mount", f"{CLIENT}RootAccess")
    well, said = says(lab, "echo a > /data/a", volume, **role)
    option("elasticfilesystem:ClientRootAccess").holds_if(well, said)
    may(lab, "shopTaskRole", f"{CLIENT}Mount", f"{CLIENT}Write")
    well, said = says(lab, "echo a > /data/a", volume, **role)
    writes = "Read-only" not in said
    option("elasticfilesystem:ClientWrite for the task role").holds_if(writes, said)


@proof
def no_policy(lab: ProofLab, option: Options) -> None:
    """A task without a role, beside one with: after each change, does it get at the files?"""
    scene.cluster(lab)
    made = files(lab)
    bare = efs_volume(made)
    well, said = says(lab, "echo x > /data/x", bare)
    assert well, said
    may(lab, "shopTaskRole", f"{CLIENT}Mount", f"{CLIENT}Write")
    well, said = says(lab, "ls /data", bare)
    option("A policy on the task role").holds_if(not well, said)
    well, said = says(lab, "ls /data", efs_volume(made, transitEncryption="ENABLED"))
    option("transitEncryption ENABLED in").holds_if(not well, said)
    lab.client("efs").create_access_point(ClientToken="own", FileSystemId=made)
    well, said = says(lab, "ls /data", bare)
    option("An access point for").holds_if(not well, said)
    allow = {"Effect": "Allow", "Principal": {"AWS": lab.roles["shopTaskRole"]},
             "Action": [f"{CLIENT}Mount", f"{CLIENT}Write"]}  # fmt: skip
    lab.client("efs").put_file_system_policy(FileSystemId=made, Policy=policy(allow))
    role = {"taskRoleArn": lab.roles["shopTaskRole"]}
    well, said = says(lab, "ls /data", efs_volume(made, **BY_ROLE), **role)
    assert well, said
    well, said = says(lab, "ls /data", bare)
    option("A file system policy").holds_if(not well, said)


# ------------------------------------------------------------------ EBS


@proof
def one_for_each(lab: ProofLab, option: Options) -> None:
    """A service of three tasks with a volume that is configured at launch; then stop one task."""
    scene.cluster(lab)
    role = infrastructure_role(lab)
    scene.fargate_definition(lab, program("sleep 100000"), volumes=[LATER])
    network = scene.network(lab)
    ask = {"launchType": "FARGATE", "networkConfiguration": network, **disk(role)}
    scene.service(lab, count=3, **ask)
    before = {each["VolumeId"] for each in disks(lab)}
    first, *_ = scene.tasks(lab)
    lab.client("ecs").stop_task(cluster="shop", task=first["taskArn"])
    lab.wait(START_S)
    lab.diagram("Three tasks, one of them new")
    after = {each["VolumeId"] for each in disks(lab)}
    found = f"{len(before)} volumes; after the stop {len(after)}, {len(after - before)} of them new"
    new = len(after - before)
    option("Three volumes, one for each task; the new task has").holds_if(
        len(before) == 3 and len(after) == 3 and new == 1, found)  # fmt: skip
    option("Three volumes, one for each task; the new task takes").holds_if(
        len(before) == 3 and new == 0, found)  # fmt: skip
    option("Three volumes at first").holds_if(len(before) == 3 and len(after) == 4, found)
    option("One volume").holds_if(len(before) == 1, found)


@proof
def trusts_ecs(lab: ProofLab, option: Options) -> None:
    """An infrastructure role that trusts the wrong service: try each remedy."""
    scene.cluster(lab)
    iam = lab.client("iam")
    role = infrastructure_role(lab, "ecs-tasks.amazonaws.com")
    launch = {"launch": disk(role)}
    well, said = says(lab, "ls /data", LATER, **launch)
    assert not well, said
    assert "unable to assume" in said, said
    well, said = says(lab, "ls /data", LATER, taskRoleArn=lab.roles["shopTaskRole"], **launch)
    option("A task role").holds_if(well, said)
    iam.attach_role_policy(RoleName="ecsTaskExecutionRole", PolicyArn=TO_VOLUMES)
    well, said = says(lab, "ls /data", LATER, **launch)
    option("The managed policy").holds_if(well, said)
    iam.update_assume_role_policy(
        RoleName="infrastructure", PolicyDocument=trust("ec2.amazonaws.com")
    )
    well, said = says(lab, "ls /data", LATER, **launch)
    option("ec2.amazonaws.com").holds_if(well, said)
    iam.update_assume_role_policy(
        RoleName="infrastructure", PolicyDocument=trust("ecs.amazonaws.com")
    )
    well, said = says(lab, "ls /data", LATER, **launch)
    option("ecs.amazonaws.com").holds_if(well, said)


@proof
def kept_disk(lab: ProofLab, option: Options) -> None:
    """Run the job in each way, let it end, and look for its volume."""
    scene.cluster(lab)
    role = infrastructure_role(lab)
    stay = {"terminationPolicy": {"deleteOnTermination": False}}
    says(lab, "echo done > /data/r", LATER, launch=disk(role))
    option("With RunTask and the defaults").holds_if(bool(disks(lab)), f"{len(disks(lab))} volumes")
    try:
        scene.service(lab, count=1, launchType="FARGATE", **disk(role, **stay))
        found = "a service takes it"
    except ParamValidationError as error:
        found = str(error).partition("\n")[2]
    option("As a service of one task, with").holds_if(found == "a service takes it", found)
    says(lab, "echo done > /data/r", LATER, launch=disk(role, **stay))
    states = [each["State"] for each in disks(lab)]
    option("With RunTask and deleteOnTermination").holds_if(
        states == ["available"], f"volumes: {', '.join(states) or 'none'}")  # fmt: skip


@proof
def from_snapshot(lab: ProofLab, option: Options) -> None:
    """Data on a volume that another task has left: try to get at it in each way."""
    scene.cluster(lab)
    role = infrastructure_role(lab)
    stay = {"terminationPolicy": {"deleteOnTermination": False}}
    well, said = says(lab, "echo rows > /data/table", LATER, launch=disk(role, **stay))
    assert well, said
    (left,) = disks(lab)
    snapshot = lab.client("ec2").create_snapshot(VolumeId=left["VolumeId"])["SnapshotId"]
    read = "cat /data/table"
    try:
        says(lab, read, LATER, launch=disk(role, volumeId=left["VolumeId"]))
        found = "RunTask takes it"
    except ParamValidationError as error:
        found = str(error).partition("\n")[2]
    option("Name the ID of the volume").holds_if(found == "RunTask takes it", found)
    well, said = says(lab, read, LATER, launch=disk(role))
    option("Leave the size").holds_if(well, said)
    well, said = says(lab, read, LATER, launch=disk(role, snapshotId=snapshot))
    option("Make a snapshot").holds_if(well and said == "rows", said)


# ------------------------------------------------------------------ S3, bind mounts, instances


@proof
def kinds_of_volumes(lab: ProofLab, option: Options) -> None:
    """Register a definition with a volume of each kind."""
    made = lab.client("efs").create_file_system(CreationToken="files")["FileSystemId"]
    linked = f"arn:aws:s3files:{lab.region}:123456789012:file-system/fs-0123456789abcdef0"
    kinds: dict[str, dict[str, Any]] = {
        "An Amazon EFS": {"efsVolumeConfiguration": {"fileSystemId": made}},
        "An Amazon S3 bucket": {"s3VolumeConfiguration": {"bucket": "media"}},
        "An Amazon S3 Files": {"s3filesVolumeConfiguration": {"fileSystemArn": linked}},
        "An existing Amazon EBS": {"ebsVolumeConfiguration": {"volumeId": "vol-1"}},
        "An Amazon RDS": {"rdsVolumeConfiguration": {"dbInstance": "shop"}},
    }
    for text, kind in kinds.items():
        volume = {"name": "data", **kind}
        try:
            said = scene.refusal(
                scene.fargate_definition, lab, program("ls /data"), volumes=[volume],
                taskRoleArn=lab.roles["shopTaskRole"],
            )  # fmt: skip
        except ParamValidationError as error:
            said = str(error).partition("\n")[2]
        option(text).holds_if(not said, said or "it is registered")


@proof
def objects_by_api(lab: ProofLab, option: Options) -> None:
    """Try each way to an object of a bucket in a Fargate task."""
    scene.cluster(lab)
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="media")
    s3.put_object(Bucket="media", Key="logo", Body=b"logo")
    fuse = program("ls /data", linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]})
    said = scene.refusal(scene.fargate_definition, lab, fuse, volumes=[{"name": "data"}])
    option("A program for FUSE").holds_if(not said, said)
    volume = {"name": "data", "dockerVolumeConfiguration": {"driver": "s3fs"}}
    said = scene.refusal(scene.fargate_definition, lab, program("ls"), volumes=[volume])
    option("A Docker volume").holds_if(not said, said)
    script = "import boto3\nboto3.client('s3').get_object(Bucket='media', Key='logo')"
    reads = scene.container(image=lab.registry.push("reads:1", script=script))
    may(lab, "ecsTaskExecutionRole", "s3:GetObject", "ecr:*", "logs:*")
    scene.fargate_definition(lab, reads)
    (task,) = scene.run_task(lab, launchType="FARGATE")["tasks"]
    code = task["containers"][0].get("exitCode")
    option("The API of Amazon S3, with the task execution").holds_if(code == 0, f"exit code {code}")
    may(lab, "shopTaskRole", "s3:GetObject")
    scene.fargate_definition(lab, reads, taskRoleArn=lab.roles["shopTaskRole"])
    (task,) = scene.run_task(lab, launchType="FARGATE")["tasks"]
    code = task["containers"][0].get("exitCode")
    option("The API of Amazon S3, with the task role").holds_if(code == 0, f"exit code {code}")


@proof
def s3_files_needs(lab: ProofLab, option: Options) -> None:
    """Register a volume on S3 Files without a task role, and with one and nothing else."""
    linked = f"arn:aws:s3files:{lab.region}:123456789012:file-system/fs-0123456789abcdef0"
    volume = {"name": "data", "s3filesVolumeConfiguration": {"fileSystemArn": linked}}

    def said(**more: Any) -> str:
        return scene.refusal(
            scene.fargate_definition, lab, program("ls /data"), volumes=[volume], **more
        )

    option("A role in").holds_if(bool(said()), said() or "it is registered")
    bare = said(taskRoleArn=lab.roles["shopTaskRole"])
    for text in ("An access point", "A NAT gateway", "The transitEncryption"):
        option(text).holds_if(bool(bare), bare or "it is registered")


@proof
def between_containers(lab: ProofLab, option: Options) -> None:
    """Two containers of a Fargate task: try each kind of volume that is not of the network."""
    scene.cluster(lab)
    kinds: dict[str, dict[str, Any]] = {
        "A volume that has a name": {},
        "A volume with host.sourcePath": {"host": {"sourcePath": "/shared"}},
        "A Docker volume": {"dockerVolumeConfiguration": {"scope": "task"}},
    }
    writer = program("echo line > /data/log; sleep 60", name="writer")
    reader = program("sleep 20; cat /data/log", name="reader", essential=False)
    for text, kind in kinds.items():
        volume = {"name": "data", **kind}
        said = scene.refusal(scene.fargate_definition, lab, writer, reader, volumes=[volume])
        if not said:
            (task,) = scene.run_task(lab, launchType="FARGATE")["tasks"]
            said = " ".join(line.text for line in lab.logs(task["taskArn"], "reader"))
        option(text).holds_if(said == "line", said)


@proof
def path_of_a_host(lab: ProofLab, option: Options) -> None:
    """Write on one instance, stop the task, and look there and on another."""
    scene.cluster(lab, instances=2)
    first, second = (each["containerInstanceArn"] for each in scene.instances(lab))
    line = "cat /data/log; echo line >> /data/log; sleep 60"
    volume = {"name": "data", "host": {"sourcePath": "/var/log/shop"}}
    scene.definition(lab, program(line), volumes=[volume])

    def on(host: str) -> str:
        started = lab.client("ecs").start_task(
            cluster="shop", taskDefinition="web", containerInstances=[host]
        )["tasks"][0]["taskArn"]
        lab.wait(START_S)
        return " ".join(said.text for said in lab.logs(started))

    on(first)
    again, other = "line" in on(first).split(), "line" in on(second).split()
    found = f"on the same instance {again}, on the other {other}"
    option("They are there if").holds_if(again and not other, found)
    option("They are there, as").holds_if(again and other, found)
    option("They are gone, as").holds_if(not again and not other, found)
    option("They are gone if").holds_if(other and not again, found)
