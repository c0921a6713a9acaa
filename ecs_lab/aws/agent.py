"""The ECS agents of a Region's EC2 instances: each boots with its instance and registers it.

With no credentials, or a role that may not register, an agent ends and is started again for ever,
so that it registers once the profile or the policy is there. After an error of its own making,
such as `Cluster not found.`, it stays down until the instance boots again: that is how the agent's
source and its systemd unit have it (agent_log.toml names the files).
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ECS_agent.html
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from ecs_lab.aws import machine_images, policies
from ecs_lab.aws.agent_config import AGENT_DATA, SETTINGS, AgentConfig, agent_config
from ecs_lab.aws.agent_registration import Agent, Registration, World
from ecs_lab.aws.user_data import ecs_config

_TYPICAL, _RESTART = AGENT_DATA["typical"], AGENT_DATA["restart"]
# al2023-ami-ecs-hvm-…, amzn2-ami-ecs-gpu-hvm-…, amzn-ami-…-amazon-ecs-optimized
_ECS_OPTIMIZED = re.compile(r"-ami-ecs-|-ecs-optimized")
_OFF = {"stopping", "stopped"}
_GONE = {"shutting-down", "terminated"}


class Agents:
    """The agents of all EC2 instances, kept in step with moto's instances by `observe`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._agents: dict[str, Agent] = {}

    def observe(self) -> None:
        """Look what became of the instances: due after all that may have changed EC2 or IAM."""
        for instance in self._world.ec2_instances():
            agent = self._agents.get(instance.id)
            if agent is None:
                self._launched(instance)
            elif agent.config is not None:
                self._follow(instance, agent)

    def log(self, instance_id: str) -> list[str]:
        """The lines of the instance's `/var/log/ecs/ecs-agent.log`, newest last.

        Lines that begin with `# lab:` are remarks of the lab. Raises KeyError when there is no
        such instance.
        """
        if instance_id not in self._agents:
            raise KeyError(
                f"There is no EC2 instance {instance_id!r} in this lab; "
                "describe_instances lists those there are."
            )
        return self._agents[instance_id].log.lines

    def config(self, instance_id: str) -> AgentConfig | None:
        """The settings of an instance's agent, or None where there is none."""
        agent = self._agents.get(instance_id)
        return agent.config if agent is not None else None

    def spot_notice(self, instance_id: str) -> None:
        """EC2 gives notice that it takes a Spot Instance back in two minutes."""
        agent = self._agents.get(instance_id)
        found = [each for each in self._world.ec2_instances() if each.id == instance_id]
        if agent is not None and agent.config is not None and found:
            self._on(found[0], agent).drain()

    def stop(self, instance_id: str) -> list[str]:
        """Stop the agent alone, as `systemctl stop ecs` on the instance does: it stays so until
        somebody starts it, or the instance boots.

        Raises LookupError for an instance that is not there, not running or has no agent.
        """
        _, agent = self._found(instance_id)
        if agent.phase != "stopped":
            self._shut_down(agent)
            agent.phase = "stopped"
        return [instance_id]

    def start(self, instance_id: str) -> list[str]:
        """Start the agent, as `systemctl start ecs` on the instance does; one that runs is left
        alone.

        Raises LookupError as `stop` does.
        """
        instance, agent = self._found(instance_id)
        if agent.phase in {"stopped", "down"}:
            self._start_process(instance, agent, _TYPICAL["agent_start_s"])
        return [instance_id]

    def _found(self, instance_id: str) -> tuple[Any, Agent]:
        """A running instance and its agent; raises LookupError naming those there are."""
        running = {
            each.id: (each, self._agents[each.id])
            for each in self._world.ec2_instances()
            if each.state == "running" and self._agents[each.id].config is not None
        }
        if instance_id not in running:
            there = ", ".join(running) or "none"
            raise LookupError(
                f"There is no running EC2 instance {instance_id!r} with an ECS agent; there are: "
                f"{there}."
            )
        return running[instance_id]

    # What happens to the EC2 instance

    def _launched(self, instance: Any) -> None:
        policies.give_instance_profile(instance)
        image = instance.ec2_backend.amis.get(instance.image_id)
        name = getattr(image, "name", None) or "an image without a name"
        agent = self._agents[instance.id] = Agent(name)
        if name.startswith(machine_images.MANAGED):
            self._read_managed_settings(instance, agent)
            self._follow(instance, agent)
            return
        if _ECS_OPTIMIZED.search(name):
            self._read_user_data(instance, agent)
            self._follow(instance, agent)
            return
        about = {"instance_id": instance.id, "image_id": instance.image_id, "image_name": name}
        agent.log.note("windows" if "windows" in name.lower() else "no_agent", **about)

    def _read_managed_settings(self, instance: Any, agent: Agent) -> None:
        """On a managed instance ECS itself says which cluster it is for."""
        tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
        agent.config = agent_config({"ECS_CLUSTER": tags.get("aws:ecs:clusterName", "")})
        agent.log.note("booting", instance_id=instance.id, boot_s=_TYPICAL["boot_s"])

    def _read_user_data(self, instance: Any, agent: Agent) -> None:
        """Let the user data set the agent's settings: scripts in it run at the first boot only.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
        """
        found = ecs_config(_user_data(instance))
        agent.config = agent_config(found.settings)
        agent.log.note("booting", instance_id=instance.id, boot_s=_TYPICAL["boot_s"])
        for ignored in found.ignored:
            agent.log.note("ignored", what=ignored.what, why=ignored.why)
        for setting in found.settings:
            if setting in SETTINGS and not SETTINGS[setting].has_effect:
                agent.log.note("no_effect", setting=setting, why=SETTINGS[setting].what)
        for setting in found.unknown:
            agent.log.note("unknown", setting=setting)

    def _follow(self, instance: Any, agent: Agent) -> None:
        """Do what the instance's state asks for, if it is not done yet."""
        state = instance.state
        if state in _GONE and agent.phase != "gone":
            self._terminated(agent)
        elif state in _OFF and agent.phase not in {"off", "gone"}:
            self._stopped(agent)
        elif state == "running" and agent.phase == "off":
            self._boot(instance, agent)
        elif state == "running" and _rebooted(instance):
            self._shut_down(agent)
            if agent.arn:
                self._world.ecs.host_rebooted(agent.arn)
            self._boot(instance, agent)
        elif agent.phase == "failing" and self._on(instance, agent).rights != agent.failed_with:
            # Something has changed: the next try may go well, and `settle` is to wait for it.
            delay_s = agent.next_try_at_s - self._world.clock.now
            self._start_later(instance, agent, delay_s, background=False)

    def _boot(self, instance: Any, agent: Agent) -> None:
        instance.state_reason.seen_by_agent = True
        self._start_process(instance, agent, _TYPICAL["boot_s"])

    def _stopped(self, agent: Agent) -> None:
        self._shut_down(agent)
        agent.phase = "off"
        if agent.arn:
            self._world.ecs.instance_lost(agent.arn, "stopped")

    def _terminated(self, agent: Agent) -> None:
        was_connected = agent.phase == "registered"
        self._shut_down(agent)
        agent.phase = "gone"
        # ECS deregisters what it is connected to; what was stopped before stays registered.
        # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html
        if agent.arn and was_connected:
            self._world.ecs.instance_lost(agent.arn, "terminated")

    def _shut_down(self, agent: Agent) -> None:
        """Tell the agent to end, as at every stop and reboot."""
        agent.start += 1
        if agent.phase in {"registered", "failing"}:
            agent.log.write(self._world.clock.now, "stopping")
        if agent.phase == "registered" and agent.arn:
            self._world.ecs.agent_disconnected(agent.arn)

    # What the agent does

    def _start_process(self, instance: Any, agent: Agent, delay_s: float) -> None:
        agent.phase, agent.next_pause_s = "booting", _RESTART["first_s"]
        self._start_later(instance, agent, delay_s, background=False)

    def _start_later(
        self, instance: Any, agent: Agent, delay_s: float, *, background: bool
    ) -> None:
        agent.start += 1
        schedule = self._world.clock.schedule
        schedule(delay_s, self._start, instance.id, agent.start, background=background)

    def _start(self, instance_id: str, start: int) -> None:
        """The agent's process starts: it registers the instance, or ends."""
        agent = self._agents[instance_id]
        found = [each for each in self._world.ec2_instances() if each.id == instance_id]
        if start != agent.start or not found or agent.config is None:
            return
        outcome = self._on(found[0], agent).run()
        if outcome == "failing":
            self._start_again_later(found[0], agent)
        elif outcome == "down":
            agent.log.note("stays_down")
        agent.phase = outcome

    def _start_again_later(self, instance: Any, agent: Agent) -> None:
        """The agent ended with exit code 1: it is started again after a pause that grows."""
        agent.failed_with = self._on(instance, agent).rights
        if agent.phase != "failing":
            if agent.failed_with[0] is None:
                agent.log.note("no_role")
            agent.log.note("retries", longest_s=_RESTART["longest_s"])
        pause_s = agent.next_pause_s + _TYPICAL["agent_start_s"]
        agent.next_pause_s = min(agent.next_pause_s * _RESTART["times"], _RESTART["longest_s"])
        agent.next_try_at_s = self._world.clock.now + pause_s
        self._start_later(instance, agent, pause_s, background=True)

    def _on(self, instance: Any, agent: Agent) -> Registration:
        return Registration(self._world, instance, agent)


def _rebooted(instance: Any) -> bool:
    # moto: a reboot leaves no trace but a new StateReason; the last boot's carries our mark.
    return not getattr(instance.state_reason, "seen_by_agent", False)


def _user_data(instance: Any) -> str:
    """The instance's user data as text."""
    encoded = instance.user_data
    if not encoded:
        return ""
    if not isinstance(encoded, str):
        encoded = encoded.as_bytes().decode("ascii")  # moto's Base64EncodedString
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):  # moto: some ways of launching keep it as plain text
        return str(encoded)
