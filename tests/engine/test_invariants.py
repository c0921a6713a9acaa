"""Whatever is asked of ECS and however time passes, its books balance (a state machine)."""

from __future__ import annotations

import os
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from town import Town

from ecs_lab.engine.ecs import Ecs
from ecs_lab.engine.errors import EcsError
from ecs_lab.engine.model import Cluster, Service, Task
from ecs_lab.engine.protection import protected
from ecs_lab.engine.rolling import upper_bound

# `ECS_LAB_STORIES=5000 pytest tests/engine/test_invariants.py` tells that many stories.
EXAMPLES = int(os.environ.get("ECS_LAB_STORIES", "0"))
FAMILIES = ("web", "port", "fargate", "crash", "unknown")
SERVICES = ("one", "two")
KINDS: dict[str, dict[str, Any]] = {
    "replica": {},
    "breaker": {
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    },
    "daemon": {"schedulingStrategy": "DAEMON", "desiredCount": None},
    "spot": {
        "launchType": None,
        "capacityProviderStrategy": [
            {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
            {"capacityProvider": "FARGATE_SPOT", "weight": 1},
        ],
    },
    "external": {
        "deploymentController": {"type": "EXTERNAL"},
        "taskDefinition": None,
        "launchType": None,
        "networkConfiguration": None,
        "deploymentConfiguration": None,
    },
}
"""What makes services of different kinds; the bounds come on top."""
LEGAL = {
    "PROVISIONING": {"PENDING", "STOPPING", "STOPPED"},
    "PENDING": {"ACTIVATING", "STOPPING", "STOPPED"},
    "ACTIVATING": {"RUNNING", "STOPPING", "STOPPED"},
    "RUNNING": {"DEACTIVATING", "STOPPED"},
    "DEACTIVATING": {"STOPPING", "STOPPED"},
    "STOPPING": {"DEPROVISIONING", "STOPPED"},
    "DEPROVISIONING": {"STOPPED"},
    "STOPPED": set(),
}
VPC = {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"]}}


def launch(family: str) -> dict[str, Any]:
    """What a request needs to launch the family."""
    if family != "fargate":
        return {"launchType": "EC2"}
    return {"launchType": "FARGATE", "networkConfiguration": VPC}


def rolls(service: Service) -> bool:
    """Whether the service replaces its tasks by rolling updates within bounds."""
    controller = (service.request.get("deploymentController") or {}).get("type", "ECS")
    return controller == "ECS" and service.request.get("schedulingStrategy") != "DAEMON"


def books(ecs: Ecs) -> object:
    """Everything that a refused call must leave alone."""
    cluster = ecs.state.clusters["shop"]
    return (
        ecs.clock.now,
        len(ecs.state.history),
        [(t.id, t.last_status, t.desired_status) for t in cluster.tasks.values()],
        [
            (s.name, s.status, s.desired_count, len(s.deployments))
            for s in cluster.services.values()
        ],
        [(i.id, i.status, i.free_cpu, i.free_memory) for i in cluster.container_instances.values()],
    )


class EcsMachine(RuleBasedStateMachine):
    """Legal and illegal commands in any order, with time passing between them."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.town.define("web")
        self.town.define(
            "port", container={"portMappings": [{"containerPort": 80, "hostPort": 80}]}
        )
        self.town.define_fargate("fargate")
        self.town.define("crash", container={"command": ["sh", "-c", "exit 3"]})
        self.town.call(
            "PutClusterCapacityProviders",
            cluster="shop",
            capacityProviders=["FARGATE", "FARGATE_SPOT"],
            defaultCapacityProviderStrategy=[],
        )
        self.read = 0
        self.states: dict[str, str] = {}

    def try_(self, operation: str, **request: Any) -> None:
        """Call, and see that a refusal changed nothing."""
        self.try_without_cluster(operation, cluster="shop", **request)

    def try_without_cluster(self, operation: str, **request: Any) -> None:
        """The same for a call that names no cluster."""
        before = books(self.town.ecs)
        try:
            self.town.call(operation, **request)
        except EcsError:
            assert books(self.town.ecs) == before

    @property
    def cluster(self) -> Cluster:
        """The one cluster."""
        return self.town.ecs.state.clusters["shop"]

    @rule(zone=st.sampled_from("abc"), memory=st.integers(100, 2000))
    def register_instance(self, zone: str, memory: int) -> None:
        """An agent registers."""
        self.town.instance(zone, memory=memory)

    @rule(family=st.sampled_from(FAMILIES), count=st.integers(0, 12))
    def run_task(self, family: str, count: int) -> None:
        """RunTask, with counts that are too small and too large as well."""
        self.try_("RunTask", taskDefinition=family, count=count, **launch(family))

    @rule(
        name=st.sampled_from(SERVICES),
        family=st.sampled_from(FAMILIES),
        count=st.integers(-1, 9),
        least=st.integers(0, 100),
        most=st.integers(90, 200),
        kind=st.sampled_from(["replica", *KINDS]),
    )
    def create_service(
        self, name: str, family: str, count: int, least: int, most: int, kind: str
    ) -> None:
        """CreateService of any kind, also twice, also with bounds that AWS refuses."""
        bounds = {"minimumHealthyPercent": least, "maximumPercent": most}
        request = {
            "taskDefinition": family,
            "desiredCount": count,
            **launch(family),
            **KINDS[kind],
        }
        if kind in ("replica", "breaker", "spot"):
            request["deploymentConfiguration"] = {
                **bounds,
                **KINDS[kind].get("deploymentConfiguration", {}),
            }
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
            arn = record.arn
            self.try_without_cluster(
                "StopServiceDeployment", serviceDeploymentArn=arn, stopType=kind
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

    @precondition(lambda self: self.cluster.container_instances)
    @rule(
        data=st.data(),
        what=st.sampled_from(["drain", "activate", "force", "lose", "stop", "start"]),
    )
    def upset_instance(self, data: st.DataObject, what: str) -> None:
        """Drain, deregister, lose, stop or start a container instance."""
        ids = sorted(self.cluster.container_instances)
        instance = self.cluster.container_instances[data.draw(st.sampled_from(ids))]
        if what in ("drain", "activate"):
            status = "DRAINING" if what == "drain" else "ACTIVE"
            self.try_(
                "UpdateContainerInstancesState", containerInstances=[instance.arn], status=status
            )
        elif what == "force":
            self.try_("DeregisterContainerInstance", containerInstance=instance.arn, force=True)
        elif what == "start":
            self.town.ecs.agent_connected(instance.arn)
        else:
            how = "terminated" if what == "lose" else "stopped"
            self.town.ecs.instance_lost(instance.arn, how)

    @rule(seconds=st.integers(0, 90))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.town.clock.advance(seconds)

    @invariant()
    def no_instance_is_over_committed(self) -> None:
        """What tasks hold is what the instance has given, and never more than it has."""
        for instance in self.cluster.container_instances.values():
            needs = [task.definition.needs for task in instance.tasks.values()]
            assert instance.used_cpu == sum(each.cpu_units for each in needs) <= instance.cpu_units
            assert instance.used_memory == sum(each.memory_mib for each in needs)
            assert instance.free_memory >= 0
            fixed = [port for each in needs for port in each.tcp_ports]
            assert len(fixed) == len(set(fixed))
            assert instance.used_tcp == set(fixed)

    @invariant()
    def every_interface_belongs_to_a_living_task(self) -> None:
        """A stopped task's network interface is gone; a started one's is there."""
        attached = self.town.ecs.state.surroundings.interfaces  # type: ignore[attr-defined] # Anywhere's
        living = [t for t in self.cluster.tasks.values() if t.last_status != "STOPPED"]
        assert set(attached) == {t.interface.eni_id for t in living if t.interface is not None}

    @invariant()
    def counts_are_what_the_lists_show(self) -> None:
        """The cluster's counts agree with its tasks."""
        to_run = [t for t in self.cluster.tasks.values() if not t.stopping]
        running = [t for t in to_run if t.last_status == "RUNNING"]
        assert self.cluster.running_tasks == len(running)
        assert self.cluster.pending_tasks == len(to_run) - len(running)

    @invariant()
    def services_stay_below_their_upper_bound(self) -> None:
        """Never more starting or running than the deployment allows, unless scaled in just now."""
        for service in self.cluster.services.values():
            if service.status == "ACTIVE" and service.next_look is None and rolls(service):
                assert self._to_run(service) <= upper_bound(service)

    def _to_run(self, service: Service) -> int:
        """The starting and running tasks, but for those that may not be stopped."""
        state = self.town.ecs.state
        tasks = [each for each in service.tasks.values() if not each.stopping]
        return sum(1 for each in tasks if not protected(state, each))

    @invariant()
    def daemon_has_one_task_an_instance(self) -> None:
        """Never two that start or run on the same instance."""
        for service in self.cluster.services.values():
            if service.request.get("schedulingStrategy") == "DAEMON":
                tasks = [each for each in service.tasks.values() if not each.stopping]
                hosts = [each.container_instance for each in tasks]
                assert None not in hosts
                assert len(hosts) == len(set(hosts))

    @invariant()
    def tasks_move_only_by_legal_steps(self) -> None:
        """Each line of a task's history follows from the one before."""
        history = self.town.ecs.state.history
        for line in history[self.read :]:
            if line.kind != "task":
                continue
            before, arrow, after = line.what.partition(" -> ")
            if arrow:
                assert self.states[line.subject] == before
                assert after in LEGAL[before]
            self.states[line.subject] = after or before
        self.read = len(history)
        for task in self.cluster.tasks.values():
            self._check(task)

    def _check(self, task: Task) -> None:
        assert self.states[task.arn] == task.last_status
        assert task.stopping == (task.desired_status == "STOPPED")
        if task.last_status == "STOPPED":
            assert task.stopped_reason
            assert all(each.last_status == "STOPPED" for each in task.containers)

    def teardown(self) -> None:
        """Left alone, everything comes to rest."""
        self.town.clock.settle(7200)
        assert self.town.clock.pending == 0


TestEcs = EcsMachine.TestCase
TestEcs.settings = settings(
    max_examples=EXAMPLES or 150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_same_seed_gives_the_same_history() -> None:
    """Two engines of one seed that are asked the same do the same, ids and all."""

    def story(seed: int) -> list[object]:
        town = Town(seed)
        town.define_fargate()
        town.service(desired=3, launchType="FARGATE")
        town.clock.settle(600)
        town.call("StopTask", cluster="shop", task=town.tasks()[0]["taskArn"])
        town.clock.settle(600)
        return list(town.ecs.state.history)

    assert story(1) == story(1)
    assert story(1) != story(2)
