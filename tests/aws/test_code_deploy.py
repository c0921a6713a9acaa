"""CodeDeploy's blue/green deployments of ECS services."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from two_target_groups import Stage

from ecs_lab import Lab


@pytest.fixture
def stage(lab: Lab) -> Stage:
    """A service with the CODE_DEPLOY controller behind a load balancer, and its application."""
    made = Stage(lab)
    made.create(deploymentController={"type": "CODE_DEPLOY"})
    lab.client("codedeploy").create_application(applicationName="shop", computePlatform="ECS")
    return made


def deploy(stage: Stage, config: str = "ECSAllAtOnce", content: str = "", **group: Any) -> str:
    """Make a deployment group and deploy `web:2` through it; gives the deployment's id."""
    code_deploy = stage.lab.client("codedeploy")
    pair = {
        "targetGroups": [{"name": "blue"}, {"name": "green"}],
        "prodTrafficRoute": {"listenerArns": [stage.production]},
        "testTrafficRoute": {"listenerArns": [stage.test]},
    }
    settings: dict[str, Any] = {
        "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
        "terminateBlueInstancesOnDeploymentSuccess": {
            "action": "TERMINATE",
            "terminationWaitTimeInMinutes": 5,
        },
    }
    request: dict[str, Any] = {
        "deploymentConfigName": f"CodeDeployDefault.{config}",
        "loadBalancerInfo": {"targetGroupPairInfoList": [pair]},
        "blueGreenDeploymentConfiguration": settings | group.pop("settings", {}),
        "ecsServices": [{"clusterName": "shop", "serviceName": "web"}],
        **group,
    }
    code_deploy.create_deployment_group(
        applicationName="shop",
        deploymentGroupName="web",
        serviceRoleArn=stage.lab.roles["ecsTaskExecutionRole"],
        deploymentStyle={
            "deploymentType": "BLUE_GREEN",
            "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        **request,
    )
    revision = {
        "revisionType": "AppSpecContent",
        "appSpecContent": {"content": content or app_spec()},
    }
    made = code_deploy.create_deployment(
        applicationName="shop", deploymentGroupName="web", revision=revision
    )
    return str(made["deploymentId"])


def app_spec(definition: str = "web:2") -> str:
    """An AppSpec file for `web`."""
    properties = {
        "TaskDefinition": definition,
        "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80},
    }
    service = {"Type": "AWS::ECS::Service", "Properties": properties}
    return json.dumps({"version": 0.0, "Resources": [{"TargetService": service}]})


def status(stage: Stage, deployment: str) -> str:
    """The deployment's status."""
    shown = stage.lab.client("codedeploy").get_deployment(deploymentId=deployment)
    return str(shown["deploymentInfo"]["status"])


def traffic(stage: Stage, deployment: str) -> list[tuple[int, str]]:
    """When (seconds since the first) which traffic went where."""
    lines = [each for each in stage.lab.timeline() if each["subject"] == deployment]
    shifts = [each for each in lines if each["what"] != "production traffic 0%"]
    return [(round(each["at"] - shifts[0]["at"]), each["what"]) for each in shifts]


def test_a_service_of_code_deploy_has_a_primary_task_set_and_no_deployments(stage: Stage) -> None:
    """CreateService makes it, with all of the desired count."""
    shown = stage.service()
    (first,) = shown["taskSets"]
    assert (shown["deployments"], shown["runningCount"]) == ([], 2)
    assert (first["status"], first["scale"]["value"], first["stabilityStatus"]) == (
        "PRIMARY",
        100.0,
        "STEADY_STATE",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"taskDefinition": "web:2"}, "Unable to update task definition on services with a "),
        ({"forceNewDeployment": True}, "Cannot force a new deployment on services with a "),
    ],
)
def test_update_service_does_not_deploy_what_code_deploy_deploys(
    stage: Stage, change: dict[str, Any], words: str
) -> None:
    """AWS sends the caller to CodeDeploy; the desired count can be changed."""
    with pytest.raises(ClientError) as caught:
        stage.ecs.update_service(cluster="shop", service="web", **change)
    stage.ecs.update_service(cluster="shop", service="web", desiredCount=1)
    stage.lab.settle()
    assert caught.value.response["Error"]["Message"] == (
        f"{words}CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment."
    )
    assert stage.definitions() == ["web:1"]


