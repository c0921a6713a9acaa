"""One start of an instance's ECS agent: it reads its settings, finds credentials and registers.

What it does and logs, step by step, is that of the agent's source: registerContainerInstance in
https://github.com/aws/amazon-ecs-agent/blob/master/agent/app/agent.go and
https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/api/ecs/client/ecs_client.go.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from ecs_lab.aws import instance_sizes
from ecs_lab.aws.agent_config import AGENT_DATA, AgentConfig
from ecs_lab.aws.agent_log import AgentLog
from ecs_lab.engine.errors import EcsError

_VERSION, _ERRORS = AGENT_DATA["version"], AGENT_DATA["errors"]
_DEFAULT_CLUSTER = "default"
_REGISTER, _CREATE = "RegisterContainerInstance", "CreateCluster"
_DRAIN = "UpdateContainerInstancesState"
# The errors that RegisterContainerInstance declares; the SDK prints others as "api error …".
_DECLARED = {"ClientException", "InvalidParameterException", "ServerException"}
_FOR_GOOD = {
    "ClientException": "invalid_action",
    "InvalidParameterException": "invalid_parameter",
}


class World(Protocol):
    """What the agents need of the simulated account."""

    clock: Any  # ecs_lab.engine.clock.Clock
    ecs: Any  # ecs_lab.engine.ecs.Ecs

    def ec2_instances(self) -> list[Any]:
        """Every EC2 instance of the Region (moto's objects)."""

    def role_of_instance(self, instance: Any) -> str | None:
        """The name of the role in an instance's profile."""

    access: Any  # ecs_lab.aws.access.access.Access


@dataclass(slots=True)
class Agent:
    """The agent of one EC2 instance: its settings, its checkpoint file and its log."""

    image_name: str
    config: AgentConfig | None = None  # None: no agent is on this instance
    phase: str = "off"
    """off, booting, registered, failing (starts again), down (does not), stopped (by hand), gone"""
    start: int = 0  # the start that is scheduled: an event for an older one does nothing
    starts_made: int = 0
    next_pause_s: float = 0.0
    next_try_at_s: float = 0.0
    failed_with: tuple[Any, ...] = ()  # the rights it had when it failed
    arn: str | None = None  # of the container instance, once registered
    cluster: str = ""
    instance_type: str = ""
    log: AgentLog = field(default_factory=AgentLog)


class _CallFailedError(Exception):
    """A call to ECS failed: the exception's code, and the text that the AWS SDK makes of it."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(slots=True)
class Registration:
    """One attempt of an agent to register its instance (moto's) or to connect again."""

    world: World
    instance: Any
    agent: Agent

    @property
    def rights(self) -> tuple[Any, ...]:
        """The instance's role and what it may do: when this changes, another try is worth while."""
        role = self.world.role_of_instance(self.instance)
        cluster = self._cluster_arn(self._config.cluster or _DEFAULT_CLUSTER)
        return role, *(self._may(f"ecs:{each}", cluster) for each in (_REGISTER, _CREATE))

    def run(self) -> str:
        """Start the agent once; returns its new phase: `registered`, `failing` or `down`."""
        self.agent.starts_made += 1
        self._log("starting", version=_VERSION["agentVersion"], commit=_VERSION["agentHash"])
        self._log("loading")
        for warning in self._config.warnings:
            self.agent.log.warn(self.world.clock.now, warning)
        if not (self._has_good_settings() and self._has_credentials()):
            return "failing"
        again = "_again" if self.agent.arn else ""
        try:
            if again:
                self._connect_again()
            else:
                self._register()
        except _CallFailedError as failure:
            return self._give_up(failure, again)
        self._log("polling")
        return "registered"

    def drain(self) -> None:
        """EC2 gives notice that it takes the Spot Instance back: with the setting
        ECS_ENABLE_SPOT_INSTANCE_DRAINING the agent sets its container instance to DRAINING.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-spot.html
        """
        if not self._config.drains_spot or self.agent.phase != "registered":
            return
        ends = datetime.fromtimestamp(self.world.clock.now + 120, UTC)
        self._log("spot", time=f"{ends:%Y-%m-%dT%H:%M:%SZ}")
        try:
            self._call(
                _DRAIN,
                self.agent.cluster,
                cluster=self.agent.cluster,
                containerInstances=[self.agent.arn],
                status="DRAINING",
            )
        except _CallFailedError as failure:
            self.agent.log.warn(self.world.clock.now, failure.text)
        else:
            self._log("draining")

    @property
    def _config(self) -> AgentConfig:
        assert self.agent.config is not None  # an instance without an agent is never started
        return self.agent.config

    @property
    def _size(self) -> instance_sizes.InstanceSize:
        return instance_sizes.instance_size(self.instance.instance_type)

    def _log(self, line: str, **values: Any) -> None:
        self.agent.log.write(self.world.clock.now, line, **values)

    def _has_good_settings(self) -> bool:
        if self._config.errors:
            self._log("bad_config", error=", ".join(self._config.errors))
            return False
        memory_mib = self._size.linux_memory_mib - self._config.reserved_memory_mib
        self._log("memory", remainingMemory=memory_mib)
        if memory_mib < 0:
            self._log("no_resources")
        return memory_mib >= 0

    def _has_credentials(self) -> bool:
        if self.world.role_of_instance(self.instance) is not None:
            self._log("credentials")
            return True
        self._log("chain", error=_ERRORS["no_role"])
        self._log("no_credentials", error=_ERRORS["no_role"])
        self._log("registering")
        for line in ("unable", "exiting", "failed"):
            self._log(line, error=_ERRORS["no_credentials"].format(error=_ERRORS["no_role"]))
        return False

    def _register(self) -> None:
        """Register with the cluster of the settings, or `default`, which is made if need be."""
        self._log("registering")
        cluster = self._config.cluster or _DEFAULT_CLUSTER
        try:
            answer = self._ask_to_register(cluster)
        except _CallFailedError as failure:
            if self._config.cluster or "Cluster not found." not in failure.text:
                raise
            self._create_default_cluster()
            answer = self._ask_to_register(cluster)
        self.agent.arn = str(answer["containerInstance"]["containerInstanceArn"])
        self.agent.cluster, self.agent.instance_type = cluster, self.instance.instance_type
        self.world.ecs.set_stop_timeout(self.agent.arn, self._config.stop_timeout_s)
        self._log("registered")
        self._log("done", instanceArn=self.agent.arn, cluster=cluster)

    def _ask_to_register(self, cluster: str) -> dict[str, Any]:
        size, config = self._size, self._config
        has_gpus = "-gpu-" in self.agent.image_name
        gpus = instance_sizes.gpu_ids(self.instance.id, size) if has_gpus else []
        try:
            return self._call(
                _REGISTER,
                cluster,
                cluster=cluster,
                instanceIdentityDocument=json.dumps(self._identity()),
                totalResources=instance_sizes.total_resources(size, config, gpus),
                attributes=instance_sizes.attributes(self.instance, config, self.agent.image_name),
                versionInfo=dict(_VERSION),
                tags=self._tags(),
            )
        except _CallFailedError as failure:
            self._log("unable", error=failure.text)
            self._log("exiting", error=failure.text)
            raise

    def _create_default_cluster(self) -> None:
        try:
            self._call(_CREATE, _DEFAULT_CLUSTER, clusterName=_DEFAULT_CLUSTER)
        except _CallFailedError as failure:
            self._log("not_created", cluster=_DEFAULT_CLUSTER, error=failure.text)
            raise
        self._log("created", cluster=_DEFAULT_CLUSTER)

    def _connect_again(self) -> None:
        """Register again as the container instance that the checkpoint file names."""
        arn, cluster = str(self.agent.arn), self.agent.cluster
        self._log("restored_cluster", cluster=cluster)
        self._log("restored", containerInstanceARN=arn, cluster=cluster)
        if refusal := self._refusal_to_connect(arn):
            self._log("unable", error=refusal.text)
            self._log("exiting", error=refusal.text)
            raise refusal
        self._log("registered")
        self.world.ecs.agent_connected(arn)

    def _refusal_to_connect(self, arn: str) -> _CallFailedError | None:
        if denial := self._denial(_REGISTER, self.agent.cluster):
            return denial
        if not self._is_registered(arn):
            text = _ERRORS["inactive"].format(container_instance_id=arn.rpartition("/")[2])
            return self._failure(_REGISTER, "ClientException", text)
        if self.instance.instance_type != self.agent.instance_type:
            return self._failure(_REGISTER, "ClientException", _ERRORS["type_changed"])
        return None

    def _is_registered(self, arn: str) -> bool:
        request = {"cluster": self.agent.cluster, "containerInstances": [arn]}
        try:
            answer = self.world.ecs.call("DescribeContainerInstances", **request)
        except EcsError:
            return False
        return any(each["status"] != "INACTIVE" for each in answer["containerInstances"])

    def _give_up(self, failure: _CallFailedError, again: str) -> str:
        """Log a failed registration; an error of the agent's own making ends it for good."""
        self._log("failed" + again, error=failure.text)
        if failure.code not in _FOR_GOOD:
            return "failing"
        if _ERRORS["type_changed"] in failure.text:
            self._log("type_changed", error=failure.text)
        else:
            self._log(_FOR_GOOD[failure.code] + again, error=failure.text)
        self._log("terminal", error=failure.text)
        return "down"

    def _identity(self) -> dict[str, Any]:
        """The instance identity document that the instance metadata service gives.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
        """
        return {
            "accountId": self.instance.owner_id,
            "architecture": self._size.architecture,
            "availabilityZone": self.instance.availability_zone,
            "imageId": self.instance.image_id,
            "instanceId": self.instance.id,
            "instanceType": self.instance.instance_type,
            "privateIp": self.instance.private_ip_address,
            "region": self.instance.ec2_backend.region_name,
            "version": "2017-09-30",
            # Not in AWS's document: ECS asks EC2, and knows who calls.
            "networkInterfaces": self._size.network_interfaces,
            "roleArn": f"arn:aws:iam::{self.instance.owner_id}:role/"
            f"{self.world.role_of_instance(self.instance)}",
        }

    def _tags(self) -> list[dict[str, str]]:
        """The container instance's tags: EC2's where the settings ask for them, then their own."""
        tags = {}
        if self._config.takes_ec2_tags and self._may("ec2:DescribeTags"):
            found = {tag["key"]: tag["value"] for tag in self.instance.get_tags()}
            tags = {key: value for key, value in found.items() if not key.startswith("aws:")}
        tags |= self._config.tags
        return [{"key": key, "value": value} for key, value in tags.items()]

    # Calls to ECS with the rights of the instance's role

    def _may(self, action: str, resource: str = "*") -> bool:
        role = self.world.role_of_instance(self.instance)
        return role is not None and bool(self.world.access.allows(role, action, resource))

    def _call(self, operation: str, on_cluster: str, **request: Any) -> dict[str, Any]:
        """Call ECS; raises _CallFailedError."""
        if denial := self._denial(operation, on_cluster):
            raise denial
        try:
            return dict(self.world.ecs.call(operation, **request))
        except EcsError as error:
            raise self._failure(operation, error.code, error.message) from error

    def _denial(self, operation: str, cluster: str) -> _CallFailedError | None:
        """The answer of ECS when the instance's role may not do this, or None."""
        decision = self.world.access.decide(
            self.world.role_of_instance(self.instance) or "",
            f"ecs:{operation}",
            self._cluster_arn(cluster),
            session_name=self.instance.id,
        )
        if decision.allowed:
            return None
        return self._failure(operation, "AccessDeniedException", decision.message)

    def _cluster_arn(self, cluster: str) -> str:
        region, account = self.instance.ec2_backend.region_name, self.instance.owner_id
        return f"arn:aws:ecs:{region}:{account}:cluster/{cluster.rpartition('/')[2]}"

    def _failure(self, operation: str, code: str, message: str) -> _CallFailedError:
        seed = f"{self.instance.id}/{self.agent.starts_made}/{operation}"
        text = _ERRORS["response"].format(
            operation=operation,
            request_id=uuid.uuid5(uuid.NAMESPACE_OID, seed),
            error=f"{'' if code in _DECLARED else 'api error '}{code}: {message}",
        )
        return _CallFailedError(code, text)
