"""EBS volumes of tasks: one new volume each, made in the name of the infrastructure role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from volume_site import CLUSTER, Site

if TYPE_CHECKING:
    from ecs_lab import Lab

LEFT_OPEN = {"name": "data", "configuredAtLaunch": True}
POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes"


def infrastructure_role(lab: Lab, service: str = "ecs.amazonaws.com", policy: str = POLICY) -> str:
    """A role that the service may assume, with a managed policy."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = lab.client("iam")
    made = iam.create_role(RoleName="ecsInfrastructureRole", AssumeRolePolicyDocument=trust)
    if policy:
        iam.attach_role_policy(RoleName="ecsInfrastructureRole", PolicyArn=policy)
    return str(made["Role"]["Arn"])


def configured(role: str, **ebs: Any) -> list[dict[str, Any]]:
    """volumeConfigurations of the volume `data`."""
    return [{"name": "data", "managedEBSVolume": {"roleArn": role, **ebs}}]


def attachment(site: Site, arn: str) -> tuple[str, dict[str, str]]:
    """Status and details of the EBS attachment of a task."""
    found = next(
        each
        for each in site.described(arn)["attachments"]
        if each["type"] == "AmazonElasticBlockStorage"
    )
    return found["status"], {each["name"]: each["value"] for each in found["details"]}


def volumes(site: Site) -> list[dict[str, Any]]:
    """The EBS volumes that ECS made."""
    managed = [{"Name": "tag:AmazonECSManaged", "Values": ["true"]}]
    found: list[dict[str, Any]] = site.ec2.describe_volumes(Filters=managed)["Volumes"]
    return found


def test_each_task_gets_a_new_volume_that_goes_with_it(lab: Lab) -> None:
    """In the task's zone, encrypted as asked, with ECS's tags; the attachment tells its id."""
    site = Site(lab, "a")
    role = infrastructure_role(lab)
    arn = site.start(
        site.register(LEFT_OPEN),
        "b",
        volumeConfigurations=configured(role, sizeInGiB=10, encrypted=True),
    )
    site.files(arn).write_text("/mnt/data/a", "a")
    assert site.files(arn).space("/mnt/data") == (10 << 30, 1)
    volume = volumes(site)[0]
    tags = {each["Key"]: each["Value"] for each in volume["Tags"]}
    assert tags == {"AmazonECSCreated": arn, "AmazonECSManaged": "true"}
    told = [volume[each] for each in ("Size", "VolumeType", "Iops", "Encrypted", "State")]
    assert told == [10, "gp3", 3000, True, "in-use"]
    assert volume["AvailabilityZone"] == "us-east-1b"
    status, details = attachment(site, arn)
    assert status == "ATTACHED"
    assert details == {
        "roleArn": role,
        "volumeName": "data",
        "deleteOnTermination": "true",
        "volumeId": volume["VolumeId"],
    }
    site.ecs.stop_task(cluster=CLUSTER, task=arn)
    lab.wait(120)
    assert volumes(site) == []
    assert attachment(site, arn)[0] == "DELETED"


def test_a_standalone_tasks_volume_can_stay(lab: Lab) -> None:
    """With deleteOnTermination false it is left in the account, available."""
    site = Site(lab, "a")
    role = infrastructure_role(lab)
    policy = {"deleteOnTermination": False}
    asked = configured(role, sizeInGiB=1, terminationPolicy=policy)
    arn = site.start(site.register(LEFT_OPEN), volumeConfigurations=asked)
    assert attachment(site, arn)[1]["deleteOnTermination"] == "false"
    site.ecs.stop_task(cluster=CLUSTER, task=arn)
    lab.wait(120)
    assert [each["State"] for each in volumes(site)] == ["available"]
    assert attachment(site, arn)[0] == "DETACHED"


def test_a_snapshot_carries_what_was_on_the_volume(lab: Lab) -> None:
    """As it was when the snapshot was made; the file system's type must be the same again."""
    site = Site(lab, "a")
    role = infrastructure_role(lab)
    definition = site.register(LEFT_OPEN)
    arn = site.start(definition, volumeConfigurations=configured(role, sizeInGiB=2))
    site.files(arn).write_text("/mnt/data/a", "before")
    volume_id = attachment(site, arn)[1]["volumeId"]
    snapshot = site.ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
    site.files(arn).write_text("/mnt/data/a", "after")
    site.ecs.stop_task(cluster=CLUSTER, task=arn)
    lab.wait(120)
    asked = configured(role, snapshotId=snapshot)
    restored = site.start(definition, "c", volumeConfigurations=asked)
    assert site.files(restored).read_text("/mnt/data/a") == "before"
    assert site.files(restored).space("/mnt/data")[0] == 2 << 30
    other = configured(role, snapshotId=snapshot, filesystemType="ext4")
    reason = site.why(site.start(definition, volumeConfigurations=other))
    assert reason == "ECS timed out while configuring the EBS volume attachment to your Task"


