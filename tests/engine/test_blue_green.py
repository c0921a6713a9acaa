"""Blue/green, linear and canary deployments of the ECS controller."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from town import START_S, VPC, Town

from ecs_lab.engine.errors import EcsError
from ecs_lab.engine.surroundings import Anywhere, TargetGroup, TargetHealth

Shape = dict[str, Any]
RULE, TEST_RULE = "arn:rule/production", "arn:rule/test"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:check"
ROLE = "arn:aws:iam::123456789012:role/hooks"
PLAIN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}
BALANCED = [
    {
        "targetGroupArn": "arn:group/one",
        "containerName": "web",
        "containerPort": 80,
        "advancedConfiguration": {
            "alternateTargetGroupArn": "arn:group/two",
            "productionListenerRule": RULE,
            "testListenerRule": TEST_RULE,
            "roleArn": ROLE,
        },
    }
]
STAGES = [
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT 100%",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
]


def hook(*stages: str, **more: Any) -> Shape:
    """A Lambda hook of these stages."""
    return {"hookTargetArn": FUNCTION, "roleArn": ROLE, "lifecycleStages": list(stages), **more}


def pause(*stages: str, **more: Any) -> Shape:
    """A pause at these stages."""
    return {"targetType": "PAUSE", "lifecycleStages": list(stages), **more}


def around(town: Town) -> Anywhere:
    """The rest of AWS, as the town has it."""
    found = town.ecs.state.surroundings
    assert isinstance(found, Anywhere)
    return found


@pytest.fixture
def street(town: Town) -> Town:
    """A town with two revisions of `web`, whose port 80 can be a target of two groups."""
    for group in ("one", "two"):
        around(town).target_groups[f"arn:group/{group}"] = TargetGroup()
    for _ in range(2):
        town.define_fargate(portMappings=[{"containerPort": 80}])
    return town


def create(town: Town, configuration: Shape | None = None, **request: Any) -> None:
    """Create the service `web` of `web:1` and let it come up."""
    town.service(
        taskDefinition="web:1",
        launchType="FARGATE",
        deploymentConfiguration=configuration or PLAIN,
        **{"loadBalancers": BALANCED, **request},
    )
    town.clock.settle(3600)


def deploy(town: Town, **request: Any) -> str:
    """Begin the deployment of `web:2`; gives the ARN of the service deployment."""
    town.call("UpdateService", cluster="shop", service="web", taskDefinition="web:2", **request)
    town.clock.advance(1.5)
    return str(town.ecs.state.clusters["shop"].services["web"].records[0].arn)


def record(town: Town, arn: str) -> Shape:
    """The service deployment as DescribeServiceDeployments shows it."""
    answer = town.call("DescribeServiceDeployments", serviceDeploymentArns=[arn])
    found: Shape = answer["serviceDeployments"][0]
    return found


def passed(town: Town, arn: str) -> list[str]:
    """What the history has of a service deployment: its stages and hooks."""
    return [h.what for h in town.ecs.state.history if h.subject == arn]


def at(town: Town, arn: str) -> list[tuple[int, str]]:
    """The stages with the second since the deployment began."""
    made = record(town, arn)["createdAt"]
    return [(int(h.at_s - made), h.what) for h in town.ecs.state.history if h.subject == arn]


def weights(town: Town, rule: str = RULE) -> dict[str, int]:
    """The weights of the two target groups in a listener rule."""
    return around(town).traffic[rule]


def definitions(town: Town) -> list[str]:
    """The task definitions of the tasks that are to run."""
    return sorted(each["taskDefinitionArn"].rpartition("/")[2] for each in town.tasks())


def wait_for(town: Town, arn: str, stage: str) -> None:
    """Let time pass until the deployment is in this stage."""
    for _ in range(3600):
        if record(town, arn).get("lifecycleStage") == stage:
            return
        town.clock.advance(1)
    raise AssertionError(f"never in {stage}: {passed(town, arn)}")


def test_a_blue_green_deployment_goes_through_aws_stages_in_order(street: Town) -> None:
    """Green comes up, gets test traffic, then production traffic, bakes 5 minutes; blue goes."""
    create(street)
    arn = deploy(street)
    street.clock.settle(3600)
    assert passed(street, arn) == STAGES
    times = {what: second for second, what in at(street, arn)}
    assert times["CLEAN_UP"] - times["BAKE_TIME"] == 300
    done = record(street, arn)
    assert (done["status"], definitions(street)) == ("SUCCESSFUL", ["web:2", "web:2"])


def test_both_revisions_run_at_full_count_until_the_bake_time_is_over(street: Town) -> None:
    """Blue serves all production traffic until it is shifted, and stays up while green bakes."""
    create(street)
    arn = deploy(street)
    seen = []
    for stage in ("PRE_SCALE_UP", "POST_SCALE_UP", "BAKE_TIME"):
        wait_for(street, arn, stage)
        shown = record(street, arn)
        (blue,), green = shown["sourceServiceRevisions"], shown["targetServiceRevision"]
        seen.append(
            [
                (each["runningTaskCount"], each["requestedProductionTrafficWeight"])
                for each in (blue, green)
            ]
        )
    assert seen == [
        [(2, 100.0), (0, 0.0)],
        [(2, 100.0), (2, 0.0)],
        [(2, 0.0), (2, 100.0)],
    ]


def test_traffic_goes_from_one_target_group_to_the_other_and_back_with_the_next(
    street: Town,
) -> None:
    """The test listener is shifted first; each deployment uses the group that is free."""
    create(street)
    first = weights(street)
    arn = deploy(street)
    wait_for(street, arn, "POST_TEST_TRAFFIC_SHIFT")
    tested = (weights(street, TEST_RULE), weights(street))
    street.clock.settle(3600)
    second = weights(street)
    street.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    street.clock.settle(3600)
    blue, green = {"arn:group/one": 100, "arn:group/two": 0}, {"arn:group/one": 0}
    green["arn:group/two"] = 100
    assert (first, tested, second, weights(street)) == (blue, (green, blue), green, blue)
    groups = {each.group for each in around(street).targets}
    assert groups == {"arn:group/one"}


def test_a_headless_service_passes_the_same_stages(street: Town) -> None:
    """Without load balancers there is nothing to shift."""
    create(street, loadBalancers=[])
    arn = deploy(street)
    street.clock.settle(3600)
    assert passed(street, arn) == STAGES
    assert around(street).traffic == {}


def test_a_canary_gets_its_share_first_and_the_rest_after_its_bake_time(street: Town) -> None:
    """5 percent for 10 minutes unless asked otherwise; each step has both shifting stages."""
    create(street, {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 12.5}})
    arn = deploy(street)
    wait_for(street, arn, "PRODUCTION_TRAFFIC_SHIFT")
    canary = weights(street)
    street.clock.settle(7200)
    assert canary == {"arn:group/one": 875, "arn:group/two": 125}
    times = [(second, what) for second, what in at(street, arn) if "PRODUCTION_TRAFFIC" in what]
    start = times[0][0]
    assert [(second - start, what) for second, what in times] == [
        (0, "PRE_PRODUCTION_TRAFFIC_SHIFT"),
        (5, "PRODUCTION_TRAFFIC_SHIFT 12.5%"),
        (605, "PRE_PRODUCTION_TRAFFIC_SHIFT"),
        (610, "PRODUCTION_TRAFFIC_SHIFT 100%"),
        (615, "POST_PRODUCTION_TRAFFIC_SHIFT"),
    ]


def test_a_linear_deployment_shifts_equal_steps_without_a_wait_after_the_last(
    street: Town,
) -> None:
    """With steps of 30 percent and 2 minutes: 30, 60, 90, 100."""
    linear = {"stepPercent": 30.0, "stepBakeTimeInMinutes": 2}
    create(street, {"strategy": "LINEAR", "linearConfiguration": linear})
    arn = deploy(street)
    street.clock.settle(7200)
    steps = [
        (second, what.rpartition(" ")[2])
        for second, what in at(street, arn)
        if what.startswith("PRODUCTION_TRAFFIC_SHIFT")
    ]
    start = steps[0][0]
    assert [(second - start, share) for second, share in steps] == [
        (0, "30%"),
        (125, "60%"),
        (250, "90%"),
        (375, "100%"),
    ]
    assert record(street, arn)["status"] == "SUCCESSFUL"


def test_a_hook_that_fails_brings_the_traffic_back_and_keeps_blue(street: Town) -> None:
    """After the shift of production traffic as well: green is stopped, blue never was."""
    create(street)
    before = {each["taskArn"] for each in street.tasks()}
    around(street).hooks[FUNCTION] = lambda event: {"hookStatus": "FAILED"}
    hooked = {**PLAIN, "lifecycleHooks": [hook("POST_PRODUCTION_TRAFFIC_SHIFT")]}
    arn = deploy(street, deploymentConfiguration=hooked)
    street.clock.settle(3600)
    assert passed(street, arn) == [
        *STAGES[:8],
        "AWS_LAMBDA hook IN_PROGRESS",
        "AWS_LAMBDA hook FAILED",
        "traffic back",
    ]
    done = record(street, arn)
    assert (done["status"], weights(street)["arn:group/one"]) == ("ROLLBACK_SUCCESSFUL", 100)
    assert {each["taskArn"] for each in street.tasks()} == before


def test_a_hook_in_progress_is_asked_again_after_its_call_back_delay(street: Town) -> None:
    """30 seconds unless the answer says otherwise; it is told of stage, revision and weights."""
    create(street)
    asked: list[tuple[float, Shape]] = []
    answers: list[Shape] = [
        {"hookStatus": "IN_PROGRESS"},
        {"hookStatus": "IN_PROGRESS", "callBackDelay": 60},
    ]

    def function(event: Shape) -> Shape:
        asked.append((street.clock.now - START_S, event))
        return answers[len(asked) - 1] if len(asked) <= 2 else {"hookStatus": "SUCCEEDED"}

    around(street).hooks[FUNCTION] = function
    hooked = {**PLAIN, "lifecycleHooks": [hook("PRE_SCALE_UP", hookDetails={"try": 1})]}
    arn = deploy(street, deploymentConfiguration=hooked)
    street.clock.settle(3600)
    times = [second for second, _ in asked]
    event = asked[0][1]
    assert [round(each - times[0]) for each in times] == [0, 30, 90]
    assert (event["lifecycleStage"], event["hookDetails"]) == ("PRE_SCALE_UP", {"try": 1})
    assert event["resourceArn"] == arn
    assert sorted(event["executionDetails"]["productionTrafficWeights"].values()) == [0.0, 100.0]
    assert record(street, arn)["status"] == "SUCCESSFUL"


@pytest.mark.parametrize(
    ("action", "status"), [("CONTINUE", "SUCCESSFUL"), ("ROLLBACK", "ROLLBACK_SUCCESSFUL")]
)
def test_a_pause_waits_for_continue_service_deployment(
    street: Town, action: str, status: str
) -> None:
    """However long it takes, up to a day by default; then it goes on or back as it is told."""
    create(street)
    hooked = {**PLAIN, "lifecycleHooks": [pause("PRE_PRODUCTION_TRAFFIC_SHIFT")]}
    arn = deploy(street, deploymentConfiguration=hooked)
    street.clock.advance(12 * 3600)
    shown = record(street, arn)
    (waiting,) = shown["lifecycleHookDetails"]
    street.call(
        "ContinueServiceDeployment",
        serviceDeploymentArn=arn,
        hookId=waiting["hookId"],
        action=action,
    )
    street.clock.settle(3600)
    assert (shown["lifecycleStage"], waiting["status"]) == (
        "PRE_PRODUCTION_TRAFFIC_SHIFT",
        "AWAITING_ACTION",
    )
    assert record(street, arn)["status"] == status


@pytest.mark.parametrize(
    ("timeout", "status"),
    [
        ({}, "IN_PROGRESS"),
        ({"timeoutInMinutes": 60}, "ROLLBACK_SUCCESSFUL"),
        ({"timeoutInMinutes": 60, "action": "CONTINUE"}, "SUCCESSFUL"),
    ],
)
def test_a_pause_times_out_with_the_action_that_was_asked_for(
    street: Town, timeout: Shape, status: str
) -> None:
    """After a day unless told otherwise, and then with a rollback unless told otherwise."""
    create(street)
    hooks = [pause("POST_SCALE_UP", timeoutConfiguration=timeout)]
    arn = deploy(street, deploymentConfiguration={**PLAIN, "lifecycleHooks": hooks})
    street.clock.advance(3 * 3600)
    assert record(street, arn)["status"] == status


def test_continuing_what_is_not_paused_is_refused(street: Town) -> None:
    """The hook's id has to be that of a pause that waits."""
    create(street)
    arn = deploy(street)
    with pytest.raises(EcsError) as caught:
        street.call("ContinueServiceDeployment", serviceDeploymentArn=arn, hookId="x")
    assert caught.value.code == "InvalidParameterException"
    with pytest.raises(EcsError) as caught:
        street.call("ContinueServiceDeployment", serviceDeploymentArn="arn:x", hookId="x")
    assert caught.value.code == "ServiceDeploymentNotFoundException"


