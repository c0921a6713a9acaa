"""What a container instance must be able to do to run a task: the definition's requiresAttributes.

AWS derives them when a task definition is registered. The container agent announces what it can do
(https://github.com/aws/amazon-ecs-agent/blob/master/agent/app/agent_capability.go), and placement
compares the two. AWS documents no table of them: this one follows the answers of
DescribeTaskDefinition that people have published, and leaves out what could not be seen there.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecs_lab.engine.rules.draft import Document, Draft, log_driver, log_options
from ecs_lab.engine.rules.fargate import from_ecr

OLD = "com.amazonaws.ecs.capability."
NEW = "ecs.capability."
DOCKER = f"{OLD}docker-remote-api."


def required_attributes(draft: Draft) -> list[dict[str, str]]:
    """The attributes an instance needs, each once: [{"name": "ecs.capability.task-eni"}, ...]."""
    names = dict.fromkeys(
        [
            *(name for each in draft.containers for name in _of_container(each, draft)),
            *(name for each in draft.volumes for name in _of_volume(each)),
            *_of_task(draft),
        ]
    )
    return [{"name": name} for name in names]


def _of_task(draft: Draft) -> Iterator[str]:
    if draft.get("taskRoleArn"):
        yield f"{OLD}task-iam-role"
        if draft.network_mode == "host":
            yield f"{OLD}task-iam-role-network-host"
    if draft.network_mode == "awsvpc":
        yield f"{DOCKER}1.18"
        yield f"{NEW}task-eni"
    if draft.get("pidMode") or draft.get("ipcMode"):
        yield f"{NEW}pid-ipc-namespace-sharing"
    if draft.get("proxyConfiguration"):
        yield f"{NEW}aws-appmesh"
    if draft.get("enableFaultInjection"):
        yield f"{NEW}fault-injection"


def _of_container(container: Document, draft: Draft) -> Iterator[str]:
    has_role = bool(draft.get("executionRoleArn"))
    yield from _of_logs(container, has_role=has_role)
    if from_ecr(container):
        yield f"{OLD}ecr-auth"
        if has_role:
            yield f"{NEW}execution-role-ecr-pull"
    for secret in container.get("secrets") or []:
        yield f"{NEW}secrets.{_store(secret)}.environment-variables"
    if container.get("dependsOn") or container.get("startTimeout") or container.get("stopTimeout"):
        yield f"{NEW}container-ordering"
    for setting, capability in _BY_SETTING.items():
        if container.get(setting):
            yield capability
    if any(each.get("containerPortRange") for each in container.get("portMappings") or []):
        yield f"{NEW}network.container-port-range"
    if (container.get("linuxParameters") or {}).get("initProcessEnabled"):
        yield f"{DOCKER}1.25"


_BY_SETTING = {
    "environmentFiles": f"{NEW}env-files.s3",
    "healthCheck": f"{NEW}container-health-check",
    "memoryReservation": f"{DOCKER}1.21",
    "privileged": f"{OLD}privileged-container",
    "repositoryCredentials": f"{NEW}private-registry-authentication.secretsmanager",
    "restartPolicy": f"{NEW}container-restart-policy",
    "ulimits": f"{DOCKER}1.18",
}


def _of_logs(container: Document, *, has_role: bool) -> Iterator[str]:
    driver, options = log_driver(container), log_options(container)
    if driver:
        yield f"{OLD}logging-driver.{driver}"
        yield f"{DOCKER}1.18"
    if driver == "awslogs":
        yield f"{DOCKER}1.19"
        if has_role:
            yield f"{NEW}execution-role-awslogs"
        if options.get("awslogs-create-group") == "true":
            yield f"{DOCKER}1.29"
    for secret in (container.get("logConfiguration") or {}).get("secretOptions") or []:
        yield f"{NEW}secrets.{_store(secret)}.bootstrap.log-driver"
    router = container.get("firelensConfiguration") or {}
    if router:
        yield f"{NEW}firelens.{router['type']}"
        file_type = (router.get("options") or {}).get("config-file-type")
        if file_type:
            yield f"{NEW}firelens.options.config.{file_type}"


def _store(secret: Document) -> str:
    return "asm" if ":secretsmanager:" in secret["valueFrom"] else "ssm"


def _of_volume(volume: Document) -> Iterator[str]:
    if docker := volume.get("dockerVolumeConfiguration"):
        driver = docker.get("driver") or "local"
        yield f"{NEW}docker-plugin.{driver.replace(':', '.')}"
        yield f"{DOCKER}1.25"
    if efs := volume.get("efsVolumeConfiguration"):
        yield f"{NEW}efs"
        yield f"{DOCKER}1.25"
        if efs.get("authorizationConfig") or efs.get("transitEncryption") == "ENABLED":
            yield f"{NEW}efsAuth"
    if volume.get("s3filesVolumeConfiguration"):
        yield f"{NEW}storage.s3-files"
    if volume.get("fsxWindowsFileServerVolumeConfiguration"):
        yield f"{NEW}fsxWindowsFileServer"
    if volume.get("configuredAtLaunch"):
        yield f"{NEW}storage.ebs-task-volume-attach"
