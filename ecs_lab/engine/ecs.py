"""Amazon ECS of one Region, in virtual time: its API by `call`, and what happens to its instances
from outside.
"""

from __future__ import annotations

from typing import Any

from ecs_lab.engine import agent_away, capacity, lifecycle, managed_instances, scheduler, spot
from ecs_lab.engine.api import OPERATIONS, container_instances
from ecs_lab.engine.api.registry import why_not
from ecs_lab.engine.clock import Clock
from ecs_lab.engine.errors import NotSimulatedError
from ecs_lab.engine.model import ContainerInstance
from ecs_lab.engine.state import State
from ecs_lab.engine.surroundings import Surroundings


class Ecs:
    """The simulation. Requests and answers have the form that boto3 gives them, times in seconds
    since the epoch.

    >>> ecs = Ecs(Clock(start_s=0.0))
    >>> ecs.call("CreateCluster", clusterName="shop")["cluster"]["status"]
    'ACTIVE'
    >>> ecs.call("ListClusters")
    {'clusterArns': ['arn:aws:ecs:us-east-1:123456789012:cluster/shop']}
    """

    def __init__(
        self, clock: Clock, surroundings: Surroundings | None = None, **settings: Any
    ) -> None:
        """One Region of one account; `settings` are `State`'s: region, account_id, seed."""
        self.state = State(clock, surroundings, **settings)
        self.state.task_changed = scheduler.task_changed
        self.state.observers += [capacity.heard, managed_instances.heard]

    @property
    def clock(self) -> Clock:
        """The clock, which may be shared with other Regions."""
        return self.state.clock

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Do one operation of the ECS API; raises EcsError with AWS's code and message, and then
        nothing has changed.
        """
        function = OPERATIONS.get(operation)
        if function is None:
            raise NotSimulatedError(why_not(operation))
        return function(self.state, request)

    def agent_disconnected(self, container_instance_arn: str) -> None:
        """The agent on a container instance no longer answers: its tasks run on, new ones cannot
        be placed, and those that are to start or stop wait for it.
        """
        instance = self._instance(container_instance_arn)
        if instance is not None and instance.agent_connected:
            instance.agent_connected = False
            self.state.note(
                "instance", instance.arn, instance.ec2_instance_id, "agent disconnected"
            )
            self.state.tell("container instance", instance)

    def agent_connected(self, container_instance_arn: str) -> None:
        """The agent answers again."""
        instance = self._instance(container_instance_arn)
        if instance is not None and not instance.agent_connected:
            instance.agent_connected = True
            self.state.note("instance", instance.arn, instance.ec2_instance_id, "agent connected")
            self.state.tell("container instance", instance)
            agent_away.catch_up(self.state, instance)
            container_instances.capacity_changed(self.state, instance.cluster)

    def set_stop_timeout(self, container_instance_arn: str, seconds: float) -> None:
        """The agent's ECS_CONTAINER_STOP_TIMEOUT: how long after SIGTERM its containers get
        SIGKILL, unless their definition says otherwise.
        """
        instance = self._instance(container_instance_arn)
        if instance is not None:
            instance.stop_timeout_s = seconds

    def instance_lost(self, container_instance_arn: str, how: str) -> None:
        """The EC2 instance was `stopped` or `terminated`: its tasks end, and a terminated one
        leaves the cluster.

        A stopped instance stays registered with its agent disconnected and comes back when it is
        started.
        Source:
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister_container_instance.html
        """
        instance = self._instance(container_instance_arn)
        if instance is None:
            return
        reason = f"Host EC2 (instance {instance.ec2_instance_id}) {how}"
        if how == "terminated":
            container_instances.remove(self.state, instance, reason)
        else:
            self.agent_disconnected(container_instance_arn)
            container_instances.lose_tasks(self.state, instance, reason)

    def host_rebooted(self, container_instance_arn: str) -> None:
        """The EC2 instance restarts: its containers are killed, and the agent tells of it when it
        is back.

        AWS's guide does not say what becomes of tasks then; Docker starts no container of the
        agent's again, and the agent finds them ended.
        Source: https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/docker_task_engine.go
        """
        self.agent_disconnected(container_instance_arn)
        instance = self._instance(container_instance_arn)
        for task in list(instance.tasks.values()) if instance else ():
            lifecycle.kill(self.state, task)

    def interrupt_spot(self, count: int = 1, back_after_s: float = 600.0) -> list[str]:
        """AWS takes Fargate Spot capacity back: the `count` oldest FARGATE_SPOT tasks get their
        warning, and none can start for `back_after_s` seconds; gives the ARNs of the tasks.
        """
        return spot.interrupt(self.state, count, back_after_s)

    def _instance(self, arn: str) -> ContainerInstance | None:
        found = (
            each.container_instances.get(arn.rpartition("/")[2])
            for each in self.state.clusters.values()
        )
        return next((each for each in found if each is not None), None)