def test_an_alarm_in_the_bake_time_rolls_back(street: Town) -> None:
    """Blue is still there and takes the traffic at once."""
    alarms = {"enable": True, "rollback": True, "alarmNames": ["errors"]}
    create(street, {**PLAIN, "alarms": alarms})
    arn = deploy(street)
    wait_for(street, arn, "BAKE_TIME")
    around(street).ringing.add("errors")
    street.clock.settle(3600)
    done = record(street, arn)
    assert (done["status"], definitions(street)) == ("ROLLBACK_SUCCESSFUL", ["web:1", "web:1"])
    assert weights(street) == {"arn:group/one": 100, "arn:group/two": 0}


def test_the_circuit_breaker_rolls_back_a_revision_that_fails_its_health_checks(
    street: Town,
) -> None:
    """Green never gets past SCALE_UP, production traffic never leaves blue."""
    create(street)
    around(street).set_health("arn:group/two", TargetHealth("unhealthy"))
    breaker = {"enable": True, "rollback": True}
    arn = deploy(street, deploymentConfiguration={**PLAIN, "deploymentCircuitBreaker": breaker})
    street.clock.settle(3600)
    done = record(street, arn)
    assert passed(street, arn) == ["PRE_SCALE_UP", "SCALE_UP", "traffic back"]
    assert (done["status"], definitions(street)) == ("ROLLBACK_SUCCESSFUL", ["web:1", "web:1"])
    assert weights(street) == {"arn:group/one": 100, "arn:group/two": 0}


