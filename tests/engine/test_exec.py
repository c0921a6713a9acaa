"""ECS Exec: what has to be true before a command runs, and the calls that only agents make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab.engine.errors import (
    EcsError,
    InvalidParameterException,
    MissingVersionException,
    NotSimulatedError,
    NoUpdateAvailableException,
    TargetNotConnectedException,
)

if TYPE_CHECKING:
    from town import Town

ROLE = "arn:aws:iam::123456789012:role/shop"


def running(town: Town, *, enabled: bool = True, role: str | None = ROLE) -> str:
    """A Fargate task that runs; gives its ARN."""
    town.define("web", **_fargate(role))
    vpc = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    made = town.call(
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=vpc,
        enableExecuteCommand=enabled,
    )
    town.clock.settle(600)
    arn: str = made["tasks"][0]["taskArn"]
    return arn


def _fargate(role: str | None) -> dict[str, Any]:
    document = {
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "container": {"cpu": 0},
    }
    return document | ({"taskRoleArn": role} if role else {})


def execute(town: Town, task: str, **request: Any) -> dict[str, Any]:
    """The answer of ExecuteCommand for `ls`."""
    request = {"interactive": True, "command": "ls", **request}
    return town.call("ExecuteCommand", cluster="shop", task=task, **request)


def agents(town: Town, task: str) -> list[tuple[str, str]]:
    """The managed agents of a task's container: name and status."""
    described = town.call("DescribeTasks", cluster="shop", tasks=[task])["tasks"][0]
    found = described["containers"][0].get("managedAgents", [])
    return [(each["name"], each["lastStatus"]) for each in found]


def test_exec_opens_a_session(town: Town) -> None:
    """The answer names the container and the session that a client would connect to."""
    answer = execute(town, running(town))
    session = answer["session"]
    assert session["sessionId"].startswith("ecs-execute-command-")
    assert session["streamUrl"] == (
        "wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/"
        f"{session['sessionId']}?role=publish_subscribe"
    )
    assert session["tokenValue"]
    assert (answer["containerName"], answer["interactive"]) == ("web", True)


def test_the_agent_starts_with_the_task(town: Town) -> None:
    """ExecuteCommandAgent is PENDING until the task runs, then RUNNING, and STOPPED with it."""
    town.define("web", **_fargate(ROLE))
    vpc = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    made = town.call(
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=vpc,
        enableExecuteCommand=True,
    )
    task = made["tasks"][0]["taskArn"]
    assert agents(town, task) == [("ExecuteCommandAgent", "PENDING")]
    with pytest.raises(InvalidParameterException, match=r"agent isn.t running"):
        execute(town, task)
    town.clock.settle(600)
    assert agents(town, task) == [("ExecuteCommandAgent", "RUNNING")]
    town.call("StopTask", cluster="shop", task=task)
    town.clock.settle(600)
    assert agents(town, task) == [("ExecuteCommandAgent", "STOPPED")]
    with pytest.raises(InvalidParameterException, match=r"agent isn.t running"):
        execute(town, task)


def test_the_agent_goes_with_a_task_that_is_told_to_stop(town: Town) -> None:
    """No session in a task that is stopping, and no agent that starts in one."""
    task = running(town)
    town.call("StopTask", cluster="shop", task=task)
    with pytest.raises(InvalidParameterException, match=r"agent isn.t running"):
        execute(town, task)
    town.define("late", **_fargate(ROLE))
    made = town.call(
        "RunTask",
        cluster="shop",
        taskDefinition="late",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-a"]}},
        enableExecuteCommand=True,
    )
    late = made["tasks"][0]["taskArn"]
    while (
        town.call("DescribeTasks", cluster="shop", tasks=[late])["tasks"][0]["lastStatus"]
        != "RUNNING"
    ):
        town.clock.advance(1)
    town.call("StopTask", cluster="shop", task=late)
    town.clock.advance(5)
    assert agents(town, late) != [("ExecuteCommandAgent", "RUNNING")]


def test_exec_has_to_be_enabled_when_the_task_is_launched(town: Town) -> None:
    """A task launched without it has no agent, and AWS's text says so."""
    task = running(town, enabled=False)
    assert agents(town, task) == []
    with pytest.raises(InvalidParameterException, match="not enabled when the task was run"):
        execute(town, task)


def test_only_interactive_commands(town: Town) -> None:
    """Interactive is the only mode."""
    task = running(town)
    with pytest.raises(InvalidParameterException, match="only mode supported currently"):
        execute(town, task, interactive=False)