def test_a_deployment_all_at_once_replaces_the_task_set_behind_the_load_balancer(
    stage: Stage,
) -> None:
    """Test traffic first, then production; the original ends after its termination wait time."""
    deployment = deploy(stage)
    stage.lab.wait(200)
    during = (status(stage, deployment), stage.definitions(), stage.weights(stage.production))
    sets = {each["status"]: each for each in stage.service()["taskSets"]}
    stage.lab.settle()
    assert during == ("InProgress", ["web:1", "web:1", "web:2", "web:2"], (0, 100))
    assert sets["PRIMARY"]["startedBy"] == "CODE_DEPLOY"
    assert sets["PRIMARY"]["externalId"] == deployment
    assert (status(stage, deployment), stage.definitions()) == ("Succeeded", ["web:2", "web:2"])
    assert traffic(stage, deployment) == [(0, "test traffic 100%"), (0, "production traffic 100%")]
    assert stage.service()["taskDefinition"].endswith("web:2")


@pytest.mark.parametrize(
    ("config", "steps"),
    [
        ("ECSCanary10Percent5Minutes", [(0, 10), (300, 100)]),
        ("ECSCanary10Percent15Minutes", [(0, 10), (900, 100)]),
        ("ECSLinear10PercentEvery1Minutes", [(60 * n, 10 * n + 10) for n in range(10)]),
        ("ECSLinear10PercentEvery3Minutes", [(180 * n, 10 * n + 10) for n in range(10)]),
    ],
)
def test_traffic_is_shifted_as_the_deployment_configuration_says(
    stage: Stage, config: str, steps: list[tuple[int, int]]
) -> None:
    """The predefined canary and linear configurations."""
    deployment = deploy(stage, config)
    stage.lab.settle(7200)
    shifts = [each for each in traffic(stage, deployment) if "production" in each[1]]
    assert shifts == [(second, f"production traffic {share}%") for second, share in steps]
    assert status(stage, deployment) == "Succeeded"


def test_boto3_waits_for_a_deployment_to_succeed(stage: Stage) -> None:
    """The waiter's pauses are virtual time, as in `aws ecs deploy`."""
    deployment = deploy(stage)
    stage.lab.client("codedeploy").get_waiter("deployment_successful").wait(deploymentId=deployment)
    assert stage.definitions() == ["web:2", "web:2"]


def test_with_keep_alive_the_original_task_set_stays(stage: Stage) -> None:
    """It serves no traffic, and runs on."""
    ending = {"terminateBlueInstancesOnDeploymentSuccess": {"action": "KEEP_ALIVE"}}
    deployment = deploy(stage, settings=ending)
    stage.lab.settle()
    assert status(stage, deployment) == "Succeeded"
    assert stage.definitions() == ["web:1", "web:1", "web:2", "web:2"]


def test_a_deployment_that_nobody_continues_stops(stage: Stage) -> None:
    """With STOP_DEPLOYMENT it is Ready for the wait time, and then the original goes on alone."""
    ready = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 10}
    deployment = deploy(stage, settings={"deploymentReadyOption": ready})
    stage.lab.wait(300)
    during = status(stage, deployment)
    stage.lab.settle()
    assert (during, status(stage, deployment)) == ("Ready", "Stopped")
    assert (stage.weights(stage.production), stage.definitions()) == ((100, 0), ["web:1", "web:1"])