def test_stopping_a_service_deployment_rolls_it_back(street: Town) -> None:
    """StopServiceDeployment in the middle of a canary gives blue all the traffic."""
    create(street, {"strategy": "CANARY"})
    arn = deploy(street)
    wait_for(street, arn, "PRODUCTION_TRAFFIC_SHIFT")
    street.call("StopServiceDeployment", serviceDeploymentArn=arn)
    street.clock.settle(3600)
    done = record(street, arn)
    assert (done["status"], definitions(street)) == ("ROLLBACK_SUCCESSFUL", ["web:1", "web:1"])
    assert weights(street) == {"arn:group/one": 100, "arn:group/two": 0}


@pytest.mark.parametrize("first", [True, False])
def test_a_deployment_that_is_aborted_leaves_what_serves(street: Town, first: bool) -> None:
    """Blue where there is one; the tasks of a first deployment stay, and no more are started."""
    if first:
        street.service(
            taskDefinition="web:1",
            launchType="FARGATE",
            deploymentConfiguration=PLAIN,
            loadBalancers=BALANCED,
        )
        arn = street.ecs.state.clusters["shop"].services["web"].records[0].arn
    else:
        create(street)
        arn = deploy(street)
    wait_for(street, arn, "POST_SCALE_UP")
    street.call("StopServiceDeployment", serviceDeploymentArn=arn, stopType="ABORT")
    street.clock.settle(3600)
    assert (record(street, arn)["status"], definitions(street)) == ("STOPPED", ["web:1"] * 2)


