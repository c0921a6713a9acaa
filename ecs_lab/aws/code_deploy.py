"""CodeDeploy's blue/green deployments of ECS services, on top of moto's CodeDeploy.

moto keeps applications, deployment groups and deployments; what a deployment does happens here: a
replacement task set, test and production listeners shifted as the deployment configuration says,
the hooks of the AppSpec file between these steps, and the end of the original one. Not done:
ContinueDeployment and StopDeployment (moto has neither), revisions in S3, deployment configurations
of one's own. A rollback here ends the same deployment; on AWS it is one of its own.
No page says what becomes of AfterAllowTestTraffic without a test listener: here it is left out.
Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.codedeploy.models import codedeploy_backends
from moto.elbv2.models import elbv2_backends

from ecs_lab.aws import app_spec
from ecs_lab.aws.app_spec import CannotDeployError
from ecs_lab.aws.code_deploy_hooks import HookRunner
from ecs_lab.engine import external, load_balancing, scheduler
from ecs_lab.engine.api import request_rules
from ecs_lab.engine.errors import EcsError
from ecs_lab.engine.model import Service, TaskSet

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

POLL_S = 15.0
ALARM_PERIOD_S = 60.0
LONGEST_WAIT_S = 3600.0
"""How long CodeDeploy waits for the replacement task set to become healthy.

Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html
"""
SHIFTS = {
    "CodeDeployDefault.ECSAllAtOnce": [(100, 0)],
    "CodeDeployDefault.ECSCanary10Percent5Minutes": [(10, 5), (100, 0)],
    "CodeDeployDefault.ECSCanary10Percent15Minutes": [(10, 15), (100, 0)],
    "CodeDeployDefault.ECSLinear10PercentEvery1Minutes": [(n, 1) for n in range(10, 101, 10)],
    "CodeDeployDefault.ECSLinear10PercentEvery3Minutes": [(n, 3) for n in range(10, 101, 10)],
}
"""By deployment configuration: the replacement's shares of traffic, and the minutes after each.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
"""
ALL_AT_ONCE = "CodeDeployDefault.ECSAllAtOnce"
"""The only deployment configuration behind a Network Load Balancer.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
"""
# moto: gives a deployment group without a configuration this one, which is none of ECS's; AWS
# takes ECSAllAtOnce.
NONE_NAMED = "CodeDeployDefault.OneAtATime"


@dataclass(slots=True)
class Run:
    """One deployment that is going on: moto's record of it, and the two task sets."""

    deployment: Any
    service: Service
    original: TaskSet
    replacement: TaskSet
    groups: dict[str, str]
    shifts: list[tuple[int, int]]
    hooks: dict[str, str]
    waited_s: float = 0.0