def test_a_container_has_to_be_named_when_there_are_several(town: Town) -> None:
    """With one container no name is needed; an unknown name is refused."""
    task = running(town)
    with pytest.raises(InvalidParameterException, match="container db was not found"):
        execute(town, task, container="db")
    state = town.ecs.state
    found = state.find_task(state.clusters["shop"], task)
    assert found is not None
    found.containers.append(found.containers[0])
    with pytest.raises(InvalidParameterException, match="name one of them"):
        execute(town, task)
    assert execute(town, task, container="web")["containerName"] == "web"


def test_the_task_role_has_to_allow_session_manager(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without ssmmessages permissions the target is not connected."""
    task = running(town)
    surroundings = town.ecs.state.surroundings
    monkeypatch.setattr(
        surroundings, "role_allows", lambda role, action: "OpenDataChannel" not in action
    )
    with pytest.raises(TargetNotConnectedException, match="internal error"):
        execute(town, task)


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"logging": "FILE"}, "Invalid logging"),
        ({"logging": "OVERRIDE"}, "needs a logConfiguration"),
        ({"logging": "OVERRIDE", "logConfiguration": {"s3KeyPrefix": "x"}}, "needs a log"),
        ({"logConfiguration": {"s3BucketName": "b"}}, "only used with logging=OVERRIDE"),
    ],
)
def test_execute_command_configuration_is_checked(
    town: Town, configuration: dict[str, Any], message: str
) -> None:
    """A cluster's configuration for Exec is one that AWS takes; a refused one changes nothing."""
    with pytest.raises(InvalidParameterException, match=message):
        town.call(
            "UpdateCluster",
            cluster="shop",
            configuration={"executeCommandConfiguration": configuration},
        )
    good = {"logging": "OVERRIDE", "logConfiguration": {"cloudWatchLogGroupName": "exec"}}
    made = town.call(
        "CreateCluster", clusterName="c", configuration={"executeCommandConfiguration": good}
    )
    assert made["cluster"]["configuration"] == {"executeCommandConfiguration": good}


@pytest.mark.parametrize(
    "operation",
    ["SubmitTaskStateChange", "SubmitContainerStateChange", "SubmitAttachmentStateChanges"],
)
def test_reports_of_agents_are_not_taken(town: Town, operation: str) -> None:
    """A report from outside is answered clearly: the lab's agents make their own."""
    with pytest.raises(NotSimulatedError, match="Only the ECS agent makes this call"):
        town.call(operation)


def test_poll_endpoints_are_those_of_the_region(town: Town) -> None:
    """DiscoverPollEndpoint names the Region's endpoints."""
    assert town.call("DiscoverPollEndpoint")["endpoint"] == (
        "https://ecs-a-1.us-east-1.amazonaws.com/"
    )


def test_agents_are_up_to_date(town: Town) -> None:
    """UpdateContainerAgent has nothing to do, or does not know the version, or the instance."""
    arn = town.instance()
    instance = town.ecs.state.clusters["shop"].container_instances[arn.rpartition("/")[2]]

    def refusal(container_instance: str) -> type[EcsError]:
        with pytest.raises(EcsError) as refused:
            town.call("UpdateContainerAgent", cluster="shop", containerInstance=container_instance)
        return refused.type

    instance.version_info = {}
    assert refusal(arn) is MissingVersionException
    instance.version_info = {"agentVersion": "1.99.0"}
    assert refusal(arn) is NoUpdateAvailableException
    assert refusal("nobody") is InvalidParameterException


def test_execute_command_wants_a_task_role(town: Town) -> None:
    """A service or task without a role for its containers cannot have execute command on."""
    message = "couldn't be {} because a valid taskRoleArn is not being used"
    town.define_fargate("bare")
    request = {"taskDefinition": "bare", "launchType": "FARGATE"}
    with pytest.raises(InvalidParameterException, match=message.format("created")):
        town.service("none", 1, enableExecuteCommand=True, **request)
    town.service("plain", 1, **request)
    with pytest.raises(InvalidParameterException, match=message.format("updated")):
        town.call("UpdateService", cluster="shop", service="plain", enableExecuteCommand=True)
    with pytest.raises(InvalidParameterException, match=message.format("started")):
        running(town, role=None)
    assert [each["enableExecuteCommand"] for each in town.tasks()] == []