def test_a_deployment_during_a_deployment_reconciles_the_service_first(street: Town) -> None:
    """RECONCILE_SERVICE happens only when more than one service revision is ACTIVE."""
    create(street)
    deploy(street)
    street.clock.advance(120)
    third = deploy(street)
    street.clock.settle(3600)
    assert passed(street, third) == ["RECONCILE_SERVICE", *STAGES]
    assert (record(street, third)["status"], len(street.tasks())) == ("SUCCESSFUL", 2)


def test_a_first_deployment_has_no_blue_to_bake_against(street: Town) -> None:
    """All stages pass, and the bake time, when both run, is none."""
    create(street)
    arn = street.ecs.state.clusters["shop"].services["web"].records[0].arn
    times = {what: second for second, what in at(street, arn)}
    assert (passed(street, arn), times["CLEAN_UP"] - times["BAKE_TIME"]) == (STAGES, 0)
    assert record(street, arn)["status"] == "SUCCESSFUL"


def test_between_deployments_a_blue_green_service_keeps_its_count(street: Town) -> None:
    """A task that is stopped is replaced, in the same target group."""
    create(street)
    street.call("StopTask", cluster="shop", task=street.tasks()[0]["taskArn"])
    street.call("UpdateService", cluster="shop", service="web", desiredCount=3)
    street.clock.settle(3600)
    assert definitions(street) == ["web:1"] * 3
    assert weights(street)["arn:group/one"] == 100