def test_on_ec2_the_volume_is_attached_to_the_instance(lab: Lab) -> None:
    """DescribeVolumes shows the instance and a device."""
    site = Site(lab, "a")
    site.instance("a")
    arn = site.start(
        site.register(LEFT_OPEN),
        launchType="EC2",
        volumeConfigurations=configured(infrastructure_role(lab), sizeInGiB=1),
    )
    [there] = volumes(site)[0]["Attachments"]
    instances = site.ec2.describe_instances()["Reservations"][0]["Instances"]
    assert there["InstanceId"] == instances[0]["InstanceId"]
    site.ecs.stop_task(cluster=CLUSTER, task=arn)
    lab.wait(120)
    assert volumes(site) == []
    mapped = site.ec2.describe_instances()["Reservations"][0]["Instances"][0]
    assert all(each["DeviceName"] != there["Device"] for each in mapped["BlockDeviceMappings"])


def test_the_user_of_the_container_may_write(lab: Lab) -> None:
    """ECS gives the volume to the user's group."""
    site = Site(lab, "a")
    container = {
        "name": "app",
        "image": "shop/app",
        "user": "1000:2000",
        "mountPoints": [{"sourceVolume": "data", "containerPath": "/mnt/data"}],
    }
    arn = site.start(
        site.register(LEFT_OPEN, containerDefinitions=[container]),
        volumeConfigurations=configured(infrastructure_role(lab), sizeInGiB=1),
    )
    site.files(arn).write_text("/mnt/data/a", "")


@pytest.mark.parametrize("lacks", ["trust", "permission", "role"])
def test_without_a_right_infrastructure_role_there_is_no_volume(lab: Lab, lacks: str) -> None:
    """The attachment tells why in its statusReason."""
    site = Site(lab, "a")
    role = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
    if lacks == "trust":
        infrastructure_role(lab, "ecs-tasks.amazonaws.com")
    elif lacks == "permission":
        infrastructure_role(lab, policy="")
    arn = site.start(site.register(LEFT_OPEN), volumeConfigurations=configured(role, sizeInGiB=1))
    text = (
        f"ECS was unable to assume the configured ECS Infrastructure Role '{role}'. Please verify "
        "that the role being passed has the proper trust relationship with Amazon ECS"
    )
    assert site.why(arn) == text
    assert attachment(site, arn)[1]["statusReason"] == text
    assert volumes(site) == []


@pytest.mark.parametrize(
    ("ebs", "words"),
    [
        ({"snapshotId": "snap-0123456789abcdef0"}, "InvalidSnapshot.NotFound"),
        ({"sizeInGiB": 1, "kmsKeyId": "1234abcd"}, "Encountered IdempotentParameterMismatch"),
        ({"sizeInGiB": 1, "filesystemType": "ntfs"}, "ECS timed out while configuring"),
    ],
)
def test_what_ec2_refuses_stops_the_task(lab: Lab, ebs: dict[str, Any], words: str) -> None:
    """A snapshot or key that is not there, a file system that Linux does not read."""
    site = Site(lab, "a")
    asked = configured(infrastructure_role(lab), **ebs)
    arn = site.start(site.register(LEFT_OPEN), volumeConfigurations=asked)
    assert words in site.why(arn)
    assert volumes(site) == []


def test_a_services_tasks_have_a_volume_each_until_it_wants_none(lab: Lab) -> None:
    """An update to a definition without one gives an empty list of volumeConfigurations."""
    site = Site(lab, "a")
    asked = configured(infrastructure_role(lab), sizeInGiB=1)
    asked[0]["managedEBSVolume"]["tagSpecifications"] = [
        {"resourceType": "volume", "propagateTags": "SERVICE", "tags": [{"key": "a", "value": "b"}]}
    ]
    vpc = {"subnets": lab.network.private_subnets}
    made = site.ecs.create_service(
        cluster=CLUSTER,
        serviceName="web",
        taskDefinition=site.register(LEFT_OPEN),
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
        volumeConfigurations=asked,
        enableECSManagedTags=True,
        tags=[{"key": "team", "value": "shop"}],
    )["service"]
    assert made["deployments"][0]["volumeConfigurations"][0]["name"] == "data"
    lab.settle()
    keys = {each["Key"] for volume in volumes(site) for each in volume["Tags"]}
    assert len(volumes(site)) == 2
    assert {"a", "team", "aws:ecs:serviceName", "aws:ecs:clusterName"} <= keys
    plain = site.register()
    with pytest.raises(ClientError, match="is not one that the task definition has"):
        site.ecs.update_service(cluster=CLUSTER, service="web", taskDefinition=plain)
    site.ecs.update_service(
        cluster=CLUSTER, service="web", taskDefinition=plain, volumeConfigurations=[]
    )
    lab.settle()
    assert volumes(site) == []


