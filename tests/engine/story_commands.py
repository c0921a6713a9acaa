"""What a story of the state machine is made of: legal and illegal commands, mishaps, and time."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from story_stage import BALANCER, FUNCTION, ROLE, SHIFTING, TARGET_GROUPS, Stage
from town import SUBNETS

from ecs_lab.engine.ecs import Ecs
from ecs_lab.engine.model import Cluster

FAMILIES = (
    *("web", "port", "dynamic", "interface", "crash", "job", "checked"),
    *("fargate", "short", "unknown"),
)
AWSVPC = ("interface", "fargate", "short")
SERVICES = ("one", "two")
VPC = {"awsvpcConfiguration": {"subnets": SUBNETS[:2]}}
ON_FARGATE: dict[str, Any] = {"launchType": "FARGATE", "networkConfiguration": VPC}
HOOKS = [
    {
        "hookTargetArn": FUNCTION,
        "roleArn": ROLE,
        "lifecycleStages": ["PRE_SCALE_UP", "POST_PRODUCTION_TRAFFIC_SHIFT"],
    },
    {
        "targetType": "PAUSE",
        "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
        "timeoutConfiguration": {"timeoutInMinutes": 5, "action": "CONTINUE"},
    },
]


def shifting(strategy: str, **more: Any) -> dict[str, Any]:
    """A service that shifts its traffic between two target groups."""
    return {
        **ON_FARGATE,
        "taskDefinition": "fargate",
        "loadBalancers": [SHIFTING],
        "deploymentConfiguration": {"strategy": strategy, "bakeTimeInMinutes": 1, **more},
    }


KINDS: dict[str, dict[str, Any]] = {
    "replica": {},
    "breaker": {
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    },
    "alarmed": {
        "deploymentConfiguration": {
            "alarms": {"enable": True, "rollback": True, "alarmNames": ["high"]}
        }
    },
    "balanced": {**ON_FARGATE, "taskDefinition": "fargate", "loadBalancers": [BALANCER]},
    "daemon": {"schedulingStrategy": "DAEMON", "desiredCount": None},
    "spot": {
        "launchType": None,
        "capacityProviderStrategy": [
            {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
            {"capacityProvider": "FARGATE_SPOT", "weight": 1},
        ],
    },
    "machines": {
        "launchType": None,
        "capacityProviderStrategy": [
            {"capacityProvider": "guarded", "weight": 2},
            {"capacityProvider": "plain", "weight": 1},
        ],
    },
    "external": {
        "deploymentController": {"type": "EXTERNAL"},
        "taskDefinition": None,
        "launchType": None,
        "networkConfiguration": None,
    },
    "green": shifting("BLUE_GREEN", lifecycleHooks=HOOKS),
    "green breaker": shifting(
        "BLUE_GREEN", deploymentCircuitBreaker={"enable": True, "rollback": True}
    ),
    "canary": shifting(
        "CANARY", canaryConfiguration={"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 1}
    ),
    "linear": shifting(
        "LINEAR", linearConfiguration={"stepPercent": 40.0, "stepBakeTimeInMinutes": 1}
    ),
}
"""What makes services of different kinds; the bounds come on top."""
BOUNDED = ("replica", "breaker", "alarmed", "balanced", "spot", "machines")


def launch(family: str) -> dict[str, Any]:
    """What a request needs to launch the family."""
    if family in ("fargate", "short"):
        return ON_FARGATE
    return {"launchType": "EC2", **({"networkConfiguration": VPC} if family in AWSVPC else {})}


def books(ecs: Ecs) -> object:
    """Everything that a refused call must leave alone."""
    cluster = ecs.state.clusters["shop"]
    return (
        ecs.clock.now,
        len(ecs.state.history),
        [(t.id, t.last_status, t.desired_status) for t in cluster.tasks.values()],
        [
            (s.name, s.status, s.desired_count, len(s.deployments), s.request)
            for s in cluster.services.values()
        ],
        [(i.id, i.status, i.free_cpu, i.free_memory) for i in cluster.container_instances.values()],
        [(p.name, p.status, p.settings) for p in ecs.state.capacity_providers.values()],
    )


class Commands(RuleBasedStateMachine):
    """Commands in any order, with time passing between them."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage()

    @property
    def cluster(self) -> Cluster:
        """The one cluster."""
        return self.stage.cluster

    def try_(self, operation: str, **request: Any) -> None:
        """Call, and see that a refusal changed nothing."""
        self.try_without_cluster(operation, cluster="shop", **request)

    def try_without_cluster(self, operation: str, **request: Any) -> None:
        """The same for a call that names no cluster."""
        before = books(self.stage.town.ecs)
        if self.stage.do("call", operation, **request) is not None:
            assert books(self.stage.town.ecs) == before

    @rule(zone=st.sampled_from("abc"), memory=st.integers(100, 2000))
    def register_instance(self, zone: str, memory: int) -> None:
        """An agent registers."""
        self.stage.do("register", zone, memory)

    @rule(
        family=st.sampled_from(FAMILIES),
        count=st.integers(0, 12),
        provider=st.sampled_from(["", "", "guarded", "plain", "FARGATE_SPOT"]),
    )
    def run_task(self, family: str, count: int, provider: str) -> None:
        """RunTask, with counts that are too small and too large as well."""
        request = launch(family)
        if provider:
            request = {
                **{key: each for key, each in request.items() if key != "launchType"},
                "capacityProviderStrategy": [{"capacityProvider": provider, "weight": 1}],
            }
        self.try_("RunTask", taskDefinition=family, count=count, **request)

    @rule(
        name=st.sampled_from(SERVICES),
        family=st.sampled_from(FAMILIES),
        count=st.integers(-1, 9),
        least=st.integers(0, 100),
        most=st.integers(90, 200),
        kind=st.sampled_from(["replica", "green", *KINDS]),
    )
    def create_service(
        self, name: str, family: str, count: int, least: int, most: int, kind: str
    ) -> None:
        """CreateService of any kind, also twice, also with bounds that AWS refuses."""
        request = {"taskDefinition": family, "desiredCount": count, **launch(family), **KINDS[kind]}
        if kind in BOUNDED:
            bounds = {"minimumHealthyPercent": least, "maximumPercent": most}
            own = KINDS[kind].get("deploymentConfiguration", {})
            request["deploymentConfiguration"] = {**bounds, **own}
        given = {key: value for key, value in request.items() if value is not None}
        self.try_("CreateService", serviceName=name, **given)

    @rule(name=st.sampled_from(SERVICES), count=st.integers(0, 9), force=st.booleans())
    def update_service(self, name: str, count: int, force: bool) -> None:
        """UpdateService: another count, a new deployment."""
        self.try_("UpdateService", service=name, desiredCount=count, forceNewDeployment=force)

    @rule(
        name=st.sampled_from(SERVICES),
        family=st.sampled_from(FAMILIES),
        least=st.integers(0, 100),
        most=st.integers(100, 200),
    )
    def deploy(self, name: str, family: str, least: int, most: int) -> None:
        """UpdateService: another task definition, other bounds."""
        bounds = {"minimumHealthyPercent": least, "maximumPercent": most}
        self.try_(
            "UpdateService", service=name, taskDefinition=family, deploymentConfiguration=bounds
        )

    @rule(name=st.sampled_from(SERVICES), kind=st.sampled_from(["ROLLBACK", "ABORT"]))
    def stop_deployment(self, name: str, kind: str) -> None:
        """StopServiceDeployment of the newest one, ended ones too."""
        service = self.cluster.services.get(name)
        for record in service.records[:1] if service else []:
            self.try_without_cluster(
                "StopServiceDeployment", serviceDeploymentArn=record.arn, stopType=kind
            )

    @rule(name=st.sampled_from(SERVICES), action=st.sampled_from(["CONTINUE", "ROLLBACK"]))
    def continue_deployment(self, name: str, action: str) -> None:
        """ContinueServiceDeployment, also of hooks that are no pauses or have ended."""
        service = self.cluster.services.get(name)
        for record in service.records[:1] if service else []:
            for hook in record.hooks[-1:]:
                self.try_without_cluster(
                    "ContinueServiceDeployment",
                    serviceDeploymentArn=record.arn,
                    hookId=hook.id,
                    action=action,
                )

    @rule(
        name=st.sampled_from(SERVICES), family=st.sampled_from(FAMILIES), scale=st.integers(0, 110)
    )
    def create_task_set(self, name: str, family: str, scale: int) -> None:
        """CreateTaskSet, also of services that have other controllers."""
        percent = {"value": scale, "unit": "PERCENT"}
        self.try_(
            "CreateTaskSet", service=name, taskDefinition=family, scale=percent, **launch(family)
        )

    @rule(name=st.sampled_from(SERVICES), scale=st.integers(0, 100), what=st.sampled_from("psd"))
    def change_task_set(self, name: str, scale: int, what: str) -> None:
        """Make the newest task set the primary one, scale it, or delete it."""
        service = self.cluster.services.get(name)
        for each in service.task_sets[-1:] if service else []:
            if what == "p":
                self.try_("UpdateServicePrimaryTaskSet", service=name, primaryTaskSet=each.arn)
            elif what == "s":
                percent = {"value": scale, "unit": "PERCENT"}
                self.try_("UpdateTaskSet", service=name, taskSet=each.arn, scale=percent)
            else:
                self.try_("DeleteTaskSet", service=name, taskSet=each.arn, force=scale > 50)

    @precondition(lambda self: self.cluster.tasks)
    @rule(data=st.data(), enabled=st.booleans(), minutes=st.integers(0, 60))
    def protect(self, data: st.DataObject, enabled: bool, minutes: int) -> None:
        """UpdateTaskProtection of any task, also of those that no service has."""
        task = data.draw(st.sampled_from(sorted(self.cluster.tasks)))
        self.try_(
            "UpdateTaskProtection",
            tasks=[task],
            protectionEnabled=enabled,
            expiresInMinutes=minutes,
        )

    @rule(name=st.sampled_from(SERVICES), force=st.booleans())
    def delete_service(self, name: str, force: bool) -> None:
        """DeleteService, with force and without."""
        self.try_("DeleteService", service=name, force=force)

    @precondition(lambda self: self.cluster.tasks)
    @rule(data=st.data())
    def stop_task(self, data: st.DataObject) -> None:
        """StopTask of any task, stopped ones too."""
        self.try_("StopTask", task=data.draw(st.sampled_from(sorted(self.cluster.tasks))))

    @rule(name=st.sampled_from(["guarded", "plain"]), goal=st.integers(0, 110))
    def update_provider(self, name: str, goal: int) -> None:
        """UpdateCapacityProvider: another target capacity, also one that AWS refuses."""
        changes = {"managedScaling": {"status": "ENABLED", "targetCapacity": goal}}
        self.try_without_cluster(
            "UpdateCapacityProvider", name=name, autoScalingGroupProvider=changes
        )

    @precondition(lambda self: self.cluster.container_instances)
    @rule(
        data=st.data(),
        what=st.sampled_from(["drain", "activate", "force", "lose", "stop", "leave", "return"]),
    )
    def upset_instance(self, data: st.DataObject, what: str) -> None:
        """Drain, deregister, lose or stop a container instance, or let its agent come and go."""
        ids = sorted(self.cluster.container_instances)
        arn = self.cluster.container_instances[data.draw(st.sampled_from(ids))].arn
        if what in ("drain", "activate"):
            status = "DRAINING" if what == "drain" else "ACTIVE"
            self.try_("UpdateContainerInstancesState", containerInstances=[arn], status=status)
        elif what == "force":
            self.try_("DeregisterContainerInstance", containerInstance=arn, force=True)
        elif what in ("leave", "return"):
            self.stage.do("disconnect" if what == "leave" else "connect", arn)
        else:
            self.stage.do("lose", arn, "terminated" if what == "lose" else "stopped")

    @rule()
    def reconcile_groups(self) -> None:
        """Auto Scaling groups have their instances come and go."""
        self.stage.do("reconcile_groups")

    @rule(group=st.sampled_from(TARGET_GROUPS), state=st.sampled_from(["healthy", "unhealthy"]))
    def change_target_health(self, group: str, state: str) -> None:
        """The targets of a group go bad, or well."""
        self.stage.do("health", group, state)

    @rule(passes=st.booleans())
    def change_container_health(self, passes: bool) -> None:
        """Health checks of containers fail, or pass again."""
        self.stage.do("check", passes)

    @rule(answer=st.sampled_from(["SUCCEEDED", "SUCCEEDED", "FAILED", "IN_PROGRESS"]))
    def change_hooks(self, answer: str) -> None:
        """Hooks of deployments give another answer."""
        self.stage.do("hooks", answer)

    @rule(ringing=st.booleans())
    def change_alarm(self, ringing: bool) -> None:
        """The alarm of deployments rings, or not."""
        self.stage.do("alarm", ringing)

    @rule(count=st.integers(1, 3))
    def interrupt_spot(self, count: int) -> None:
        """AWS takes Fargate Spot capacity back."""
        self.stage.do("spot", count)

    @rule(seconds=st.integers(0, 90))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.stage.do("wait", seconds)

    @rule(minutes=st.integers(2, 20))
    def wait_long(self, minutes: int) -> None:
        """Much time passes, minute by minute, in which groups do as they are told."""
        for _ in range(minutes):
            self.stage.do("wait", 60)
            self.stage.do("reconcile_groups")
