"""The whole surface of the ECS API, asked at random: an answer or an error of AWS's, nothing else.

`ECS_LAB_FUZZ=500 pytest tests/aws/test_api_fuzz.py` asks each operation 500 times, in a new order.
"""

from __future__ import annotations

import json
import os
import pickle
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from botocore.model import ServiceModel
from hypothesis import HealthCheck, event, given, settings
from town import VPC, Town

from ecs_lab.aws import ecs_api
from ecs_lab.aws.transport import LOADER
from ecs_lab.engine.auto_scaling_groups import Group
from ecs_lab.engine.capacity_scaling import Room
from ecs_lab.engine.errors import EcsError

if TYPE_CHECKING:
    from ecs_lab.engine.ecs import Ecs

EXAMPLES = int(os.environ.get("ECS_LAB_FUZZ", "0"))
MODEL = ServiceModel(LOADER.load_service_model("ecs", "service-2"), "ecs")
OPERATIONS = sorted(MODEL.operation_names)
INPUTS: dict[str, Any] = {name: MODEL.operation_model(name).input_shape for name in OPERATIONS}
FUZZ = settings(
    max_examples=EXAMPLES or 50,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
DEEPEST = 5


def prepared() -> Town:
    """An engine with one of most things that requests can name."""
    town = Town()
    town.define("web")
    town.define("web")
    town.define("old")
    town.call("DeregisterTaskDefinition", taskDefinition="old:1")
    town.define_fargate("fargate")
    for zone in "ab":
        town.instance(zone, cpu=2048, memory=4096)
    town.service("web")
    town.service("fargate", taskDefinition="fargate", launchType="FARGATE")
    town.service("gone", desired=0)
    town.clock.settle(600)
    town.call("DeleteService", cluster="shop", service="gone")
    town.call("RunTask", cluster="shop", taskDefinition="web")
    town.clock.settle(600)
    stopped = town.call("RunTask", cluster="shop", taskDefinition="web", clientToken="token")
    town.call("StopTask", cluster="shop", task=stopped["tasks"][0]["taskArn"])
    town.clock.advance(30)
    groups: Any = town.ecs.state.surroundings.groups
    groups.put(Group("blue", GROUP, min_size=0, max_size=9, desired=0, instance_ids=(), room=ROOM))
    for operation, request in FURTHER:
        try_(town, operation, request)
    town.clock.settle(600)
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web:1")
    town.clock.advance(10)
    return town


ROOM = Room(1024, 1024, 0, 2)
GROUP = "arn:aws:autoscaling:us-east-1:1:group/blue"
FURTHER: list[tuple[str, dict[str, Any]]] = [
    (
        "CreateService",
        {
            "cluster": "shop",
            "serviceName": "daemon",
            "taskDefinition": "web",
            "schedulingStrategy": "DAEMON",
            "launchType": "EC2",
        },
    ),
    (
        "CreateService",
        {
            "cluster": "shop",
            "serviceName": "external",
            "desiredCount": 2,
            "deploymentController": {"type": "EXTERNAL"},
        },
    ),
    (
        "CreateTaskSet",
        {
            "cluster": "shop",
            "service": "external",
            "taskDefinition": "web",
            "launchType": "EC2",
            "scale": {"value": 50, "unit": "PERCENT"},
        },
    ),
    (
        "CreateCapacityProvider",
        {"name": "machines", "autoScalingGroupProvider": {"autoScalingGroupArn": GROUP}},
    ),
    (
        "PutClusterCapacityProviders",
        {
            "cluster": "shop",
            "capacityProviders": ["FARGATE", "FARGATE_SPOT", "machines"],
            "defaultCapacityProviderStrategy": [],
        },
    ),
]
"""Things that only later operations make; one that the lab does not do is left out."""


def try_(town: Town, operation: str, request: dict[str, Any]) -> None:
    """Do it, if the lab can."""
    try:
        town.call(operation, **request)
    except EcsError as error:
        assert error.code == "NotSimulatedException", error  # noqa: PT017 # others are our mistakes


@cache
def origin() -> bytes:
    """The prepared engine, stored: unpickling is the cheapest way to a fresh one."""
    return pickle.dumps(prepared().ecs)


def picture(ecs: Ecs) -> bytes:
    """All that there is in the engine, time and the source of ids included."""
    return pickle.dumps(ecs)


class Fresh:
    """An engine as prepared; a new one after each request that changed it."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Start again."""
        self.ecs: Ecs = pickle.loads(origin())
        self.before = picture(self.ecs)

    def ask(self, operation: str, body: bytes) -> tuple[int, Any]:
        """One request; sees to it that a refused one changed nothing."""
        headers = {"X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{operation}"}
        try:
            status, _, content = ecs_api.answer(self.ecs, headers, body)
            after = picture(self.ecs)
            if status != 200:
                assert after == self.before, "the refused call changed the lab"
                return status, json.loads(content)
            if after != self.before:
                self.ecs.clock.advance(200)  # what it made has to be able to live
        except BaseException:
            self.renew()
            raise
        if after != self.before:
            self.renew()
        return status, json.loads(content)


@cache
def known() -> list[str]:
    """Names and ARNs of what there is, and some that look as if."""
    arns = sorted({each.decode() for each in ARN.findall(origin())})
    ids = [each.rpartition("/")[2] for each in arns if "task/" in each or "instance/" in each]
    elsewhere = [each.replace("us-east-1", "eu-west-1") for each in arns[:5]]
    names = ["shop", "web", "web:1", "old:1", "fargate", "gone", "external", "daemon", "token"]
    return [*names, *arns, *ids, *elsewhere]


ARN = re.compile(rb"arn:aws:ecs:us-east-1:\d+:[a-z-]+/[\w:/-]+")
ODD = ["", " ", "no", "arn:", "arn:aws:ecs:us-east-1:123456789012:", "a" * 300, "é", "0", "-1", ":"]
NUMBERS = st.one_of(
    st.integers(-2, 12),
    st.sampled_from([80, 100, 128, 200, 256, 512, 5000, 65536, 2**31, -(2**63)]),
)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "integer": NUMBERS,
    "long": NUMBERS,
    "double": st.one_of(NUMBERS, st.floats(0, 100)),
    "float": st.one_of(NUMBERS, st.floats(0, 100)),
    "boolean": st.booleans(),
    "timestamp": st.integers(0, 2**31),
    "blob": st.just("aGVsbG8="),
}
LIKELY = {
    "cluster": ["shop"],
    "service": ["web", "fargate", "external", "daemon"],
    "services": ["web", "fargate", "daemon"],
    "serviceName": ["web", "new", "external"],
    "nextToken": ["1"],
    "clientToken": ["token"],
    "containerName": ["web"],
    "expression": ["attribute:ecs.availability-zone == us-east-1a", "agentConnected == true"],
    "field": ["memory", "instanceId", "attribute:ecs.availability-zone"],
    "capacityProvider": ["FARGATE", "FARGATE_SPOT"],
    "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    "desiredStatus": ["RUNNING", "STOPPED"],
    "platformVersion": ["LATEST", "1.4.0"],
    "networkMode": ["bridge", "awsvpc", "host", "none"],
    "requiresCompatibilities": ["EC2", "FARGATE"],
    "taskDefinition": ["web", "web:1", "fargate"],
    "taskDefinitions": ["web:1", "old:1"],
    "launchType": ["EC2", "FARGATE"],
    "subnets": VPC["awsvpcConfiguration"]["subnets"],
    "family": ["web", "new"],
    "cpu": ["256", "512"],
    "memory": ["512", "1024"],
    "image": ["nginx"],
}
"""What makes a request likely to get past the first check, by the member's name."""