@pytest.mark.parametrize(
    ("ebs", "words"),
    [
        ({}, "needs a sizeInGiB, or the snapshotId"),
        ({"sizeInGiB": 0}, "1 to 16384"),
        ({"sizeInGiB": 100, "volumeType": "st1"}, "125 to 16384"),
        ({"sizeInGiB": 10, "volumeType": "io1"}, "needs iops"),
        ({"sizeInGiB": 10, "volumeType": "io2", "iops": 99}, "100 to 256000"),
        ({"sizeInGiB": 10, "iops": 17000}, "3000 to 16000"),
        ({"sizeInGiB": 125, "volumeType": "sc1", "iops": 100}, "does not support iops"),
        ({"sizeInGiB": 10, "volumeType": "gp2", "throughput": 200}, "not support throughput"),
        ({"sizeInGiB": 10, "throughput": 1001}, "125 to 1000"),
        ({"sizeInGiB": 10, "volumeType": "standard"}, "not supported on Fargate"),
        ({"sizeInGiB": 10, "volumeType": "gp9"}, "Invalid volumeType"),
        ({"sizeInGiB": 10, "volumeInitializationRate": 100}, "needs a snapshotId"),
        (
            {
                "sizeInGiB": 1,
                "tagSpecifications": [
                    {
                        "resourceType": "volume",
                        "tags": [{"key": "AmazonECSManaged", "value": "no"}],
                    }
                ],
            },
            "is reserved",
        ),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(
    lab: Lab, ebs: dict[str, Any], words: str
) -> None:
    """Before anything is launched."""
    site = Site(lab, "a")
    definition = site.register(LEFT_OPEN)
    asked = configured("arn:aws:iam::123456789012:role/any", **ebs)
    with pytest.raises(ClientError, match=words):
        site.start(definition, volumeConfigurations=asked)
    assert site.ecs.list_tasks(cluster=CLUSTER)["taskArns"] == []


def test_configuration_and_definition_must_fit(lab: Lab) -> None:
    """A volume that is left open must be configured, and no other can be."""
    site = Site(lab, "a")
    role = "arn:aws:iam::123456789012:role/any"
    with pytest.raises(ClientError, match="'data' is configured at launch"):
        site.start(site.register(LEFT_OPEN))
    with pytest.raises(ClientError, match="is not one that the task definition has"):
        site.start(site.register(), volumeConfigurations=configured(role, sizeInGiB=1))
    twice = configured(role, sizeInGiB=1) * 2
    with pytest.raises(ClientError, match="can have one volume"):
        site.start(site.register(LEFT_OPEN), volumeConfigurations=twice)
    with pytest.raises(ParamValidationError, match="roleArn"):
        site.start(
            site.register(LEFT_OPEN),
            volumeConfigurations=[{"name": "data", "managedEBSVolume": {"sizeInGiB": 1}}],
        )


def test_old_fargate_platforms_have_neither_efs_nor_ebs(lab: Lab) -> None:
    """Linux platform version 1.4.0 is the first that has them."""
    site = Site(lab, "a")
    asked = configured("arn:aws:iam::123456789012:role/any", sizeInGiB=1)
    for volume, configurations in ((site.volume(), None), (LEFT_OPEN, asked)):
        old: dict[str, Any] = {"platformVersion": "1.3.0", "volumeConfigurations": configurations}
        with pytest.raises(ClientError) as refused:
            site.start(site.register(volume), **old)
        code = refused.value.response["Error"]["Code"]
        assert code == "PlatformTaskDefinitionIncompatibilityException"


def test_only_ecs_itself_deploys_services_with_ebs_volumes(lab: Lab) -> None:
    """CodeDeploy and external controllers do not."""
    site = Site(lab, "a")
    with pytest.raises(ClientError, match="does not support volumeConfigurations"):
        site.ecs.create_service(
            cluster=CLUSTER,
            serviceName="web",
            deploymentController={"type": "EXTERNAL"},
            desiredCount=1,
            volumeConfigurations=configured("arn:aws:iam::123456789012:role/any", sizeInGiB=1),
        )
