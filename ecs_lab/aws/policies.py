"""AWS managed policies for moto's IAM, and the role of an EC2 instance."""

from __future__ import annotations

import contextlib
import json
from copy import copy
from functools import cache
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.exceptions import EC2ClientError
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import NotFoundException
from moto.iam.models import AWSManagedPolicy

# The managed policies that an ECS course meets
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html,
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-iam-awsmanpol.html and those of
# the services beside them).
NAMES = (
    "AWSApplicationAutoscalingECSServicePolicy",
    "AWSCodeDeployRoleForECS",
    "AWSCodeDeployRoleForECSLimited",
    "AWSXRayDaemonWriteAccess",
    "AdministratorAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerServiceAutoscaleRole",
    "AmazonEC2ContainerServiceEventsRole",
    "AmazonEC2ContainerServiceRole",
    "AmazonEC2ContainerServiceforEC2Role",
    "AmazonECSInfrastructureRolePolicyForLoadBalancers",
    "AmazonECSInfrastructureRolePolicyForManagedInstances",
    "AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity",
    "AmazonECSInfrastructureRolePolicyForVolumes",
    "AmazonECSInfrastructureRolePolicyForVpcLattice",
    "AmazonECSInfrastructureRoleforExpressGatewayServices",
    "AmazonECSInstanceRolePolicyForManagedInstances",
    "AmazonECSServiceRolePolicy",
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonECS_FullAccess",
    "AmazonElasticFileSystemClientFullAccess",
    "AmazonElasticFileSystemClientReadOnlyAccess",
    "AmazonElasticFileSystemClientReadWriteAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSQSFullAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "AutoScalingFullAccess",
    "AutoScalingReadOnlyAccess",
    "CloudWatchAgentServerPolicy",
    "CloudWatchLogsFullAccess",
    "CloudWatchLogsReadOnlyAccess",
    "IAMFullAccess",
    "PowerUserAccess",
    "SecretsManagerReadWrite",
)


@cache
def ecs_managed_policies() -> dict[str, dict[str, Any]]:
    """The managed policies of `NAMES` that moto has: name to its data (Document, Path, ...).

    moto: reading its whole bundle takes most of a second; these are cut out of the text one by one.
    """
    return {name: data for name in NAMES if (data := _policy_data(name)) is not None}


def _policy_data(name: str) -> dict[str, Any] | None:
    start = aws_managed_policies_data.find(f'\n "{name}":')
    if start < 0:
        return None
    brace = aws_managed_policies_data.index("{", start)
    data, _ = json.JSONDecoder().raw_decode(aws_managed_policies_data, brace)
    return dict(data)


class SharedPolicy(AWSManagedPolicy):
    """A managed policy whose document all copies of a lab share: nobody can change it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> SharedPolicy:
        twin = copy(self)
        twin.versions = list(self.versions)
        return twin


def install(iam_backend: Any) -> None:
    """Put the managed policies into an IAM backend of moto's, to be read, listed and attached."""
    for name, data in ecs_managed_policies().items():
        policy = SharedPolicy.from_data(name, iam_backend.account_id, iam_backend.region_name, data)
        if policy.arn not in iam_backend.managed_policies:
            iam_backend.managed_policies[policy.arn] = policy
            iam_backend.aws_managed_policies.append(policy)


def give_instance_profile(instance: Any) -> None:
    """Associate a new EC2 instance (moto's) with the instance profile that its launch named.

    moto: run_instances gives the profile to the first instance of a reservation only, and forgets
    the one that a launch template names; EC2 gives it to every instance.
    """
    if instance.id in instance.ec2_backend.iam_instance_profile_associations:
        return
    profile = (
        _profile_of_reservation(instance)
        or _profile_of_launch_template(instance)
        or _profile_of_launch_configuration(instance)
    )
    if profile:
        field = (
            "iam_instance_profile_arn"
            if profile.startswith("arn:")
            else "iam_instance_profile_name"
        )
        with contextlib.suppress(NotFoundException):  # EC2 would not have launched it at all
            instance.ec2_backend.associate_iam_instance_profile(instance.id, **{field: profile})


def _profile_of_reservation(instance: Any) -> str | None:
    associations = instance.ec2_backend.iam_instance_profile_associations
    for reservation in instance.ec2_backend.reservations.values():
        if instance in reservation.instances:
            first = associations.get(reservation.instances[0].id)
            return first.iam_instance_profile.arn if first else None
    return None


def _profile_of_launch_configuration(instance: Any) -> str | None:
    """What the launch configuration of the instance's Auto Scaling group names; moto drops it."""
    tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
    backend = instance.ec2_backend
    groups = autoscaling_backends[backend.account_id][backend.region_name].autoscaling_groups
    group = groups.get(tags.get("aws:autoscaling:groupName", ""))
    configuration = group.launch_config if group is not None else None
    return configuration.iam_instance_profile if configuration is not None else None


def _profile_of_launch_template(instance: Any) -> str | None:
    tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
    template_id = tags.get("aws:ec2launchtemplate:id")
    if not template_id:
        return None
    with contextlib.suppress(EC2ClientError):  # the template is gone
        template = instance.ec2_backend.get_launch_template(template_id)
        version = template.get_version(tags.get("aws:ec2launchtemplate:version"))
        profile = version.data.get("IamInstanceProfile") or {}
        return profile.get("Arn") or profile.get("Name")
    return None


def role_of_instance(iam_backend: Any, instance: Any) -> str | None:
    """The name of the role in the EC2 instance's profile, or None when there is none."""
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    if association is None:
        return None
    # By name: the profile that the association holds may have been deleted or made anew since.
    profile = iam_backend.instance_profiles.get(association.iam_instance_profile.name)
    return profile.roles[0].name if profile and profile.roles else None
