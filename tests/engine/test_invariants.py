"""Whatever is asked of ECS and however time passes, its books balance (a state machine)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant
from story_commands import Commands
from town import Town

from ecs_lab.engine.deployments import ENDED
from ecs_lab.engine.external import in_task_sets
from ecs_lab.engine.model import Service, Task
from ecs_lab.engine.protection import protected
from ecs_lab.engine.rolling import lower_bound, upper_bound
from ecs_lab.engine.scheduler import kind_of
from ecs_lab.engine.service_tasks import healthy, to_run
from ecs_lab.engine.state import State

# `ECS_LAB_STORIES=5000 pytest tests/engine/test_invariants.py` tells that many stories.
EXAMPLES = int(os.environ.get("ECS_LAB_STORIES", "0"))
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


def watch_lower_bound(state: State, kind: str, thing: object, event_name: str) -> None:
    """No healthy task is stopped for a deployment or for scaling in below the lower bound."""
    if not isinstance(thing, Task) or thing.service is None or kind != "task":
        return
    service, scaling = thing.service, "Scaling activity"
    chosen = thing.last_status == "DEACTIVATING" and (thing.stopped_reason or "").startswith(
        scaling
    )
    if not chosen or service.status != "ACTIVE" or kind_of(service) != "ROLLING":
        return
    if not _was_healthy(state, thing):
        return
    left = [each for each in to_run(service.tasks.values()) if healthy(state, each)]
    assert len(left) >= lower_bound(service)


def _was_healthy(state: State, task: Task) -> bool:
    """Whether the task counted as healthy when it was told to stop, so far as can be told still."""
    if any("healthCheck" in each.definition for each in task.containers):
        return task.health_status == "HEALTHY"
    if task.deployment is not None and task.deployment.load_balancers:
        return False  # its targets are gone already
    since_s = task.started_at_s
    return since_s is not None and state.clock.now >= since_s + state.durations["task.healthy"]


class EcsMachine(Commands):
    """What holds after each command."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0
        self.states: dict[str, str] = {}
        self.stage.town.ecs.state.observers.append(watch_lower_bound)

    @property
    def state(self) -> State:
        """The engine's state."""
        return self.stage.town.ecs.state

    @invariant()
    def no_instance_is_over_committed(self) -> None:
        """What tasks hold is what the instance has given, and never more than it has."""
        for instance in self.cluster.container_instances.values():
            needs = [task.definition.needs for task in instance.tasks.values()]
            assert instance.used_cpu == sum(each.cpu_units for each in needs) <= instance.cpu_units
            assert instance.used_memory == sum(each.memory_mib for each in needs)
            assert instance.free_memory >= 0
            slots = sum(each.network_interfaces for each in needs)
            assert instance.used_interfaces == slots <= instance.interface_slots
            assert instance.dynamic_tcp == sum(each.dynamic_tcp for each in needs)

    @invariant()
    def every_port_belongs_to_one_task(self) -> None:
        """The ports in use are those that the tasks of an instance have, and no two the same."""
        for instance in self.cluster.container_instances.values():
            tasks = list(instance.tasks.values())
            ports = [port for task in tasks for port in task.definition.needs.tcp_ports]
            ports += [
                binding["hostPort"]
                for task in tasks
                for container in task.containers
                for binding in container.network_bindings
                if binding["hostPort"] not in task.definition.needs.tcp_ports
            ]
            assert len(ports) == len(set(ports))
            assert instance.used_tcp == set(ports)

    @invariant()
    def every_interface_and_target_belongs_to_a_living_task(self) -> None:
        """A stopped task's network interface and targets are gone; a running one's are there."""
        around, tasks = self.stage.around, self.cluster.tasks.values()
        living = [each for each in tasks if each.last_status != "STOPPED"]
        assert set(around.interfaces) == {t.interface.eni_id for t in living if t.interface}
        assert set(around.targets) == {target for task in living for target in task.targets}
        for task in living:
            if task.last_status == "RUNNING" and task.deployment is not None:
                assert len(task.targets) == len(task.deployment.load_balancers)

    @invariant()
    def counts_are_what_the_lists_show(self) -> None:
        """Each count that the API shows agrees with the tasks that it lists."""
        call = self.stage.town.call
        shown = call("DescribeClusters", clusters=["shop"])["clusters"][0]
        listed = call("ListTasks", cluster="shop")["taskArns"]
        tasks = to_run(self.cluster.tasks.values())
        running = [each for each in tasks if each.last_status == "RUNNING"]
        assert listed == [each.arn for each in tasks][:100]
        assert shown["runningTasksCount"] == len(running)
        assert shown["pendingTasksCount"] == len(tasks) - len(running)
        assert shown["registeredContainerInstancesCount"] == len(self.cluster.container_instances)
        for service in self.cluster.services.values():
            self._check_service(service)

    def _check_service(self, service: Service) -> None:
        call = self.stage.town.call
        answer = call("DescribeServices", cluster="shop", services=[service.name])["services"][0]
        listed = call("ListTasks", cluster="shop", serviceName=service.name)["taskArns"]
        assert answer["runningCount"] + answer["pendingCount"] == len(listed)
        assert set(service.tasks) == {
            each.id
            for each in self.cluster.tasks.values()
            if each.service is service and each.last_status != "STOPPED"
        }
        parts = service.task_sets if in_task_sets(service) else service.deployments
        # Of a rolling deployment that is retired, tasks may still be stopping.
        assert sum(len(to_run(each.tasks.values())) for each in parts) == len(listed)
        if service.status == "INACTIVE":
            assert not service.tasks
            assert all(each.status in ENDED for each in service.records)

    @invariant()
    def services_stay_below_their_upper_bound(self) -> None:
        """Never more starting or running than the deployment allows, unless scaled in just now."""
        for service in self.cluster.services.values():
            if service.status != "ACTIVE" or service.next_look is not None:
                continue
            if kind_of(service) == "ROLLING":
                assert self._to_run(list(service.tasks.values())) <= upper_bound(service)
            elif kind_of(service) == "BLUE_GREEN":
                idle = len(service.deployments) == 1 and service.primary.record.status in ENDED
                most = upper_bound(service) if idle else service.desired_count
                for each in service.deployments:
                    assert self._to_run(list(each.tasks.values())) <= most

    def _to_run(self, tasks: list[Task]) -> int:
        """The starting and running tasks, but for those that may not be stopped."""
        return sum(1 for each in to_run(tasks) if not protected(self.state, each))

    @invariant()
    def daemon_has_one_task_an_instance(self) -> None:
        """Never two that start or run on the same instance."""
        for service in self.cluster.services.values():
            if service.request.get("schedulingStrategy") == "DAEMON":
                hosts = [each.container_instance for each in to_run(service.tasks.values())]
                assert None not in hosts
                assert len(hosts) == len(set(hosts))

    @invariant()
    def deployments_are_told_apart(self) -> None:
        """A service has one primary deployment, and a record of each that says how it ended."""
        for service in self.cluster.services.values():
            statuses = [each.status for each in service.deployments]
            if not in_task_sets(service):
                assert statuses.count("PRIMARY") == 1
                assert statuses[0] == "PRIMARY"
            for record in service.records:
                assert (record.finished_at_s is not None) == (record.status in ENDED)
                assert record.status in ENDED or record is service.records[0]

    @invariant()
    def all_traffic_goes_to_somebody(self) -> None:
        """Shares of production traffic are 100 in sum; a listener rule's weights are not all 0."""
        for service in self.cluster.services.values():
            shares = [each.production_percent for each in service.deployments]
            if service.status == "ACTIVE" and any(shares):
                assert abs(sum(shares) - 100) < 1e-6, shares
        for weights in self.stage.around.traffic.values():
            assert any(weights.values())

    @invariant()
    def waiting_tasks_wait(self) -> None:
        """Tasks that wait for capacity are in PROVISIONING, and nowhere; all others are placed."""
        for task in self.cluster.tasks.values():
            if task.launch_type == "EC2" and not task.stopping:
                waits = task.waits_with is not None
                assert waits == (task.container_instance is None)
                assert waits == (task.id in self.cluster.waiting)
                assert not waits or task.last_status == "PROVISIONING"

    @invariant()
    def tasks_move_only_by_legal_steps(self) -> None:
        """Each line of a task's history follows from the one before."""
        history = self.state.history
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
        """Services that are deleted leave nothing behind, and all comes to rest; told again, the
        story is the same.
        """
        for instance in list(self.cluster.container_instances.values()):
            self.stage.do("connect", instance.arn)
        for name in self.cluster.services:
            self.stage.do("call", "DeleteService", cluster="shop", service=name, force=True)
        for _ in range(3):
            self.stage.do("settle")
            self.stage.do("reconcile_groups")
        assert self.stage.town.clock.pending == 0
        assert all(each.status == "INACTIVE" for each in self.cluster.services.values())
        assert self.stage.told_again().history() == self.stage.history()


TestEcs = EcsMachine.TestCase
TestEcs.settings = settings(
    max_examples=EXAMPLES or 100,
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
