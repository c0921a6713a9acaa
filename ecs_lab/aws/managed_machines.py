"""EC2 for ECS Managed Instances: moto's instance types, and instances that ECS launches and ends.

They are launched with the provider's profile, network and tags, boot an image of AWS's own, and are
shown as managed: `Operator` says by whom. (EC2 hides them from lists in accounts that had none when
that setting came; the lab shows them.)
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/amazon-ec2-managed-instances.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.iam.models import iam_backends

from ecs_lab.aws import machine_images
from ecs_lab.aws.agent_config import agent_config
from ecs_lab.aws.instance_sizes import instance_size
from ecs_lab.engine.machine_types import MachineType
from ecs_lab.engine.managed_instances import propagated_tags
from ecs_lab.engine.managed_machines import CannotLaunchError, Launch
from ecs_lab.engine.model import Document
from ecs_lab.engine.network_interfaces import limits_with_trunk, task_slots

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

OPERATOR = {"Managed": True, "Principal": "ecs.amazonaws.com"}
NOT_LAUNCHED = "ResourceInitializationError: unable to launch a managed instance"
"""How the stoppedReason of tasks begins whose instance may not be launched; AWS gives the error's
name, and says that it mentions the action.

Source:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
"""


PROFILE = "ec2InstanceProfileArn"
LAUNCH_CONTEXT = {"aws:RequestTag/AmazonECSManaged": "true"}
PASS_CONTEXT = {"iam:PassedToService": "ec2.amazonaws.com"}
"""What the conditions of AWS's own policy for the infrastructure role look at.

Source:
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForManagedInstances.html
"""


class MotoMachines:
    """EC2 of one Region, as `engine.managed_machines` asks for it."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        self._world = world
        self._account_id = account_id
        self._region = region

    @property
    def _ec2(self) -> Any:
        return ec2_backends[self._account_id][self._region]

    @property
    def _iam(self) -> Any:
        return iam_backends[self._account_id]["aws"]

    def types(self) -> Sequence[MachineType]:
        """The instance types that moto knows."""
        return machine_types()

    def capabilities(self) -> frozenset[str]:
        """What an agent with its own settings announces."""
        return frozenset(agent_config({}).capabilities)

    def problem(self, settings: Document) -> str | None:
        """What of a provider's settings does not exist: role, profile, subnets, security groups."""
        template = settings["instanceLaunchTemplate"]
        network = template["networkConfiguration"]
        role = str(settings["infrastructureRoleArn"])
        if not any(each.arn == role for each in self._iam.roles.values()):
            return f"The infrastructure role {role} does not exist."
        if self._role_of_profile(str(template[PROFILE])) is None:
            return f"There is no instance profile with a role at {template[PROFILE]}."
        return self._problem_of_network(network["subnets"], network.get("securityGroups") or [])

    def _problem_of_network(self, subnets: Sequence[str], groups: Sequence[str]) -> str | None:
        there = [
            zone[each] for zone in self._ec2.subnets.values() for each in subnets if each in zone
        ]
        missing = set(subnets) - {each.id for each in there}
        if missing:
            return f"The subnet ID '{min(missing)}' does not exist."
        if len({each.vpc_id for each in there}) > 1:
            return "All subnets of Managed Instances must be in the same VPC."
        lost = [each for each in groups if self._ec2.get_security_group_from_id(each) is None]
        return f"The security group '{lost[0]}' does not exist." if lost else None

    def _role_of_profile(self, arn: str) -> Any:
        profiles = self._iam.instance_profiles.values()
        found = next((each for each in profiles if each.arn == arn), None)
        return found.roles[0] if found is not None and found.roles else None

    def launch(self, launch: Launch) -> str:
        """Launch an instance with the rights of the infrastructure role; it boots an ECS agent."""
        template = launch.provider.settings["instanceLaunchTemplate"]
        self._check_rights(launch)
        reservation = self._ec2.run_instances(
            machine_images.managed(self._region, launch.machine_type.architecture),
            1,
            None,
            [],
            instance_type=launch.machine_type.name,
            is_instance_type_default=False,
            region_name=self._region,
            subnet_id=launch.subnet_id,
            security_group_ids=template["networkConfiguration"].get("securityGroups") or [],
            monitoring_state="enabled" if template["monitoring"] == "DETAILED" else "disabled",
            instance_market_options="spot" if template["capacityOptionType"] == "SPOT" else {},
            tags={"instance": _tags(launch)},
            nics=[],
        )
        instance = reservation.instances[0]
        instance.operator = dict(OPERATOR)
        self._ec2.associate_iam_instance_profile(
            instance.id, iam_instance_profile_arn=template[PROFILE]
        )
        self._world.observe_instances()
        return str(instance.id)

    def _check_rights(self, launch: Launch) -> None:
        """ECS assumes the infrastructure role, launches in its name, and passes on the instance's
        role.
        """
        settings, access = launch.provider.settings, self._world.access
        role = str(settings["infrastructureRoleArn"])
        refusal = access.cannot_assume(role, "ecs.amazonaws.com")
        if refusal is not None:
            raise CannotLaunchError(f"{NOT_LAUNCHED}: {refusal}")
        passed = self._role_of_profile(str(settings["instanceLaunchTemplate"][PROFILE]))
        instances = f"arn:aws:ec2:{self._region}:{self._account_id}:instance/*"
        for decision in (
            access.decide(role, "ec2:RunInstances", instances, LAUNCH_CONTEXT),
            access.decide(role, "iam:PassRole", passed.arn if passed else "", PASS_CONTEXT),
        ):
            if not decision:
                raise CannotLaunchError(f"{NOT_LAUNCHED}: {decision.message}")

    def terminate(self, instance_id: str) -> None:
        """Terminate an instance, unless it is gone."""
        instance = self._ec2.get_instance_by_id(instance_id)
        if instance is not None and instance.state not in ("terminated", "shutting-down"):
            self._ec2.terminate_instances([instance_id])
            self._world.observe_instances()