WEB = {"name": "web", "image": "nginx", "memory": 128}
GOOD: dict[str, dict[str, Any]] = {
    "CreateService": {"serviceName": "new", "taskDefinition": "web", "desiredCount": 2},
    "CreateTaskSet": {"service": "external", "taskDefinition": "web", "launchType": "EC2"},
    "CreateCapacityProvider": {
        "name": "new",
        "autoScalingGroupProvider": {"autoScalingGroupArn": GROUP},
    },
    "UpdateCapacityProvider": {"name": "machines"},
    "DeleteCapacityProvider": {"capacityProvider": "machines"},
    "PutAttributes": {"attributes": [{"name": "rack", "value": "1"}]},
    "DeleteAttributes": {"attributes": [{"name": "rack"}]},
    "PutAccountSetting": {"name": "containerInsights", "value": "enabled"},
    "PutAccountSettingDefault": {"name": "containerInsights", "value": "enabled"},
    "ExecuteCommand": {"command": "sh", "interactive": True},
    "RegisterTaskDefinition": {"family": "new", "containerDefinitions": [WEB]},
    "RegisterContainerInstance": {
        "instanceIdentityDocument": '{"instanceId": "i-new"}',
        "totalResources": [{"name": "CPU", "integerValue": 512}],
    },
    "RunTask": {"taskDefinition": "web"},
    "StartTask": {"taskDefinition": "web"},
    "UpdateService": {"service": "web"},
}
"""Requests that are answered as they are; the others are made up from the model alone."""