@pytest.mark.parametrize(
    "configuration",
    [
        {"strategy": "BLUE_GREEN"},
        {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1441},
        {"strategy": "GREEN_BLUE", "bakeTimeInMinutes": 1},
        {**PLAIN, "canaryConfiguration": {"canaryPercent": 5.0}},
        {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.05}},
        {"strategy": "CANARY", "canaryConfiguration": {"canaryBakeTimeInMinutes": 1441}},
        {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.9}},
        {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 10.05}},
        {**PLAIN, "lifecycleHooks": [{"lifecycleStages": ["PRE_SCALE_UP"]}]},
        {**PLAIN, "lifecycleHooks": [pause("TEST_TRAFFIC_SHIFT")]},
        {**PLAIN, "lifecycleHooks": [pause("PRODUCTION_TRAFFIC_SHIFT")]},
        {**PLAIN, "lifecycleHooks": [hook("SCALE_UP")]},
        {**PLAIN, "lifecycleHooks": [hook("BAKE_TIME")]},
        {
            **PLAIN,
            "lifecycleHooks": [
                pause("PRE_SCALE_UP", timeoutConfiguration={"timeoutInMinutes": 20161})
            ],
        },
    ],
)
def test_a_deployment_configuration_out_of_its_bounds_is_refused(
    street: Town, configuration: Shape
) -> None:
    """Percentages, minutes, and stages as API_DeploymentConfiguration gives them."""
    with pytest.raises(EcsError) as caught:
        create(street, configuration)
    assert caught.value.code == "InvalidParameterException"


def test_a_load_balancer_needs_its_advanced_configuration(street: Town) -> None:
    """The alternate target group, the production listener rule and the role."""
    plain = {key: value for key, value in BALANCED[0].items() if key != "advancedConfiguration"}
    with pytest.raises(EcsError) as caught:
        create(street, loadBalancers=[plain], networkConfiguration=VPC)
    assert "alternateTargetGroupArn" in caught.value.message


def test_the_old_revision_keeps_its_share_of_a_service_without_tasks(street: Town) -> None:
    """Scaled to 0 and back while the traffic shifts, both revisions have tasks for their share."""
    gradual = {
        "strategy": "CANARY",
        "canaryConfiguration": {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 30},
    }
    create(street, gradual)
    street.call("UpdateService", cluster="shop", service="web", desiredCount=0)
    street.clock.settle(600)
    deploy(street)
    street.clock.advance(300)
    street.call("UpdateService", cluster="shop", service="web", desiredCount=2)
    street.clock.advance(300)
    tasks = Counter(each["taskDefinitionArn"][-5:] for each in street.tasks())
    assert tasks == {"web:1": 2, "web:2": 2}
    assert sorted(around(street).traffic[RULE].values()) == [10, 90]


def test_no_hook_is_asked_after_its_deployment_has_ended(street: Town) -> None:
    """Neither after ABORT nor after the service is gone, however long it would have taken."""
    asked: list[object] = []

    def slow(question: Shape) -> Shape:
        asked.append(question)
        return {"hookStatus": "IN_PROGRESS"}

    around(street).hooks[FUNCTION] = slow
    create(street, {**PLAIN, "lifecycleHooks": [hook("PRE_SCALE_UP")]})
    (arn,) = [each.arn for each in street.ecs.state.clusters["shop"].services["web"].records]
    street.call("StopServiceDeployment", serviceDeploymentArn=arn, stopType="ABORT")
    street.call("DeleteService", cluster="shop", service="web", force=True)
    heard = len(asked)
    assert heard > 1
    street.clock.settle(3600)
    assert len(asked) == heard
    assert street.clock.pending == 0