def test_an_alarm_turns_a_deployment_back(stage: Stage) -> None:
    """The traffic goes back to the original task set, and the replacement ends."""
    stage.lab.client("cloudwatch").put_metric_alarm(
        AlarmName="errors",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="Errors",
        Namespace="Shop",
        Period=60,
        Statistic="Sum",
        Threshold=1.0,
    )
    alarms = {"enabled": True, "alarms": [{"name": "errors"}]}
    deployment = deploy(stage, "ECSCanary10Percent15Minutes", alarmConfiguration=alarms)
    stage.lab.wait(300)
    shifted = stage.weights(stage.production)
    stage.lab.client("cloudwatch").set_alarm_state(
        AlarmName="errors", StateValue="ALARM", StateReason="too many"
    )
    stage.lab.wait(60)
    turned = stage.weights(stage.production)
    stage.lab.settle()
    assert (shifted, turned) == ((90, 10), (100, 0))
    assert (status(stage, deployment), stage.definitions()) == ("Stopped", ["web:1", "web:1"])


@pytest.mark.parametrize(
    "content",
    ["not: [an app spec", "{}", app_spec("nothing:1"), app_spec().replace("ContainerPort", "Port")],
)
def test_a_deployment_that_cannot_be_carried_out_fails(stage: Stage, content: str) -> None:
    """A bad AppSpec file, or a task definition that is not there: nothing else changes."""
    deployment = deploy(stage, content=content)
    stage.lab.settle()
    assert (status(stage, deployment), stage.definitions()) == ("Failed", ["web:1", "web:1"])


def test_a_copied_lab_finishes_the_deployment_for_itself(stage: Stage) -> None:
    """What happens in the copy does not happen in the lab it was made from."""
    deployment = deploy(stage)
    stage.lab.wait(60)
    with stage.lab.copy() as other:
        other.settle()
        shown = other.client("codedeploy").get_deployment(deploymentId=deployment)
        assert shown["deploymentInfo"]["status"] == "Succeeded"
    assert status(stage, deployment) == "InProgress"


@pytest.mark.parametrize(
    ("config", "end"), [("ECSAllAtOnce", "Succeeded"), ("ECSCanary10Percent5Minutes", "Failed")]
)
def test_behind_a_network_load_balancer_traffic_moves_all_at_once(
    lab: Lab, config: str, end: str
) -> None:
    """It splits no traffic; another deployment configuration fails, and nothing changes."""
    stage = Stage(lab, "network")
    stage.create(deploymentController={"type": "CODE_DEPLOY"})
    lab.client("codedeploy").create_application(applicationName="shop", computePlatform="ECS")
    deployment = deploy(stage, config)
    lab.settle()
    runs = "web:2" if end == "Succeeded" else "web:1"
    assert (status(stage, deployment), stage.definitions()) == (end, [runs, runs])


# ------------------------------------------------------------------ hooks of the AppSpec file

ROLLBACK = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}


def with_hooks(*events: str) -> str:
    """An AppSpec file for `web` whose hooks of these events call a function of the event's name."""
    content = json.loads(app_spec())
    return json.dumps(content | {"Hooks": [{event: event} for event in events]})


def test_hooks_run_in_their_order_between_the_steps_of_a_deployment(stage: Stage) -> None:
    """Each sees what is there at its time: the replacement, test traffic, production traffic."""
    seen: list[tuple[str, int, int, int]] = []

    def look(event: str) -> Any:
        def answer(question: dict[str, Any]) -> dict[str, str]:
            assert set(question) == {"DeploymentId", "LifecycleEventHookExecutionId"}
            with stage.lab.quiet():
                sets = len(stage.service()["taskSets"])
                seen.append(
                    (event, sets, stage.weights(stage.test)[1], stage.weights(stage.production)[1])
                )
            return {"status": "Succeeded"}

        return answer

    events = ["BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic",
              "AfterAllowTraffic"]  # fmt: skip
    for event in events:
        stage.lab.hooks[event] = look(event)
    deployment = deploy(stage, content=with_hooks(*reversed(events)))
    stage.lab.settle()
    assert status(stage, deployment) == "Succeeded"
    assert seen == [
        ("BeforeInstall", 1, 0, 0),
        ("AfterInstall", 2, 0, 0),
        ("AfterAllowTestTraffic", 2, 100, 0),
        ("BeforeAllowTraffic", 2, 100, 0),
        ("AfterAllowTraffic", 2, 100, 100),
    ]


