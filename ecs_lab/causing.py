"""What happens to a lab from outside: load, capacity that AWS takes back, agents that stop, servers
that somebody brings.
"""

from __future__ import annotations

from typing import Any

from ecs_lab.worlds import World


class Causing:
    """The part of a lab that lets such things happen."""

    @property
    def world(self) -> World:
        """What the lab stands on."""
        raise NotImplementedError

    def set_load(
        self,
        cluster: str,
        service: str,
        *,
        vcpus: float = 0.0,
        memory_mib: float = 0.0,
        requests_per_minute: float = 0.0,
    ) -> None:
        """Say what the tasks of a service have to do together from now on.

        `vcpus` and `memory_mib` are used by all tasks in sum, and `requests_per_minute` come in
        through the load balancer, so that each task has less to do when there are more. Raises
        ValueError for a cluster or service that is not there.
        """
        load = {"vcpus": vcpus, "memory_mib": memory_mib}
        load["requests_per_minute"] = requests_per_minute
        self._cause("load", {"cluster": cluster, "service": service, **load})

    def interrupt_spot(self, count: int = 1, *, back_after_s: float = 600.0) -> list[str]:
        """Let AWS take Fargate Spot capacity back: the `count` oldest FARGATE_SPOT tasks get their
        two-minute warning, and none can start for `back_after_s` seconds. Returns their ARNs.
        """
        return self._cause("spot tasks", {"count": count, "back_after_s": back_after_s})

    def interrupt_spot_instance(self, instance_id: str) -> None:
        """Let EC2 take a Spot Instance back, with its two-minute notice. Raises ValueError for an
        instance that is not there.
        """
        self._cause("spot instance", {"instance_id": instance_id})

    def stop_agent(self, instance_id: str) -> None:
        """Stop the ECS agent on an EC2 instance, and nothing else: its tasks run on, but ECS sees
        the agent disconnected and places no more tasks there.

        Like `systemctl stop ecs` on the instance. Raises ValueError for an instance that is not
        there, naming those there are.
        """
        self._cause("agent stop", {"instance_id": instance_id})

    def start_agent(self, instance_id: str) -> None:
        """Start the ECS agent again that `stop_agent` has stopped, or that has given up; it
        connects within a second or two. Raises ValueError as `stop_agent` does.
        """
        self._cause("agent start", {"instance_id": instance_id})

    def register_external_instance(
        self,
        cluster: str,
        name: str = "server-1",
        *,
        cpu_units: int = 2048,
        memory_mib: int = 3884,
        architecture: str = "x86_64",
        role: str = "ecsAnywhereRole",
    ) -> str:
        """Register a server outside AWS with a cluster (ECS Anywhere), as its installation script
        does; returns the container instance's ARN.

        `role` is the IAM role of its Systems Manager activation, which you make first; its trust
        policy names ssm.amazonaws.com. Raises ValueError when the role or the cluster is missing.
        """
        details: dict[str, Any] = {"cluster": cluster, "name": name, "role": role}
        details |= {"cpu_units": cpu_units, "memory_mib": memory_mib, "architecture": architecture}
        return self._cause("external instance", details)[0]

    def _cause(self, what: str, details: dict[str, Any]) -> list[str]:
        try:
            return self.world.cause(what, details)
        except LookupError as error:
            raise ValueError(str(error.args[0])) from None