class CodeDeploy:
    """CodeDeploy of the lab's Region: carries out deployments to the ECS compute platform."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._seen: set[str] = set()
        self._hooks = HookRunner(world)

    def observe(self) -> None:
        """Begin the deployments that have been created since the last time."""
        state = self.world.ecs.state
        backend = codedeploy_backends[state.account_id][self.world.region]
        _fill_in_defaults(backend)
        for identifier, deployment in backend.deployments.items():
            if identifier not in self._seen:
                self._seen.add(identifier)
                if deployment.application.compute_platform == "ECS":
                    self._begin(deployment)

    def _begin(self, deployment: Any) -> None:
        """Ask the first hook; until then nothing is made, so there is nothing to roll back."""
        deployment.status, deployment.start_time = "InProgress", self._now()
        try:
            hooks = app_spec.read(deployment.revision).hooks
        except CannotDeployError as error:
            self._end(deployment, "Failed", str(error))
            return
        first = "BeforeInstall"
        self._hooks.run(
            deployment, first, hooks.get(first), self._install, self._not_installed, deployment
        )

    def _not_installed(self, deployment: Any, why: str) -> None:
        self._end(deployment, "Failed", why)

    def _install(self, deployment: Any) -> None:
        try:
            run = self._prepared(deployment)
        except (CannotDeployError, EcsError) as error:
            self._end(deployment, "Failed", str(error))
            return
        self._direct(run, "production", 0)
        scheduler.look_soon(self.world.ecs.state, run.service)
        self.world.clock.schedule(POLL_S, self._wait_until_stable, run)

    def _prepared(self, deployment: Any) -> Run:
        """Check everything, and make the replacement task set."""
        state, group = self.world.ecs.state, deployment.deployment_group
        spec = app_spec.read(deployment.revision)
        target = spec.properties
        config = str(deployment.deployment_config_name).replace(NONE_NAMED, ALL_AT_ONCE)
        shifts = SHIFTS.get(config)
        if shifts is None:
            raise CannotDeployError(
                f"The lab has no deployment configuration {deployment.deployment_config_name}: "
                f"use one of {', '.join(SHIFTS)}."
            )
        service = self._service(group)
        original = service.shown
        if not isinstance(original, TaskSet) or len(service.task_sets) > 1:
            raise CannotDeployError("The service already has a deployment going on.")
        groups = self._groups(group, original)
        if config != ALL_AT_ONCE and self._balancer_type(groups["production"]) == "network":
            raise CannotDeployError(
                f"Behind a Network Load Balancer only {ALL_AT_ONCE} is supported, not {config}."
            )
        balancer = target.get("LoadBalancerInfo") or {}
        definition = state.usable_task_definition(target["TaskDefinition"])
        balancers = [
            {
                "targetGroupArn": groups["replacement"],
                "containerName": balancer.get("ContainerName"),
                "containerPort": balancer.get("ContainerPort"),
            }
        ]
        request = {
            "loadBalancers": balancers,
            "networkConfiguration": _network(target) or original.network,
            "externalId": deployment.deployment_id,
            "capacityProviderStrategy": original.revision.request.get("capacityProviderStrategy"),
        }
        request_rules.check_launch(state, definition, service.launch_type, request)
        # The other group gets its place in the listener only when the deployment begins.
        placed = [{**each, "targetGroupArn": groups["original"]} for each in balancers]
        load_balancing.check(state, placed, definition)
        replacement = external.add_task_set(
            state,
            service,
            definition,
            request,
            launch_type=service.launch_type,
            platform_version=original.platform_version,
            scale=100.0,
            tags=[],
            started_by="CODE_DEPLOY",
        )
        return Run(deployment, service, original, replacement, groups, list(shifts), spec.hooks)

    def _service(self, group: Any) -> Service:
        state = self.world.ecs.state
        named = (group.ecs_services or [{}])[0]
        cluster = state.find_cluster(named.get("clusterName"))
        name = str(named.get("serviceName"))
        service = state.find_service(cluster, name) if cluster is not None else None
        if service is None or service.status != "ACTIVE":
            raise CannotDeployError("The ECS service of the deployment group does not exist.")
        if external.controller_of(service.request) != "CODE_DEPLOY":
            raise CannotDeployError(
                "The ECS service's deployment controller must be of type CODE_DEPLOY."
            )
        return service

    def _groups(self, group: Any, original: TaskSet) -> dict[str, str]:
        """ARNs of the two target groups, and of the listeners `production` and perhaps `test`."""
        pairs = group.load_balancer_info.get("targetGroupPairInfoList") or [{}]
        elbv2 = elbv2_backends[self.world.ecs.state.account_id][self.world.region]
        by_name = {each.name: arn for arn, each in elbv2.target_groups.items()}
        arns = [by_name.get(each["name"]) for each in pairs[0].get("targetGroups", [])]
        used = {each.get("targetGroupArn") for each in original.load_balancers}
        free = [each for each in arns if each not in used]
        production = (pairs[0].get("prodTrafficRoute") or {}).get("listenerArns")
        if len(arns) != 2 or len(free) != 1 or not all(arns) or not production:
            raise CannotDeployError(
                "The deployment group needs a pair of target groups, one of them the service's, "
                "and a production listener."
            )
        first = next(str(each) for each in arns if each in used)
        test = (pairs[0].get("testTrafficRoute") or {}).get("listenerArns") or []
        listeners = {"production": production[0], **({"test": test[0]} if test else {})}
        return {"original": first, "replacement": str(free[0]), **listeners}

    def _balancer_type(self, listener_arn: str) -> str:
        elbv2 = elbv2_backends[self.world.ecs.state.account_id][self.world.region]
        balancers = elbv2.load_balancers.values()
        return next((str(each.type) for each in balancers if listener_arn in each.listeners), "")

    def _wait_until_stable(self, run: Run) -> None:
        """Wait for the replacement to be up."""
        if self._turned_back(run):
            return
        if run.replacement.stability != "STEADY_STATE":
            run.waited_s += POLL_S
            if run.waited_s >= LONGEST_WAIT_S:
                self._turn_back(
                    run,
                    "Failed",
                    "The deployment timed out while waiting for the replacement task set to become "
                    "healthy. This time out period is 60 minutes.",
                )
            else:
                self.world.clock.schedule(POLL_S, self._wait_until_stable, run)
            return
        self._after_hook(run, "AfterInstall", self._allow_test_traffic)

    def _after_hook(self, run: Run, event: str, then: Callable[[Run], None]) -> None:
        """Do `then` once the hook of an event, if there is one, has succeeded."""
        function = run.hooks.get(event)
        self._hooks.run(run.deployment, event, function, then, self._hook_failed, run)

    def _hook_failed(self, run: Run, why: str) -> None:
        """End the deployment: with a rollback if one is asked for, or with things as they are."""
        if self._turned_back(run):
            return
        group = run.deployment.deployment_group
        asked = run.deployment.auto_rollback_configuration or group.auto_rollback_configuration
        if asked.get("enabled") and "DEPLOYMENT_FAILURE" in (asked.get("events") or []):
            self._turn_back(run, "Failed", why)
        else:
            self._end(run.deployment, "Failed", why)

    def _allow_test_traffic(self, run: Run) -> None:
        """Shift the test listener, if there is one, and the production listener next."""
        if "test" not in run.groups:
            self._await_permission(run)
            return
        self._direct(run, "test", 100)
        self._after_hook(run, "AfterAllowTestTraffic", self._await_permission)

    def _await_permission(self, run: Run) -> None:
        """Go on at once, or wait for somebody to continue, as the deployment group says."""
        ready = _setting(run, "deploymentReadyOption")
        if ready.get("actionOnTimeout") == "STOP_DEPLOYMENT":
            run.deployment.status = "Ready"
            wait_s = (ready.get("waitTimeInMinutes") or 0) * 60.0
            self._after(run, wait_s, self._not_continued)
        else:
            self._after_hook(run, "BeforeAllowTraffic", self._shift)

    def _not_continued(self, run: Run) -> None:
        """Nobody continued the deployment in time: it stops, and the original goes on."""
        self._turn_back(run, "Stopped", "The deployment was not continued in time.")

    def _shift(self, run: Run) -> None:
        """Give the replacement its next share of production traffic."""
        percent, minutes = run.shifts.pop(0)
        self._direct(run, "production", percent)
        if run.shifts:
            self._after(run, minutes * 60.0, self._shift)
            return
        state = self.world.ecs.state
        external.make_primary(state, run.replacement)
        self._after_hook(run, "AfterAllowTraffic", self._finish)

    def _finish(self, run: Run) -> None:
        """All traffic is where it belongs: the original goes, now or after its waiting time."""
        ending = _setting(run, "terminateBlueInstancesOnDeploymentSuccess")
        if ending.get("action") == "KEEP_ALIVE":
            self._end(run.deployment, "Succeeded")
            return
        run.deployment.instance_termination_wait_time_started = True
        wait_s = (ending.get("terminationWaitTimeInMinutes") or 0) * 60.0
        self._after(run, wait_s, self._terminate_original)

    def _terminate_original(self, run: Run) -> None:
        self._let_go(run, run.original)
        self._end(run.deployment, "Succeeded")

    def _after(self, run: Run, wait_s: float, then: Callable[[Run], None]) -> None:
        """Do `then` after some time, with an eye on the alarms until then."""
        part_s = min(wait_s, ALARM_PERIOD_S)
        self.world.clock.schedule(part_s, self._waited, run, wait_s - part_s, then)

    def _waited(self, run: Run, left_s: float, then: Callable[[Run], None]) -> None:
        if self._turned_back(run):
            return
        if left_s > 0:
            self._after(run, left_s, then)
        else:
            then(run)

    def _turned_back(self, run: Run) -> bool:
        """Whether the deployment cannot go on: the service is gone, or one of its alarms rings."""
        if run.service.status != "ACTIVE":
            self._end(run.deployment, "Failed", "The ECS service is not ACTIVE.")
            return True
        alarms = run.deployment.deployment_group.alarm_configuration
        if not alarms or not alarms.get("enabled"):
            return False
        names = [each["name"] for each in alarms.get("alarms", [])]
        ringing = self.world.ecs.state.surroundings.alarms_ringing(names)
        if ringing:
            self._turn_back(run, "Stopped", f"Alarm {ringing[0]} is in the ALARM state.")
        return bool(ringing)

    def _turn_back(self, run: Run, status: str, why: str) -> None:
        """Give all traffic back to the original task set, and let the replacement go."""
        for route in ("test", "production"):
            if route in run.groups:
                self._direct(run, route, 0)
        if run.original.status != "PRIMARY":
            external.make_primary(self.world.ecs.state, run.original)
        self._let_go(run, run.replacement)
        self._end(run.deployment, status, why)

    def _let_go(self, run: Run, task_set: TaskSet) -> None:
        external.drain(self.world.ecs.state, task_set)
        scheduler.look_soon(self.world.ecs.state, run.service)

    def _direct(self, run: Run, route: str, percent: int) -> None:
        groups = run.groups
        weights = {groups["original"]: 100 - percent, groups["replacement"]: percent}
        state = self.world.ecs.state
        state.surroundings.shift_traffic(groups[route], weights)
        what = f"{route} traffic {percent}%"
        state.note("deployment", run.deployment.deployment_id, run.service.name, what)

    def _end(self, deployment: Any, status: str, why: str = "") -> None:
        deployment.status, deployment.complete_time = status, self._now()
        if why:
            deployment.deployment_status_messages.append(why)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.world.clock.now, UTC).replace(tzinfo=None)


def _network(target: dict[str, Any]) -> dict[str, Any] | None:
    """The AppSpec file's NetworkConfiguration in the form of the ECS API."""
    vpc = (target.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration")
    if not vpc:
        return None
    return {"awsvpcConfiguration": {key[0].lower() + key[1:]: each for key, each in vpc.items()}}


def _setting(run: Run, name: str) -> dict[str, Any]:
    group = run.deployment.deployment_group
    found: dict[str, Any] = group.blue_green_deployment_configuration.get(name) or {}
    return found


def _fill_in_defaults(backend: Any) -> None:
    # moto: shows a deployment group as it was asked for; CodeDeploy fills in the waiting time,
    # which `aws ecs deploy` reads.
    for groups in backend.deployment_groups.values():
        for group in groups.values():
            ready = group.blue_green_deployment_configuration.get("deploymentReadyOption")
            if ready is not None:
                ready.setdefault("waitTimeInMinutes", 0)