def _tags(launch: Launch) -> dict[str, str]:
    """The tags that AWS puts on the instance, and those of the provider where they propagate.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance-details-tags-managed-instances.html
    """
    provider = launch.provider
    return {
        **{each["key"]: each["value"] for each in propagated_tags(provider)},
        "AmazonECSCreated": "true",
        "AmazonECSManaged": "true",
        "aws:ec2:managed-launch": "ecs-managed-instances",
        "aws:ecs:capacityProviderName": provider.name,
        "aws:ecs:clusterName": str(provider.cluster_name),
    }


@cache
def machine_types() -> tuple[MachineType, ...]:
    """moto's instance types, as requirements are held against them."""
    return tuple(_machine_type(name, data) for name, data in INSTANCE_TYPES.items())


def _machine_type(name: str, data: dict[str, Any]) -> MachineType:
    size = instance_size(name)
    gpus = data.get("GpuInfo", {}).get("Gpus", [])
    others = [*data.get("FpgaInfo", {}).get("Fpgas", []), *_inference(data)]
    storage = data.get("InstanceStorageInfo", {})
    memory = data.get("GpuInfo", {}).get("TotalGpuMemoryInMiB", 0)
    kinds = (("gpu", gpus), ("fpga", data.get("FpgaInfo")), ("inference", _inference(data)))
    makers = [str(each.get("Manufacturer", "")) for each in (*gpus, *others)]
    return MachineType(
        name=name,
        vcpus=size.vcpus,
        memory_mib=size.memory_mib,
        linux_memory_mib=size.linux_memory_mib,
        task_slots=limits_with_trunk().get(name, task_slots(size.network_interfaces)),
        network_interfaces=size.network_interfaces,
        architecture=size.architecture,
        manufacturer=_maker(str(data["ProcessorInfo"].get("Manufacturer", ""))),
        gpus=size.gpus,
        current_generation=bool(data["CurrentGeneration"]),
        bare_metal=bool(data["BareMetal"]),
        burstable=bool(data["BurstablePerformanceSupported"]),
        hibernates=bool(data["HibernationSupported"]),
        local_storage_gb=float(storage.get("TotalSizeInGB", 0)),
        local_storage_types=tuple(sorted({str(e["Type"]) for e in storage.get("Disks", [])})),
        accelerators=sum(int(each["Count"]) for each in (*gpus, *others)),
        accelerator_types=tuple(kind for kind, found in kinds if found),
        accelerator_manufacturers=tuple(sorted({_maker(each) for each in makers})),
        accelerator_memory_mib=int(memory),
    )


def _inference(data: dict[str, Any]) -> list[dict[str, Any]]:
    neurons = data.get("NeuronInfo", {}).get("NeuronDevices", [])
    others = data.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])
    return [*({**each, "Manufacturer": "AWS"} for each in neurons), *others]


def _maker(name: str) -> str:
    """The name of a manufacturer as requirements write it.

    >>> _maker("AWS"), _maker("Intel")
    ('amazon-web-services', 'intel')
    """
    return "amazon-web-services" if name in ("AWS", "Amazon") else name.lower()


_REFUSED = re.compile(
    rb"Action=(TerminateInstances|StopInstances|StartInstances|RebootInstances|ModifyInstance\w*)&"
)


def refusal(ec2_backend: Any, host: str, body: bytes) -> str | None:
    """Why a call on EC2 is refused because a managed instance is meant, or None.

    Nobody but its operator ends, stops or changes one; tags are free. AWS gives no text; the code
    UnauthorizedOperation was seen: https://github.com/aws/eks-node-monitoring-agent/pull/151.
    """
    found = _REFUSED.match(body) if host.startswith("ec2.") else None
    if found is None:
        return None
    named = {value for key, value in parse_qsl(body.decode()) if key.startswith("InstanceId")}
    instances = (ec2_backend.get_instance_by_id(each) for each in sorted(named))
    for each in instances:
        if getattr(each, "operator", None):
            return (
                f"You are not authorized to perform {found[1].decode()} on {each.id}: it is "
                f"managed by {OPERATOR['Principal']}. Use DeregisterContainerInstance of Amazon "
                "ECS instead."
            )
    return None