def values(shape: Any, name: str = "", depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a shape of botocore's model."""
    if shape.type_name == "structure":
        return structures(shape, depth)
    if shape.type_name == "list":
        if depth >= DEEPEST:
            return st.just([])
        some = st.lists(values(shape.member, name, depth + 1), min_size=1, max_size=3)
        return st.one_of(some, some, some, st.just([]))
    if shape.type_name == "map":
        return st.dictionaries(values(shape.key), values(shape.value, "", depth + 1), max_size=2)
    if shape.type_name == "string":
        return strings(tuple(shape.enum), name)
    return SCALARS[shape.type_name]


@cache
def strings(enum: tuple[str, ...], name: str) -> st.SearchStrategy[str]:
    """Mostly right ones, sometimes any known name, sometimes odd ones."""
    usual = [*enum, *LIKELY.get(name, [])] or things().get(name) or known()
    pools = [usual] * 10 + [known(), ODD]
    return st.sampled_from(pools).flatmap(st.sampled_from)


@cache
def things() -> dict[str, list[str]]:
    """ARNs of what there is, by the members that name such things."""
    by_kind: dict[str, list[str]] = {}
    for name in known():
        if name.startswith("arn:") and "us-east-1" in name:
            by_kind.setdefault(name.split(":")[5].partition("/")[0], []).append(name)
    return {
        "task": by_kind["task"],
        "tasks": by_kind["task"],
        "containerInstance": by_kind["container-instance"],
        "containerInstances": by_kind["container-instance"],
        "resourceArn": [arn for arns in by_kind.values() for arn in arns],
        "targetId": by_kind["container-instance"],
        "taskSet": by_kind.get("task-set", []),
        "primaryTaskSet": by_kind.get("task-set", []),
        "serviceDeploymentArn": by_kind.get("service-deployment", []),
        "serviceDeploymentArns": by_kind.get("service-deployment", []),
        "serviceRevisionArns": by_kind.get("service-revision", []),
    }


@st.composite
def requests(draw: st.DrawFn, operation: str) -> dict[str, Any]:
    """A request: the good one with some members changed or added, or any of the model's form."""
    shape = INPUTS[operation]
    good = dict(GOOD.get(operation, {}))
    if "cluster" in shape.members:
        good = {"cluster": "shop", **good}
    names = draw(st.lists(st.sampled_from([*shape.members] or ["no"]), unique=True, max_size=4))
    required = [name for name in shape.required_members if name not in good]
    changes = {name: shape.members[name] for name in {*names, *required} if name in shape.members}
    good |= {name: draw(values(each, name, 1)) for name, each in sorted(changes.items())}
    return draw(structures(shape, 0)) if draw(st.integers(0, 3)) == 3 else good


@st.composite
def structures(draw: st.DrawFn, shape: Any, depth: int) -> dict[str, Any]:
    """A structure with what is required (nearly always) and some of what is optional."""
    optional = [name for name in shape.members if name not in shape.required_members]
    names = [name for name in shape.required_members if draw(st.integers(0, 30)) < 30]
    if "cluster" in optional and draw(st.integers(0, 9)) < 9:
        names.append("cluster")
    if optional and depth < DEEPEST:
        names += draw(st.lists(st.sampled_from(optional), unique=True, max_size=5))
    return {name: draw(values(shape.members[name], name, depth + 1)) for name in names}


def anything(names: list[str]) -> st.SearchStrategy[Any]:
    """JSON of any form, under the names that the operation knows."""
    leaves = st.one_of(
        st.none(), st.booleans(), NUMBERS, st.floats(), st.sampled_from(ODD), st.just("shop")
    )
    keys = st.sampled_from([*names, "no"])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)
        ),
        max_leaves=8,
    )


def undocumented(answer: Any, shape: Any, where: str = "answer") -> list[str]:
    """What in an answer has no place in the model's shape, or another type than it says."""
    if shape is None:
        return [] if answer == {} else [f"{where}: nothing is documented"]
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(answer, dict):
            return [f"{where}: no structure"]
        wrong = [f"{where}.{name}: no such member" for name in answer if name not in shape.members]
        inner = [(f".{n}", answer[n], shape.members[n]) for n in answer if n in shape.members]
    elif kind == "list":
        if not isinstance(answer, list):
            return [f"{where}: no list"]
        wrong, inner = [], [("[]", each, shape.member) for each in answer]
    elif kind == "map":
        if not isinstance(answer, dict):
            return [f"{where}: no map"]
        wrong, inner = [], [(f"[{key}]", value, shape.value) for key, value in answer.items()]
    else:
        right = type(answer) in TYPES[kind]
        return [] if right else [f"{where}: {answer!r} is no {kind}"]
    return wrong + [
        line for path, each, its in inner for line in undocumented(each, its, where + path)
    ]


TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
    "blob": (str,),
}


@cache
def fresh() -> Fresh:
    """The engine that all examples share as long as nothing changes it."""
    return Fresh()


def check(operation: str, body: bytes) -> None:
    """Ask, and look at the answer."""
    status, answer = fresh().ask(operation, body)
    if status == 200:
        event("answered")
        assert undocumented(answer, MODEL.operation_model(operation).output_shape) == []
        return
    assert 400 <= status < 500
    event(answer["__type"])
    assert answer["__type"].endswith("Exception")
    assert answer["message"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_request_of_the_models_form_is_answered_or_refused(operation: str) -> None:
    """Never a crash, never a changed lab after an error, never a member that AWS does not know."""

    @FUZZ
    @given(requests(operation))
    def ask(request: dict[str, Any]) -> None:
        check(operation, json.dumps(request).encode())

    ask()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_request_of_any_form_is_answered_or_refused(operation: str) -> None:
    """A raw client may send null, other types and unknown members."""
    names = list(INPUTS[operation].members)

    @FUZZ
    @given(anything(names))
    def ask(request: Any) -> None:
        check(operation, json.dumps(request).encode())

    ask()
