"""Rules for FARGATE: a size from the table, and nothing that needs the host.

Source, where a rule names no other:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from __future__ import annotations

import re

from ecs_lab.engine import fargate_sizes
from ecs_lab.engine.rules.draft import Document, Draft, log_driver, log_options
from ecs_lab.engine.rules.messages import refuse

LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")
ECR_IMAGE = re.compile(r"\d{12}\.dkr[.-]ecr\.[a-z0-9-]+\.(amazonaws\.com|on\.aws)")
OPERATING_SYSTEMS = (
    "LINUX",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2025_CORE",
    "WINDOWS_SERVER_2025_FULL",
)
NOT_IN_CONTAINERS = ("dnsSearchDomains", "dockerSecurityOptions")
NOT_IN_LINUX_PARAMETERS = ("devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness")
NOT_IN_VOLUMES = ("dockerVolumeConfiguration", "fsxWindowsFileServerVolumeConfiguration")


def network_mode(draft: Draft) -> None:
    """Each Fargate task has its own network interface: the mode is awsvpc."""
    if draft.network_mode != "awsvpc":
        refuse("fargate-network-mode")


def size(draft: Draft) -> None:
    """The task has its own cpu and memory, a pair from the table in `data/fargate_sizes.csv`.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
    """
    if draft.cpu_units is None:
        refuse("fargate-task-size", setting="cpu")
    if draft.memory_mib is None:
        refuse("fargate-task-size", setting="memory")
    if not fargate_sizes.is_valid(draft.cpu_units, draft.memory_mib, draft.os_family):
        refuse("fargate-size")


def operating_system(draft: Draft) -> None:
    """Fargate runs Linux and the newer Windows Servers.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """
    if draft.os_family not in OPERATING_SYSTEMS:
        refuse("fargate-operating-system", value=draft.os_family)


def log_drivers(draft: Draft) -> None:
    """Logs go through awslogs, splunk or awsfirelens, whose configuration is not in S3.

    Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html,
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_FirelensConfiguration.html
    """
    for container in draft.containers:
        driver = log_driver(container)
        if driver not in (None, *LOG_DRIVERS):
            refuse("log-driver", driver=driver, valid=",".join(LOG_DRIVERS))
        if driver == "awslogs" and not log_options(container).get("awslogs-stream-prefix"):
            refuse("fargate-stream-prefix")
        router = container.get("firelensConfiguration") or {}
        if (router.get("options") or {}).get("config-file-type") == "s3":
            refuse("fargate-firelens-s3")


def execution_role(draft: Draft) -> None:
    """Fargate needs the task execution role to write awslogs and to pull from Amazon ECR.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    if draft.get("executionRoleArn"):
        return
    if any(log_driver(each) == "awslogs" for each in draft.containers):
        refuse("fargate-role-awslogs")
    if any(from_ecr(each) for each in draft.containers):
        refuse("fargate-role-ecr")


def from_ecr(container: Document) -> bool:
    """Whether the container's image is in an Amazon ECR private repository."""
    return bool(ECR_IMAGE.match(container.get("image") or ""))


def namespaces(draft: Draft) -> None:
    """Containers may share process IDs in the task, not with the host, and never IPC.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    if draft.get("pidMode") not in (None, "task"):
        refuse("fargate-pid-mode", value=draft.get("pidMode"))
    if draft.get("ipcMode"):
        refuse("fargate-unsupported", setting="ipcMode")


def placement(draft: Draft) -> None:
    """There are no instances to choose from, so there are no placement constraints."""
    if draft.get("placementConstraints"):
        refuse("fargate-unsupported", setting="constraints")


def volumes(draft: Draft) -> None:
    """Docker volumes, FSx for Windows and paths of the host are not to be had.

    Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HostVolumeProperties.html,
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html
    """
    for volume in draft.volumes:
        for setting in NOT_IN_VOLUMES:
            if volume.get(setting):
                refuse("fargate-unsupported", setting=setting)
        if (volume.get("host") or {}).get("sourcePath"):
            refuse("fargate-unsupported", setting="sourcePath")


def container_settings(draft: Draft) -> None:
    """No privileges, devices, shared memory, tmpfs or swap; SYS_PTRACE alone can be added.

    Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html,
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
    """
    for container in draft.containers:
        if container.get("privileged"):
            refuse("fargate-privileged")
        for setting in NOT_IN_CONTAINERS:
            if container.get(setting):
                refuse("fargate-unsupported", setting=setting)
        parameters = container.get("linuxParameters") or {}
        for setting in NOT_IN_LINUX_PARAMETERS:
            if parameters.get(setting) not in (None, []):
                refuse("fargate-unsupported", setting=setting)
        for capability in (parameters.get("capabilities") or {}).get("add") or []:
            if capability != "SYS_PTRACE":
                refuse("fargate-capability", capability=capability)


def gpus(draft: Draft) -> None:
    """Fargate has no GPUs."""
    for container in draft.containers:
        if any(each["type"] == "GPU" for each in container.get("resourceRequirements") or []):
            refuse("fargate-gpu")


def timeouts(draft: Draft) -> None:
    """startTimeout and stopTimeout are 2 to 120 seconds.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    for container in draft.containers:
        for which in ("start", "stop"):
            timeout_s = container.get(f"{which}Timeout")
            if timeout_s is not None and timeout_s > 120:
                refuse(f"fargate-{which}-timeout-most")
            if timeout_s is not None and timeout_s < 2:
                refuse("fargate-timeout-least", which=which)
