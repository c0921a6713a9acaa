"""Where the state machine's stories play: an engine, the rest of AWS around it, and a script of all
that was done, so that a story can be told again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from town import Town

from ecs_lab.engine.auto_scaling_groups import Group, RememberedGroups
from ecs_lab.engine.capacity_scaling import Room
from ecs_lab.engine.errors import EcsError
from ecs_lab.engine.model import Cluster, Container, ContainerInstance, Task
from ecs_lab.engine.surroundings import (
    HEALTHY,
    Anywhere,
    ContainerRun,
    Ends,
    TargetGroup,
    TargetHealth,
)

ROLE = "arn:aws:iam::123456789012:role/shift"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:check"
GROUPS = {"guarded": "arn:autoscaling/guarded", "plain": "arn:autoscaling/plain"}
"""Capacity providers and their groups: one with managed termination protection, one without."""
TARGET_GROUPS = ("arn:group/one", "arn:group/two")
BALANCER = {"targetGroupArn": "arn:group/one", "containerName": "web", "containerPort": 80}
SHIFTING = BALANCER | {
    "advancedConfiguration": {
        "alternateTargetGroupArn": "arn:group/two",
        "productionListenerRule": "arn:rule/production",
        "testListenerRule": "arn:rule/test",
        "roleArn": ROLE,
    }
}
ENDS_S = 20.0
"""How long a container of the image `ends` runs."""


class GuardedGroups(RememberedGroups):
    """Groups that see to it that no protected instance is let go, and none beyond their sizes."""

    def resize(self, arn: str, desired: int) -> None:
        """A group grows within its bounds."""
        group = self.groups[arn]
        assert group.desired < desired <= group.max_size
        super().resize(arn, desired)

    def terminate(self, arn: str, instance_ids: Sequence[str]) -> None:
        """Only instances of the group go, and not one that is protected from scale-in."""
        assert set(instance_ids) <= set(self.groups[arn].instance_ids)
        assert not set(instance_ids) & set(self.protected.get(arn, ()))
        super().terminate(arn, instance_ids)


class Streets(Anywhere):
    """The rest of AWS, with containers that end and hooks that answer as they are told."""

    def __init__(self) -> None:
        super().__init__()
        self.guarded = GuardedGroups()
        self.groups = self.guarded
        self.target_groups = dict.fromkeys(TARGET_GROUPS, TargetGroup(deregistration_delay_s=20.0))
        self.hooks = {FUNCTION: self.answer}
        self.says = "SUCCEEDED"

    def answer(self, question: dict[str, Any]) -> Mapping[str, Any]:
        """What every hook says now."""
        return {"hookStatus": self.says}

    def run_container(self, task: Task, container: Container, ends: Ends) -> ContainerRun:
        """Containers of the image `ends` run for some seconds, those of `fails` for none."""
        image = container.definition["image"]
        seconds = {"ends": ENDS_S, "fails": 0.0}.get(image)
        return ContainerRun(seconds, 3 if image == "fails" else 0)


class Stage:
    """An engine with a cluster `shop`, families, capacity providers and load balancers.

    What changes it goes through `do`, which keeps the script.
    """

    def __init__(self) -> None:
        self.around = Streets()
        self.town = Town(surroundings=self.around)
        self.script: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self._launched = 0
        self._define()
        for name, arn in GROUPS.items():
            self._provide(name, arn)
        self.town.call(
            "PutClusterCapacityProviders",
            cluster="shop",
            capacityProviders=["FARGATE", "FARGATE_SPOT", *GROUPS],
            defaultCapacityProviderStrategy=[],
        )

    def _define(self) -> None:
        define = self.town.define
        define("web")
        define("port", container={"portMappings": [{"containerPort": 80, "hostPort": 80}]})
        define("dynamic", container={"portMappings": [{"containerPort": 80}], "cpu": 64})
        define("interface", networkMode="awsvpc")
        define("crash", container={"image": "fails"})
        define("job", container={"image": "ends"})
        define("checked", container={"healthCheck": {"command": ["CMD", "true"]}})
        self.town.define_fargate("fargate", portMappings=[{"containerPort": 80}])
        self.town.define_fargate("short", image="ends", portMappings=[{"containerPort": 80}])

    def _provide(self, name: str, arn: str) -> None:
        room = Room(1024, 1024, 0, 3)
        self.around.guarded.put(Group(name, arn, 0, 5, 0, (), room, name == "guarded"))
        protection = "ENABLED" if name == "guarded" else "DISABLED"
        self.town.call(
            "CreateCapacityProvider",
            name=name,
            autoScalingGroupProvider={
                "autoScalingGroupArn": arn,
                "managedScaling": {"status": "ENABLED"},
                "managedTerminationProtection": protection,
            },
        )

    @property
    def cluster(self) -> Cluster:
        """The one cluster."""
        return self.town.ecs.state.clusters["shop"]

    def do(self, what: str, *details: Any, **request: Any) -> Any:
        """Do one of the things below, and note it in the script."""
        self.script.append((what, details, request))
        action: Callable[..., Any] = getattr(self, what)
        return action(*details, **request)

    def history(self) -> list[object]:
        """All that happened."""
        return list(self.town.ecs.state.history)

    def told_again(self) -> Stage:
        """A new stage on which the same has been done."""
        again = Stage()
        for what, details, request in self.script:
            again.do(what, *details, **request)
        return again

    # What can be done

    def call(self, operation: str, **request: Any) -> EcsError | None:
        """A call to the API; gives its refusal."""
        try:
            self.town.call(operation, **request)
        except EcsError as error:
            return error
        return None

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.town.clock.advance(seconds)

    def settle(self) -> None:
        """Time passes until nothing more happens by itself."""
        self.town.clock.settle(3600.0)

    def register(self, zone: str, memory: int) -> None:
        """An instance of no group registers."""
        self.town.instance(zone, memory=memory)

    def connect(self, arn: str) -> None:
        """An agent answers again."""
        self.town.ecs.agent_connected(arn)

    def disconnect(self, arn: str) -> None:
        """An agent does not answer any more."""
        self.town.ecs.agent_disconnected(arn)

    def lose(self, arn: str, how: str) -> None:
        """An EC2 instance is stopped or terminated; its group, if it has one, replaces it."""
        instance = self.instance(arn)
        if how == "terminated":
            for group in self.around.guarded.groups.values():
                left = tuple(
                    each for each in group.instance_ids if each != instance.ec2_instance_id
                )
                self.around.guarded.put(replace(group, instance_ids=left))
        self.town.ecs.instance_lost(arn, how)

    def instance(self, arn: str) -> ContainerInstance:
        """The container instance of that ARN."""
        return self.cluster.container_instances[arn.rpartition("/")[2]]

    def reconcile_groups(self) -> None:
        """The groups' new instances register, and ECS learns of those that were let go."""
        members = {each.ec2_instance_id: each for each in self.cluster.container_instances.values()}
        groups = self.around.guarded.groups
        there = {each for group in groups.values() for each in group.instance_ids}
        for ec2_id, instance in members.items():
            if ec2_id.startswith("i-group") and ec2_id not in there:
                self.town.ecs.instance_lost(instance.arn, "terminated")
        for arn, group in list(groups.items()):
            for _ in range(group.desired - len(group.instance_ids)):
                self._launched += 1
                ec2_id = f"i-group{self._launched:04d}"
                now = groups[arn]
                self.around.guarded.put(replace(now, instance_ids=(*now.instance_ids, ec2_id)))
                self.town.instance("abc"[self._launched % 3], ec2_id=ec2_id)

    def health(self, group: str, state: str) -> None:
        """The targets of a group become healthy, or not."""
        bad = TargetHealth(state, "Target.FailedHealthChecks", "Health checks failed")
        self.around.set_health(group, HEALTHY if state == "healthy" else bad)

    def check(self, passes: bool) -> None:
        """The health checks of containers pass from now on, or fail."""
        self.around.failing_checks = set() if passes else {"web"}

    def hooks(self, answer: str) -> None:
        """Hooks give this answer from now on."""
        self.around.says = answer

    def alarm(self, ringing: bool) -> None:
        """The alarm rings, or not."""
        self.around.ringing = {"high"} if ringing else set()

    def spot(self, count: int) -> None:
        """AWS takes Fargate Spot capacity back."""
        self.town.ecs.interrupt_spot(count, 120.0)
