"""The right answers of generated questions, had from the engine: each is played or decided there.

A key takes a draft (its facts, and the values of its choices) and gives the value that is right.
None of them knows the generator's own sums.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from town import Town

from ecs_lab.aws.traffic import conditions
from ecs_lab.engine import (
    capacity_scaling,
    capacity_strategy,
    circuit_breaker,
    network_interfaces,
    rolling,
    service_scaling,
)
from ecs_lab.engine.errors import EcsError
from ecs_lab.iam.document import read
from ecs_lab.iam.evaluation import Policies, Request, evaluate
from ecs_lab.iam.principals import Principal
from ecs_lab.runtime.messages import Request as HttpRequest

if TYPE_CHECKING:
    from ecs_lab.quiz.generators.making import Draft

ZONE = "attribute:ecs.availability-zone"
LATER_S = 600


def fargate_size(draft: Draft) -> Any:
    """Register each size that is offered; of those accepted that hold the task, the smallest."""
    town, facts = Town(), draft.facts
    accepted = []
    for cpu, memory in (choice.value for choice in [draft.right, *draft.wrong]):
        try:
            town.define(container={"cpu": 0}, requiresCompatibilities=["FARGATE"],
                        networkMode="awsvpc", cpu=str(cpu), memory=str(memory))  # fmt: skip
        except EcsError:
            continue
        if cpu >= facts["cpu"] and memory >= facts["memory"]:
            accepted.append((cpu, memory))
    return min(accepted)


def tasks_per_instance(draft: Draft) -> Any:
    """Run tasks until one does not fit."""
    town, facts = Town(), draft.facts
    town.instance(cpu=facts["cpu"], memory=facts["memory"])
    town.define(container={"cpu": facts["task_cpu"], "memory": facts["task_memory"]})
    count = 0
    while town.call("RunTask", cluster="shop", taskDefinition="web")["tasks"]:
        count += 1
    return count


def fargate_cost(draft: Draft) -> Any:
    """Bill every second of every task, in fractions."""
    facts = draft.facts
    second = (
        Fraction(facts["vcpus"]) * Fraction(facts["per_vcpu"])
        + Fraction(facts["gigabytes"]) * Fraction(facts["per_gb"])
    ) / 3600
    total = sum(second * facts["hours"] * 3600 for _ in range(facts["tasks"]))
    exact = Decimal(total.numerator) / Decimal(total.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def binpack_placement(draft: Draft) -> Any:
    """Register the instances, run the task, and look where it is."""
    town, facts = Town(), draft.facts
    names = {
        town.instance(zone=each["zone"], cpu=each["cpu"], memory=each["memory"]): name
        for name, each in facts["free"].items()
    }
    town.define(container=facts["need"])
    asked: dict[str, Any] = {"placementStrategy": [{"type": "binpack", "field": facts["field"]}]}
    if facts["zone"]:
        expression = f"{ZONE} == us-east-1{facts['zone']}"
        asked["placementConstraints"] = [{"type": "memberOf", "expression": expression}]
    tasks = town.call("RunTask", cluster="shop", taskDefinition="web", **asked)["tasks"]
    return names[tasks[0]["containerInstanceArn"]] if tasks else "none"


def port_conflict(draft: Draft) -> Any:
    """Take the port on some instances, create the service, and count."""
    town, facts = Town(), draft.facts
    for _ in range(facts["instances"]):
        town.instance(cpu=8192, memory=16384)
    town.define(container={"portMappings": [{"containerPort": 80, "hostPort": 8080}]})
    town.service("other", desired=facts["taken"])
    town.clock.advance(LATER_S)
    town.service("web", desired=facts["desired"])
    town.clock.advance(LATER_S)
    return town.described()["runningCount"]


def eni_density(draft: Draft) -> Any:
    """Register instances with as many slots as their interfaces leave, and count what runs."""
    town, facts = Town(), draft.facts
    for number in range(facts["instances"]):
        slots = network_interfaces.task_slots(facts["interfaces"])
        town.instance("abc"[number % 3], cpu=32768, memory=65536, slots=slots)
    town.define(networkMode="awsvpc")
    network = {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b", "subnet-c"]}}
    town.service(desired=facts["desired"], networkConfiguration=network)
    town.clock.advance(LATER_S)
    return town.described()["runningCount"]


def daemon_count(draft: Draft) -> Any:
    """Create the DAEMON service, and count."""
    town, facts = Town(), draft.facts
    zones = "a" * facts["in_a"] + "b" * (facts["active"] - facts["in_a"])
    for zone in zones:
        town.instance(zone)
    away = [town.instance("a") for _ in range(facts["draining"])]
    town.call("UpdateContainerInstancesState", cluster="shop", containerInstances=away,
              status="DRAINING")  # fmt: skip
    town.define()
    asked: dict[str, Any] = {"schedulingStrategy": "DAEMON", "launchType": "EC2"}
    if facts["constrained"]:
        expression = f"{ZONE} == us-east-1a"
        asked["placementConstraints"] = [{"type": "memberOf", "expression": expression}]
    town.call("CreateService", cluster="shop", serviceName="web", taskDefinition="web", **asked)
    town.clock.advance(LATER_S)
    return town.described()["runningCount"]


def _zones(town: Town) -> list[str]:
    return [task["availabilityZone"][-1] for task in town.tasks(serviceName="web")]


def _lopsided(town: Town, counts: dict[str, int], balancing: str) -> None:
    """A service whose tasks stand so, because no zone had room for more."""
    for zone, count in counts.items():
        for _ in range(count):
            town.instance(zone, cpu=128, memory=256)
    town.define()
    town.service(
        desired=sum(counts.values()),
        placementStrategy=[{"type": "spread", "field": ZONE}],
        availabilityZoneRebalancing=balancing,
    )
    town.clock.advance(LATER_S)
    assert {zone: _zones(town).count(zone) for zone in counts} == counts


def scale_in_zone(draft: Draft) -> Any:
    """Lower the desired count by one, and see in which zone a task is missing."""
    town, counts = Town(), dict(draft.facts["counts"])
    _lopsided(town, counts, "DISABLED")
    town.call("UpdateService", cluster="shop", service="web", desiredCount=sum(counts.values()) - 1)
    town.clock.advance(LATER_S)
    left = _zones(town)
    (zone,) = [zone for zone, count in counts.items() if left.count(zone) < count]
    return zone


def rolling_bounds(draft: Draft) -> Any:
    """Create the service, and ask the scheduler for its bounds."""
    town, facts = Town(), draft.facts
    town.define()
    town.service(desired=facts["desired"], deploymentConfiguration={
        "minimumHealthyPercent": facts["low"], "maximumPercent": facts["high"]})  # fmt: skip
    (service,) = town.ecs.state.clusters["shop"].services.values()
    return rolling.lower_bound(service), rolling.upper_bound(service)


def breaker_threshold(draft: Draft) -> Any:
    """Ask the circuit breaker."""
    return circuit_breaker.threshold(draft.facts["desired"])


def zone_balance(draft: Draft) -> Any:
    """Let each spread come about, give every zone room, and see in which ECS rebalances."""
    acted = []
    for spread in draft.facts["spreads"]:
        town = Town()
        _lopsided(town, dict(zip("abc", spread, strict=True)), "ENABLED")
        for zone in "abc":
            town.instance(zone, cpu=8192, memory=16384)
        town.clock.advance(2 * 3600)
        if any("is not AZ balanced" in message for message in town.messages()):
            acted.append(spread)
    (only,) = acted
    return only


def capacity_split(draft: Draft) -> Any:
    """Let the strategy choose a provider for one task after another."""
    facts = draft.facts
    strategy = [
        {"capacityProvider": "FARGATE", "base": facts["base"], "weight": facts["weight"]},
        {"capacityProvider": "FARGATE_SPOT", "weight": facts["spot_weight"]},
    ]
    chosen = capacity_strategy.split(strategy, {}, facts["count"])
    return chosen.count("FARGATE"), chosen.count("FARGATE_SPOT")


def provider_reservation(draft: Draft) -> Any:
    """Ask managed scaling for its metric."""
    return round(capacity_scaling.reservation(draft.facts["needed"], draft.facts["running"]), 6)


def step_scaling(draft: Draft) -> Any:
    """Let the policy step, within the scalable target."""
    facts = draft.facts
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": facts["width"],
         "ScalingAdjustment": facts["first"]},
        {"MetricIntervalLowerBound": facts["width"], "ScalingAdjustment": facts["second"]},
    ]  # fmt: skip
    policy = {"AdjustmentType": "PercentChangeInCapacity", "StepAdjustments": steps}
    return min(facts["most"], service_scaling.stepped(facts["current"], policy, facts["beyond"]))


def policy_evaluation(draft: Draft) -> Any:
    """Write the policies as documents, and evaluate the request."""
    facts = draft.facts
    statements = [{"Effect": "Allow", "Action": facts["allow"], "Resource": "*"}]
    if facts["deny"]:
        statements.append({"Effect": "Deny", "Action": facts["deny"], "Resource": "*"})
    policies = Policies(
        identity=(_policy(statements),),
        boundary=_policy([{"Effect": "Allow", "Action": facts["boundary"], "Resource": "*"}])
        if facts["boundary"]
        else None,
    )
    role = Principal("arn:aws:iam::123456789012:role/app", "123456789012")
    decision = evaluate(Request(role, facts["action"]), policies)
    if decision.allowed or decision.explicit:
        return "allowed" if decision.allowed else "deny"
    return "boundary" if "boundary" in decision.kind else "missing"


def _policy(statements: list[dict[str, Any]]) -> Any:
    return read(json.dumps({"Version": "2012-10-17", "Statement": statements}))


def efs_rights(draft: Draft) -> Any:
    """Write the policies as documents, and ask for one action after the other."""
    facts, role = draft.facts, "arn:aws:iam::123456789012:role/app"
    statements = [_client("arn:aws:iam::123456789012:role/admin", ["Client*"])]
    if facts["given"]:
        statements.append(_client(role, facts["given"]))
    own = {**_client("", facts["own"]), "Resource": "*"}
    del own["Principal"]
    named = facts["iam"] == "ENABLED"
    who = Principal(role, "123456789012") if named else Principal("an anonymous client")
    policies = Policies(
        identity=(_policy([own]),) if named and facts["own"] else (), resource=_policy(statements)
    )

    def may(action: str) -> bool:
        return evaluate(Request(who, f"elasticfilesystem:{action}"), policies).allowed

    if not may("ClientMount"):
        return "refused"
    if not may("ClientWrite"):
        return "read"
    return "root" if may("ClientRootAccess") else "limited"


def _client(principal: str, actions: list[str]) -> dict[str, Any]:
    """A statement of a file system policy."""
    named = [f"elasticfilesystem:{action}" for action in actions]
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": named}


def request_path(draft: Draft) -> Any:
    """Hold the request against each rule, as the load balancer does."""
    facts = draft.facts
    request = HttpRequest(path=facts["path"], headers={"host": facts["host"]})
    for rule in sorted(facts["rules"], key=lambda each: int(each["priority"])):
        asked = [{"Field": "path-pattern", "Values": [rule["path"]]}]
        if rule["host"]:
            asked.append({"Field": "host-header", "Values": [rule["host"]]})
        if conditions.all_hold(asked, request):
            return rule["group"]
    return facts["default"]


KEYS: dict[str, Callable[[Draft], Any]] = {
    key.__name__.replace("_", "-"): key
    for key in (
        fargate_size, tasks_per_instance, fargate_cost, binpack_placement, port_conflict,
        eni_density, daemon_count, scale_in_zone, rolling_bounds, breaker_threshold, zone_balance,
        capacity_split, provider_reservation, step_scaling, policy_evaluation, request_path,
        efs_rights,
    )
}  # fmt: skip
"""For each generator what finds the right answer without it."""


def faults(name: str, draft: Draft) -> list[str]:
    """What is wrong with one draft: its key, or options that are the same."""
    said = []
    right = KEYS[name](draft)
    if right != draft.right.value:
        said.append(f"{name}: {draft.stem} The engine says {right}, the key {draft.right.text}")
    texts = {choice.text for choice in (draft.right, *draft.wrong)}
    values = [choice.value for choice in draft.wrong if choice.value == right]
    if len(texts) != 4 or values:
        said.append(f"{name}: {draft.stem} Options that are the same: {sorted(texts)}")
    return said