@pytest.mark.parametrize(
    "event", ["AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic"]
)
def test_a_hook_that_reports_failed_turns_the_deployment_back(stage: Stage, event: str) -> None:
    """With a rollback for failed deployments, everything is as it was at the start."""
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{event}"
    stage.lab.hooks[arn] = lambda question: {"status": "Failed"}
    deployment = deploy(stage, content=with_hooks(event), autoRollbackConfiguration=ROLLBACK)
    stage.lab.settle()
    assert status(stage, deployment) == "Failed"
    assert (stage.weights(stage.production), stage.weights(stage.test)) == ((100, 0), (100, 0))
    assert stage.definitions() == ["web:1", "web:1"]


def test_without_a_rollback_a_failed_hook_leaves_things_as_they_are(stage: Stage) -> None:
    """The deployment has failed, the replacement runs on, and users stay with the original."""
    stage.lab.hooks["AfterAllowTestTraffic"] = lambda question: {"status": "Failed"}
    deployment = deploy(stage, content=with_hooks("AfterAllowTestTraffic"))
    stage.lab.settle()
    assert status(stage, deployment) == "Failed"
    assert (stage.weights(stage.production), stage.weights(stage.test)) == ((100, 0), (0, 100))
    assert stage.definitions() == ["web:1", "web:1", "web:2", "web:2"]


def test_before_install_can_fail_a_deployment_before_anything_is_made(stage: Stage) -> None:
    """There is no replacement task set yet."""
    stage.lab.hooks["BeforeInstall"] = lambda question: {"status": "Failed"}
    deployment = deploy(stage, content=with_hooks("BeforeInstall"))
    stage.lab.settle()
    assert (status(stage, deployment), stage.definitions()) == ("Failed", ["web:1", "web:1"])
    assert len(stage.service()["taskSets"]) == 1


def test_a_hook_that_reports_nothing_fails_the_deployment_after_an_hour(stage: Stage) -> None:
    """A function that gives nothing back, or raises, has notified nobody."""

    def broken(question: dict[str, Any]) -> dict[str, str]:
        raise ValueError("no connection")

    stage.lab.hooks["BeforeAllowTraffic"] = broken
    content = with_hooks("BeforeAllowTraffic")
    deployment = deploy(stage, content=content, autoRollbackConfiguration=ROLLBACK)
    stage.lab.wait(3500)
    during = status(stage, deployment)
    stage.lab.wait(600)
    assert (during, status(stage, deployment)) == ("InProgress", "Failed")


def test_a_function_that_nobody_has_written_succeeds(stage: Stage) -> None:
    """The lab runs no Lambda function, as for the hooks of ECS itself."""
    deployment = deploy(stage, content=with_hooks("AfterInstall"))
    stage.lab.settle()
    assert status(stage, deployment) == "Succeeded"


@pytest.mark.parametrize(
    "hooks", [[{"ApplicationStop": "f"}], {"AfterInstall": "f"}, [{"AfterInstall": ["f"]}]]
)
def test_an_app_spec_file_with_wrong_hooks_is_not_valid(stage: Stage, hooks: Any) -> None:
    """Only five events can have one, and each names one function in a list."""
    content = json.dumps(json.loads(app_spec()) | {"Hooks": hooks})
    deployment = deploy(stage, content=content)
    stage.lab.settle()
    assert (status(stage, deployment), stage.definitions()) == ("Failed", ["web:1", "web:1"])


def test_a_copied_lab_goes_on_from_the_hook(stage: Stage) -> None:
    """What the hooks find and say in the copy does not happen in the lab it was made from."""
    deployment = deploy(stage, content=with_hooks("AfterAllowTraffic"))
    stage.lab.wait(30)
    with stage.lab.copy() as other:
        other.settle()
        shown = other.client("codedeploy").get_deployment(deploymentId=deployment)
        assert shown["deploymentInfo"]["status"] == "Succeeded"
    assert status(stage, deployment) == "InProgress"
