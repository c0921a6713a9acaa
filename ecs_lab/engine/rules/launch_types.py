"""Rules for the other launch types: EC2, EXTERNAL (ECS Anywhere), ECS Managed Instances."""

from __future__ import annotations

from ecs_lab.engine.rules.draft import Draft, log_driver
from ecs_lab.engine.rules.messages import refuse

MANAGED_LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens", "json-file")


def ec2(draft: Draft) -> None:
    """On EC2 a task's storage is the instance's: ephemeralStorage is for Fargate.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html
    """
    if draft.get("ephemeralStorage"):
        refuse("ephemeral-storage-launch-type", launch_type="EC2")


def external(draft: Draft) -> None:
    """An external server has neither network interfaces nor file systems of a VPC.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """
    if draft.get("ephemeralStorage"):
        refuse("ephemeral-storage-launch-type", launch_type="EXTERNAL")
    if draft.network_mode == "awsvpc":
        refuse("launch-type-network-mode", launch_type="EXTERNAL", mode="awsvpc")
    if any(each.get("efsVolumeConfiguration") for each in draft.volumes):
        refuse("launch-type-unsupported", launch_type="EXTERNAL", setting="efsVolumeConfiguration")


def managed_instances(draft: Draft) -> None:
    """A managed instance runs Linux tasks, in awsvpc, host or none, with four log drivers.

    Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedInstancesNetworkConfiguration.html,
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
    """
    launch_type = "MANAGED_INSTANCES"
    if draft.get("ephemeralStorage"):
        refuse("ephemeral-storage-launch-type", launch_type=launch_type)
    if draft.network_mode not in ("awsvpc", "host", "none"):
        refuse("launch-type-network-mode", launch_type=launch_type, mode=draft.network_mode)
    if draft.windows:
        setting = f"operatingSystemFamily '{draft.os_family}'"
        refuse("launch-type-unsupported", launch_type=launch_type, setting=setting)
    for container in draft.containers:
        driver = log_driver(container)
        if driver not in (None, *MANAGED_LOG_DRIVERS):
            refuse("log-driver", driver=driver, valid=",".join(MANAGED_LOG_DRIVERS))


def no_trusted_execution(draft: Draft) -> None:
    """Trusted execution (Nitro sandboxes) is for ECS Managed Instances only.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    if draft.get("trustedExecutionConfiguration"):
        refuse("trusted-execution")
