"""AWS managed policies in moto's IAM, and what roles may do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from ecs_lab.aws import policies

if TYPE_CHECKING:
    from ecs_lab import Lab

ACCOUNT = "123456789012"
EC2_ROLE = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
REGISTER = "ecs:RegisterContainerInstance"


def backend() -> Any:
    """moto's IAM backend of the lab that was used last."""
    return iam_backends[ACCOUNT]["aws"]


def make_role(lab: Lab, name: str, *attached: str, inline: object = None) -> None:
    """A role with these attached policies and an inline policy with this Statement."""
    iam = lab.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    for arn in attached:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    if inline:
        document = json.dumps({"Version": "2012-10-17", "Statement": inline})
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)


def test_the_policies_of_an_ecs_course_are_all_in_moto() -> None:
    """None of the names has gone from moto's bundle."""
    assert tuple(policies.ecs_managed_policies()) == policies.NAMES


def test_managed_policies_can_be_listed_read_and_attached(lab: Lab) -> None:
    """They behave as AWS's own, and installing them again changes nothing."""
    iam = lab.client("iam")
    iam.list_roles()
    policies.install(backend())
    listed = iam.list_policies(Scope="AWS")["Policies"]
    assert [policy["PolicyName"] for policy in listed] == list(policies.NAMES)
    assert iam.list_policies(Scope="Local")["Policies"] == []
    policy = iam.get_policy(PolicyArn=EC2_ROLE)["Policy"]
    version = iam.get_policy_version(PolicyArn=EC2_ROLE, VersionId=policy["DefaultVersionId"])
    actions = version["PolicyVersion"]["Document"]["Statement"][0]["Action"]
    assert REGISTER in actions
    make_role(lab, "instance", EC2_ROLE)
    attached = iam.list_attached_role_policies(RoleName="instance")["AttachedPolicies"]
    assert attached == [
        {"PolicyName": "AmazonEC2ContainerServiceforEC2Role", "PolicyArn": EC2_ROLE}
    ]


def launch(lab: Lab, **request: Any) -> list[Any]:
    """Launch two instances and give moto's objects for all there are."""
    lab.client("ec2").run_instances(MinCount=2, MaxCount=2, **request)
    reservations = ec2_backends[ACCOUNT]["us-east-1"].reservations.values()
    return [instance for reservation in reservations for instance in reservation.instances]


def test_every_instance_of_a_launch_gets_its_profile(lab: Lab) -> None:
    """moto gives it to the first one only; describe_instances shows it on both."""
    profile = {"Name": "ecsInstanceRole"}
    instances = launch(lab, ImageId=lab.ecs_ami, IamInstanceProfile=profile)
    roles = [policies.role_of_instance(backend(), each) for each in instances]
    assert roles == ["ecsInstanceRole"] * 2
    reservation = lab.client("ec2").describe_instances()["Reservations"][0]
    assert all("IamInstanceProfile" in each for each in reservation["Instances"])


def test_the_profile_of_a_launch_template_counts(lab: Lab) -> None:
    """moto forgets it; the instances have it all the same."""
    lab.client("ec2").create_launch_template(
        LaunchTemplateName="web",
        LaunchTemplateData={
            "ImageId": lab.ecs_ami,
            "InstanceType": "t3.micro",
            "IamInstanceProfile": {"Name": "ecsInstanceRole"},
        },
    )
    instances = launch(lab, LaunchTemplate={"LaunchTemplateName": "web"})
    roles = [policies.role_of_instance(backend(), each) for each in instances]
    assert roles == ["ecsInstanceRole"] * 2


def test_no_profile_no_role(lab: Lab) -> None:
    """An instance without a profile, and one whose profile has no role, have no role."""
    lab.client("iam").create_instance_profile(InstanceProfileName="empty")
    launch(lab, ImageId=lab.ecs_ami)
    instances = launch(lab, ImageId=lab.ecs_ami, IamInstanceProfile={"Name": "empty"})
    assert [policies.role_of_instance(backend(), each) for each in instances] == [None] * 4
