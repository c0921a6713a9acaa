"""Proofs of the questions on deployments."""

import json
import re
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

MISSING = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:9"
"""An image that is in no registry."""
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
CONTAINER = {"ContainerName": "web", "ContainerPort": 80}
"""Which container and port get the traffic, as an AppSpec file says it."""
STEP_S = 15
STEPS = 36


def bounds(least: int, most: int) -> dict[str, int]:
    """A deployment configuration of two percentages."""
    return {"minimumHealthyPercent": least, "maximumPercent": most}


def stage(lab: ProofLab, count: int, **changes: object) -> None:
    """A Fargate service web on revision 1, with a revision 2 like it and a bad revision 3."""
    scene.cluster(lab)
    for image in (scene.IMAGE, scene.IMAGE, MISSING):
        web = scene.container(image=image, portMappings=[{"containerPort": 80}])
        scene.fargate_definition(lab, web)
    asked = {"launchType": "FARGATE", "availabilityZoneRebalancing": "DISABLED"} | changes
    scene.service(lab, "web:1", count, **asked)


def update(lab: ProofLab, **changes: object) -> None:
    """Update the service web."""
    lab.client("ecs").update_service(cluster="shop", service="web", **changes)


def watch(lab: ProofLab) -> list[tuple[int, int]]:
    """How many tasks ran, and how many were running or starting, every 15 seconds."""
    seen = []
    for _ in range(STEPS):
        lab.wait(STEP_S)
        web = scene.describe_service(lab)
        seen.append((web["runningCount"], web["runningCount"] + web["pendingCount"]))
    return seen


def extent(lab: ProofLab) -> tuple[int, int]:
    """The fewest tasks that ran and the most that there were, while the update went on."""
    seen = watch(lab)
    return min(running for running, _ in seen), max(there for _, there in seen)


def rollout(lab: ProofLab) -> str:
    """The state of the newest deployment of the service web."""
    return str(scene.describe_service(lab)["deployments"][0]["rolloutState"])


def record(lab: ProofLab) -> dict[str, object]:
    """The newest service deployment of the service web, described."""
    ecs = lab.client("ecs")
    newest = ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"][0]
    arns = [newest["serviceDeploymentArn"]]
    found = ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]
    return dict(found[0])


@proof
def small_service_rolls(lab: ProofLab, option: Options) -> None:
    """Update a service of three with 50 and 125 percent, and count its tasks meanwhile."""
    stage(lab, 3, deploymentConfiguration=bounds(50, 125))
    update(lab, taskDefinition="web:2")
    found = extent(lab)
    for text in option:
        least, most = map(int, re.findall(r"\d+", text))
        option(text).holds_if((least, most) == found, f"from {found[0]} to {found[1]} tasks")


@proof
def no_port_is_free(lab: ProofLab, option: Options) -> None:
    """Two instances, two tasks with a fixed host port: try each pair of percentages."""
    scene.cluster(lab, instances=2)
    web = scene.container(portMappings=[{"containerPort": 80, "hostPort": 8080}])
    for _ in range(2):
        scene.definition(lab, web)
    scene.service(lab, "web:1", 2, availabilityZoneRebalancing="DISABLED")
    for number, text in enumerate(option):
        least, most = map(int, re.findall(r"\d+", text))
        before = scene.describe_service(lab)["taskDefinition"]
        other = "web:1" if before.endswith("web:2") else "web:2"
        update(lab, taskDefinition=other, deploymentConfiguration=bounds(least, most))
        lab.wait(900)
        option(text).holds_if(rollout(lab) == "COMPLETED", f"try {number + 1}: {rollout(lab)}")


@proof
def defaults_start_first(lab: ProofLab, option: Options) -> None:
    """Update a service of four without a deployment configuration, and look soon after."""
    stage(lab, 4)
    update(lab, taskDefinition="web:2")
    lab.wait(30)
    new, old = scene.describe_service(lab)["deployments"]
    started, left = new["runningCount"] + new["pendingCount"], old["runningCount"]
    found = f"{started} new tasks started, {left} old ones run"
    option("It stops two old").holds_if((started, left) == (2, 2), found)
    option("It stops all").holds_if(left == 0, found)
    option("It starts one").holds_if((started, left) == (1, 4), found)
    option("It starts four").holds_if((started, left) == (4, 4), found)


@proof
def at_most_six(lab: ProofLab, option: Options) -> None:
    """Update a service of five with each pair of percentages, and count its tasks meanwhile."""
    stage(lab, 5)
    for number, text in enumerate(option):
        least, most = map(int, re.findall(r"\d+", text))
        new = f"web:{2 - number % 2}"
        update(lab, taskDefinition=new, deploymentConfiguration=bounds(least, most))
        fewest, top = extent(lab)
        fits = fewest >= 5 and top <= 6 and rollout(lab) == "COMPLETED"
        option(text).holds_if(fits, f"from {fewest} to {top} tasks; {rollout(lab)}")
        update(lab, taskDefinition=new, deploymentConfiguration=bounds(0, 200))
        lab.settle()


@proof
def which_is_stuck(lab: ProofLab, option: Options) -> None:
    """Update a service of four with each pair of percentages, and read its newest event."""
    stage(lab, 4)
    for number, text in enumerate(option):
        least, most = map(int, re.findall(r"\d+", text))
        new = f"web:{2 - number % 2}"
        update(lab, taskDefinition=new, deploymentConfiguration=bounds(least, most))
        lab.wait(600)
        event = scene.describe_service(lab)["events"][0]["message"]
        option(text).holds_if("unable to stop or start tasks" in event, event)
        update(lab, taskDefinition=new, deploymentConfiguration=bounds(0, 200))
        lab.settle()


@proof
def drain_is_blocked(lab: ProofLab, option: Options) -> None:
    """Drain one of three instances under a service of two, and try three of the changes."""
    scene.cluster(lab, instances=3)
    scene.definition(lab)
    scene.service(lab, count=2, deploymentConfiguration=bounds(100, 100))
    ecs = lab.client("ecs")
    (busy, *_) = [each for each in scene.instances(lab) if each["runningTasksCount"]]
    arn = busy["containerInstanceArn"]

    def left() -> int:
        found = ecs.describe_container_instances(cluster="shop", containerInstances=[arn])
        return int(found["containerInstances"][0]["runningTasksCount"])

    def turn(status: str) -> None:
        ecs.update_container_instances_state(
            cluster="shop", containerInstances=[arn], status=status
        )
        lab.wait(600)

    turn("DRAINING")
    assert left() == 1, "the task stays"
    turn("ACTIVE")
    turn("DRAINING")
    option("Set the instance").holds_if(left() == 0, f"{left()} task left on the instance")
    update(lab, deploymentConfiguration=bounds(100, 200))
    lab.wait(600)
    running = scene.describe_service(lab)["runningCount"]
    moved = f"{left()} tasks left on the instance, {running} run in the service"
    option("Raise the maximumPercent").holds_if((left(), running) == (0, 2), moved)


@proof
def one_task_at_fifty_percent(lab: ProofLab, option: Options) -> None:
    """Update a service of one task with 50 and 100 percent, and count its tasks meanwhile."""
    stage(lab, 1, deploymentConfiguration=bounds(50, 100))
    refused = scene.refusal(update, lab, taskDefinition="web:2")
    fewest, most = extent(lab)
    (task,) = scene.tasks(lab)
    old = task["taskDefinitionArn"].endswith("web:1")
    found = refused or f"from {fewest} to {most} tasks; {'the old' if old else 'a new'} task runs"
    option("The old task is stopped").holds_if(fewest == 0, found)
    option("The new task starts").holds_if(most == 2, found)
    option("ECS refuses").holds_if(refused, found)
    option("Nothing").holds_if(old and (fewest, most) == (1, 1), found)


@proof
def rollback_skips_unfinished(lab: ProofLab, option: Options) -> None:
    """Replace a deployment before it is complete by one whose image is not there."""
    stage(lab, 2, deploymentConfiguration=BREAKER)
    update(lab, taskDefinition="web:2")
    lab.wait(20)
    update(lab, taskDefinition="web:3")
    lab.wait(1800)
    now = scene.describe_service(lab)["taskDefinition"][-5:]
    for number in (1, 2, 3):
        option(f"Revision {number}").holds_if(now == f"web:{number}", f"the service runs {now}")
    running = len(scene.tasks(lab))
    option("No revision").holds_if(running == 0, f"{running} tasks run")


@proof
def first_deployment_fails(lab: ProofLab, option: Options) -> None:
    """Create a service whose image is not there, with circuit breaker and rollback."""
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(image=MISSING))
    scene.service(lab, launchType="FARGATE", deploymentConfiguration=BREAKER)
    lab.wait(1800)
    web = scene.describe_service(lab)
    failed = web["deployments"][0]["failedTasks"]
    lab.wait(7200)
    later = scene.describe_service(lab)["deployments"][0]["failedTasks"]
    found = f"{rollout(lab)} after {failed} failed tasks, {later} two hours later"
    option("The deployment has FAILED").holds_if(
        rollout(lab) == "FAILED" and later == failed, found
    )
    option("ECS goes on").holds_if(later > failed, found)
    option("ECS deletes").holds_if(web["status"] != "ACTIVE", f"the service is {web['status']}")
    option("ECS sets").holds_if(web["desiredCount"] == 0, f"desired count {web['desiredCount']}")


@proof
def bad_image_without_breaker(lab: ProofLab, option: Options) -> None:
    """Update a service to an image that is not there, and wait for four hours."""
    stage(lab, 2)
    update(lab, taskDefinition="web:3")
    lab.wait(4 * 3600)
    serving = len(scene.tasks(lab)) == 2
    found = f"{len(scene.tasks(lab))} old tasks run, the deployment is {rollout(lab)}"
    for text in option:
        holds = serving == text.startswith("The old tasks serve") and text.endswith(
            f"{rollout(lab)}."
        )
        option(text).holds_if(holds, found)


@proof
def threshold_of_25(lab: ProofLab, option: Options) -> None:
    """Let a deployment of 25 tasks fail, and read the threshold."""
    stage(lab, 25, deploymentConfiguration=BREAKER)
    update(lab, taskDefinition="web:3")
    lab.settle()
    breaker = record(lab)["deploymentCircuitBreaker"]
    for text in option:
        option(text).holds_if(int(text) == breaker["threshold"], f"{breaker}")  # type: ignore[index]


@proof
def threshold_of_two(lab: ProofLab, option: Options) -> None:
    """Let a deployment of ten tasks fail with each setting, and read how many failed."""
    stage(lab, 10)
    changes = {
        "Set resetOnHealthyTask": {"resetOnHealthyTask": False},
        "Set a threshold of type BOUNDED": {
            "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 20}
        },
        "Set a threshold of type UNBOUNDED": {
            "thresholdConfiguration": {"type": "UNBOUNDED_PERCENT", "value": 50}
        },
        "Set a threshold of type COUNT": {"thresholdConfiguration": {"type": "COUNT", "value": 2}},
    }
    for start, change in changes.items():
        breaker = {"enable": True, "rollback": True} | change
        settings = {"deploymentCircuitBreaker": breaker}
        update(lab, taskDefinition="web:3", deploymentConfiguration=settings)
        lab.settle()
        limit = record(lab)["deploymentCircuitBreaker"]["threshold"]  # type: ignore[index]
        option(start).holds_if(limit == 2, f"the deployment failed at {limit} failed tasks")


@proof
def alarm_rings_before(lab: ProofLab, option: Options) -> None:
    """Update a service while the alarm of its deployments is in the ALARM state."""
    cloudwatch = lab.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors", Namespace="Shop", MetricName="Errors", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    alarms = {"alarmNames": ["errors"], "enable": True, "rollback": True}
    stage(lab, 2, deploymentConfiguration={"alarms": alarms})
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a bug")
    refused = scene.refusal(update, lab, taskDefinition="web:2")
    lab.wait(1200)
    status = record(lab)["status"]
    found = refused or f"the deployment is {status}"
    option("It ignores").holds_if(status == "SUCCESSFUL", found)
    option("It fails").holds_if(status == "ROLLBACK_SUCCESSFUL", found)
    option("It waits").holds_if(status == "IN_PROGRESS", found)
    option("It refuses").holds_if(refused, found)


@proof
def slow_version(lab: ProofLab, option: Options) -> None:
    """Deploy a version with each setting in a copy of the lab; an alarm on it rings soon after."""
    stage(lab, 2)
    cloudwatch = lab.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="slow", Namespace="Shop", MetricName="Seconds", Statistic="Average", Period=60,
        EvaluationPeriods=1, Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="slow", StateValue="OK", StateReason="as ever")
    alarms = {"alarms": {"alarmNames": ["slow"], "enable": True, "rollback": True}}
    for start, settings in (
        ("The deployment circuit breaker", {"deploymentConfiguration": BREAKER}),
        ("A CloudWatch alarm", {"deploymentConfiguration": alarms}),
        ("A longer health check", {}),
    ):
        copy = lab.copy()
        update(copy, taskDefinition="web:2", **settings)
        copy.wait(90)
        copy.client("cloudwatch").set_alarm_state(
            AlarmName="slow", StateValue="ALARM", StateReason="three times as long"
        )
        copy.wait(1800)
        now = scene.describe_service(copy)["taskDefinition"][-5:]
        copy.close()
        option(start).holds_if(now == "web:1", f"half an hour later the service runs {now}")


class Front(NamedTuple):
    """A load balancer's two target groups, its listeners and its address."""

    groups: tuple[str, str]
    listeners: tuple[str, str]
    url: str


def front(lab: ProofLab, kind: str = "application") -> Front:
    """A load balancer with the target groups blue and green, listening on ports 80 and 8080."""
    protocol = {"application": "HTTP", "network": "TCP"}[kind]
    elb = lab.client("elbv2")
    balancer = elb.create_load_balancer(
        Name="front",
        Subnets=list(lab.network.public_subnets),
        SecurityGroups=[lab.network.security_groups["web"]],
        Type=kind,
    )["LoadBalancers"][0]
    blue, green = (
        elb.create_target_group(
            Name=name, Protocol=protocol, Port=80, VpcId=lab.network.vpc_id, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        for name in ("blue", "green")
    )
    live, test = (
        elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol=protocol,
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": blue}],
        )["Listeners"][0]["ListenerArn"]
        for port in (80, 8080)
    )
    return Front((blue, green), (live, test), f"http://{balancer['DNSName']}")


def role(lab: ProofLab, service: str) -> str:
    """A role that a service of AWS may assume, to change load balancers."""
    policy = {"ecs": "AmazonECSInfrastructureRolePolicyForLoadBalancers"}
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": f"{service}.amazonaws.com"},
    }
    iam = lab.client("iam")
    made = iam.create_role(
        RoleName=f"{service}Shifts",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )["Role"]["Arn"]
    if service in policy:
        arn = f"arn:aws:iam::aws:policy/{policy[service]}"
        iam.attach_role_policy(RoleName=f"{service}Shifts", PolicyArn=arn)
    return str(made)


def target(at: Front) -> dict[str, object]:
    """The container web, registered with the target group blue."""
    return {"targetGroupArn": at.groups[0], "containerName": "web", "containerPort": 80}


def two_colours(lab: ProofLab, count: int, strategy: dict[str, object]) -> Front:
    """A service behind a load balancer that ECS deploys with a strategy of two target groups."""
    at = front(lab)
    rules = [
        lab.client("elbv2").describe_rules(ListenerArn=each)["Rules"][0]["RuleArn"]
        for each in at.listeners
    ]
    advanced = {
        "alternateTargetGroupArn": at.groups[1],
        "productionListenerRule": rules[0],
        "testListenerRule": rules[1],
        "roleArn": role(lab, "ecs"),
    }
    balancers = [target(at) | {"advancedConfiguration": advanced}]
    stage(lab, count, loadBalancers=balancers, deploymentConfiguration=strategy)
    lab.settle()
    return at


def answers(lab: ProofLab, at: Front, count: int = 20) -> dict[str, int]:
    """How many of so many requests each revision answers."""
    seen = {"web:1": 0, "web:2": 0}
    for _ in range(count):
        seen[str(lab.http.get(at.url).revision)] += 1
    return seen


@proof
def tasks_in_the_bake_time(lab: ProofLab, option: Options) -> None:
    """Update a blue/green service of three, and count its tasks in the bake time."""
    two_colours(lab, 3, {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 30})
    update(lab, taskDefinition="web:2")
    lab.wait(600)
    stage_now = record(lab)["lifecycleStage"]
    assert stage_now == "BAKE_TIME", f"it is {stage_now}"
    lab.diagram("Both revisions in the bake time")
    running = scene.describe_service(lab)["runningCount"]
    option.values(running, {"3,": 3, "4,": 4, "5,": 5, "6,": 6}, "{} tasks run in the bake time")


@proof
def approve_green(lab: ProofLab, option: Options) -> None:
    """Deploy with each setting in a copy of the lab, and give no answer for three hours."""
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=lab.network.security_groups["web"], IpProtocol="tcp", FromPort=8080, ToPort=8080,
        CidrIp="0.0.0.0/0",
    )  # fmt: skip
    at = two_colours(lab, 2, {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5})
    timeout = {"timeoutInMinutes": 120, "action": "ROLLBACK"}
    for stage_name in ("PRODUCTION", "POST_TEST", "POST_PRODUCTION", ""):
        hook = {
            "targetType": "PAUSE",
            "lifecycleStages": [f"{stage_name}_TRAFFIC_SHIFT"],
            "timeoutConfiguration": timeout,
        }
        hooks = {"lifecycleHooks": [hook], "bakeTimeInMinutes": 5}
        strategy = {"strategy": "BLUE_GREEN"} | (
            hooks if stage_name else {"bakeTimeInMinutes": 120}
        )
        start = f"A PAUSE hook at {stage_name}_T" if stage_name else "A bake time"
        copy = lab.copy()
        found = scene.refusal(
            update, copy, taskDefinition="web:2", deploymentConfiguration=strategy
        )
        fits = False
        if not found:
            copy.wait(1200)
            users, tests = (copy.http.get(at.url + port).revision for port in ("", ":8080"))
            copy.wait(3 * 3600)
            later = copy.http.get(at.url).revision
            fits = (users, tests, later) == ("web:1", "web:2", "web:1")
            found = f"at first users reach {users}, tests {tests}; in the end users reach {later}"
        copy.close()
        option(start).holds_if(fits, found)


@proof
def canary_share(lab: ProofLab, option: Options) -> None:
    """Update a service with a canary of 20 percent, and send requests in its bake time."""
    canary = {"canaryPercent": 20, "canaryBakeTimeInMinutes": 15}
    strategy = {"strategy": "CANARY", "canaryConfiguration": canary, "bakeTimeInMinutes": 5}
    at = two_colours(lab, 2, strategy)
    update(lab, taskDefinition="web:2")
    while answers(lab, at, 10)["web:2"] == 0:
        lab.wait(30)
    lab.wait(540)
    seen = answers(lab, at)
    shares = {"20 percent": 4, "All of it goes to green": 20, "All of it goes to blue": 0,
              "About 60": 12}  # fmt: skip
    option.values(seen["web:2"], shares, "green answers {} of 20 requests")


@proof
def equal_steps(lab: ProofLab, option: Options) -> None:
    """Update with each strategy in a copy of the lab, and send requests every half minute."""
    linear = {"stepPercent": 10, "stepBakeTimeInMinutes": 5}
    canary = {"canaryPercent": 10, "canaryBakeTimeInMinutes": 5}
    for start, strategy in (
        ("LINEAR", {"strategy": "LINEAR", "linearConfiguration": linear}),
        ("CANARY", {"strategy": "CANARY", "canaryConfiguration": canary}),
        ("BLUE_GREEN", {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}),
    ):
        copy = lab.copy()
        at = two_colours(copy, 2, strategy)
        update(copy, taskDefinition="web:2")
        began: dict[int, float] = {}
        while 10 not in began:
            copy.wait(30)
            began.setdefault(answers(copy, at, 10)["web:2"], copy.now.timestamp())
        copy.close()
        shares = [share for share in began if share]
        times = [at_s for share, at_s in began.items() if share]
        minutes = [round((later - earlier) / 60, 1) for earlier, later in pairwise(times)]
        found = f"green answers {shares} of ten requests, with {minutes} minutes between them"
        steps = shares == list(range(1, 11)) and all(4 < each < 6 for each in minutes)
        option(start).holds_if(steps, found)


def code_deploy(
    lab: ProofLab,
    at: Front,
    speed: str = "ECSAllAtOnce",
    *,
    properties: dict[str, object] | None = None,
    hooks: list[dict[str, str]] | None = None,
    **pair: object,
) -> str:
    """Deploy web:2 by CodeDeploy, from a new application and group; the deployment's id.

    `properties` are the AppSpec file's own, and `pair` what is other in the group's pair.
    """
    client = lab.client("codedeploy")
    client.create_application(applicationName="shop", computePlatform="ECS")
    pair = {
        "targetGroups": [{"name": "blue"}, {"name": "green"}],
        "prodTrafficRoute": {"listenerArns": [at.listeners[0]]},
    } | pair
    ending = {"action": "TERMINATE", "terminationWaitTimeInMinutes": 5}
    client.create_deployment_group(
        applicationName="shop",
        deploymentGroupName="web",
        serviceRoleArn=role(lab, "codedeploy"),
        deploymentConfigName=f"CodeDeployDefault.{speed}",
        deploymentStyle={
            "deploymentType": "BLUE_GREEN",
            "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        loadBalancerInfo={"targetGroupPairInfoList": [scene.given(pair)]},
        blueGreenDeploymentConfiguration={
            "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
            "terminateBlueInstancesOnDeploymentSuccess": ending,
        },
        ecsServices=[{"clusterName": "shop", "serviceName": "web"}],
    )
    properties = properties or {"TaskDefinition": "web:2", "LoadBalancerInfo": CONTAINER}
    resource = {"TargetService": {"Type": "AWS::ECS::Service", "Properties": properties}}
    content = json.dumps({"version": 0.0, "Resources": [resource], "Hooks": hooks or []})
    made = client.create_deployment(
        applicationName="shop",
        deploymentGroupName="web",
        revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
    )
    return str(made["deploymentId"])


def outcome(lab: ProofLab, deployment: str) -> str:
    """The status of a CodeDeploy deployment, an hour and a half later."""
    lab.wait(5400)
    shown = lab.client("codedeploy").get_deployment(deploymentId=deployment)
    return str(shown["deploymentInfo"]["status"])


def code_deploy_service(lab: ProofLab, kind: str = "application") -> Front:
    """A service of two behind a load balancer, with the CODE_DEPLOY controller."""
    at = front(lab, kind)
    stage(lab, 2, loadBalancers=[target(at)], deploymentController={"type": "CODE_DEPLOY"})
    return at


@proof
def what_a_group_needs(lab: ProofLab, option: Options) -> None:
    """Deploy with one target group, without a production listener, and with both."""
    at = code_deploy_service(lab)
    one: list[dict[str, object]] = [
        {},
        {"targetGroups": [{"name": "blue"}]},
        {"prodTrafficRoute": None},
    ]
    ends = []
    for changes in one:
        copy = lab.copy()
        ends.append(outcome(copy, code_deploy(copy, at, **changes)))
        copy.close()
    whole, alone, shut = ends
    option("Two target groups").holds_if(alone == "Failed", f"with one, the end is {alone}")
    option("A production listener").holds_if(shut == "Failed", f"without, the end is {shut}")
    for start in ("A second ECS cluster", "A second load balancer", "A record in Route 53"):
        option(start).holds_if(whole != "Succeeded", f"without, the end is {whole}")


@proof
def what_an_app_spec_names(lab: ProofLab, option: Options) -> None:
    """Deploy with AppSpec files that lack the task definition or the container, and with both."""
    at = code_deploy_service(lab)
    files: list[dict[str, object]] = [
        {"TaskDefinition": "web:2", "LoadBalancerInfo": CONTAINER},
        {"LoadBalancerInfo": CONTAINER},
        {"TaskDefinition": "web:2"},
    ]
    ends = []
    for properties in files:
        copy = lab.copy()
        ends.append(outcome(copy, code_deploy(copy, at, properties=properties)))
        copy.close()
    both, no_definition, no_container = ends
    option("The task definition").holds_if(
        no_definition == "Failed", f"without, the end is {no_definition}"
    )
    option("The container").holds_if(no_container == "Failed", f"without, it is {no_container}")
    for start in ("The ARNs of both", "The number of tasks", "The percent of each"):
        option(start).holds_if(both != "Succeeded", f"without, the end is {both}")


@proof
def speeds_behind_a_network_balancer(lab: ProofLab, option: Options) -> None:
    """Deploy with each configuration behind a Network Load Balancer, in a copy of the lab."""
    at = code_deploy_service(lab, "network")
    for text in option:
        copy = lab.copy()
        speed = text.removeprefix("CodeDeployDefault.")
        end = outcome(copy, code_deploy(copy, at, speed))
        copy.close()
        option(text).holds_if(end == "Succeeded", f"the deployment has {end}")


def at_each_hook(lab: ProofLab) -> dict[str, tuple[int, bool, bool]]:
    """What there is at each hook of a deployment: the number of task sets, and whether the new one
    answers on the test listener and on the production listener.
    """
    at = code_deploy_service(lab)
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=lab.network.security_groups["web"], IpProtocol="tcp", FromPort=8080, ToPort=8080,
        CidrIp="0.0.0.0/0",
    )  # fmt: skip
    events = ("BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic",
              "AfterAllowTraffic")  # fmt: skip
    seen: dict[str, tuple[int, bool, bool]] = {}

    def look(event: str, _: object) -> dict[str, str]:
        with lab.quiet():
            sets = len(scene.describe_service(lab)["taskSets"])
            tests, users = (lab.http.get(at.url + port).revision for port in (":8080", ""))
            seen[event] = (sets, tests == "web:2", users == "web:2")
        return {"status": "Succeeded"}

    for event in events:
        lab.hooks[event] = partial(look, event)
    test = {"listenerArns": [at.listeners[1]]}
    made = code_deploy(lab, at, hooks=[{each: each} for each in events], testTrafficRoute=test)
    assert outcome(lab, made) == "Succeeded", "the deployment goes through"
    return seen


@proof
def hook_for_tests(lab: ProofLab, option: Options) -> None:
    """Deploy with a function at every hook that asks both listeners for the revision."""
    for event, (_, tests, users) in at_each_hook(lab).items():
        found = f"test traffic reaches the {'new' if tests else 'old'} task set"
        found += f", users the {'new' if users else 'old'} one"
        if event != "BeforeAllowTraffic":
            option(event).holds_if(tests and not users, found)


@proof
def hook_before_the_task_set(lab: ProofLab, option: Options) -> None:
    """Deploy with a function at every hook that counts the service's task sets."""
    for event, (sets, _, _) in at_each_hook(lab).items():
        if event in ("BeforeAllowTraffic", "BeforeInstall", "AfterAllowTestTraffic"):
            option(event).holds_if(sets == 1, f"at {event} there are {sets} task sets")


@proof
def codedeploy_deploys(lab: ProofLab, option: Options) -> None:
    """Try to deploy with UpdateService, and then with CodeDeploy."""
    at = code_deploy_service(lab)
    new = {"taskDefinition": "web:2"}
    forced = scene.refusal(update, lab, **new, forceNewDeployment=True)
    option("By the same call with forceNew").holds_if(not forced, forced)
    update(lab, desiredCount=0)
    empty = scene.refusal(update, lab, **new)
    option("By the same call after").holds_if(not empty, empty)
    update(lab, desiredCount=2)
    green = scene.refusal(update, lab, **new, deploymentConfiguration={"strategy": "BLUE_GREEN"})
    option("By the same call with the strategy").holds_if(not green, green)
    lab.settle()
    code_deploy(lab, at)
    lab.settle()
    running = {each["taskDefinitionArn"][-5:] for each in scene.tasks(lab)}
    option("By a CodeDeploy").holds_if(running == {"web:2"}, f"the tasks run {running}")


@proof
def canary_of_code_deploy(lab: ProofLab, option: Options) -> None:
    """Deploy with each configuration in a copy of the lab, and send requests three times."""
    at = code_deploy_service(lab)
    for text in option:
        copy = lab.copy()
        code_deploy(copy, at, text.removeprefix("CodeDeployDefault."))
        shares = []
        for minutes in (8, 6, 11):
            copy.wait(60 * minutes)
            shares.append(answers(copy, at, 10)["web:2"])
        copy.close()
        found = f"after 8, 14 and 25 minutes the new tasks answer {shares} of ten requests"
        option(text).holds_if(shares == [1, 1, 10], found)


@proof
def same_tag(lab: ProofLab, option: Options) -> None:
    """Push another image under the same tag, and look which image the tasks have."""
    image = lab.registry.push("shop:live", like="nginx:1.27")
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(image=image))
    scene.service(lab, launchType="FARGATE")

    def digests() -> set[str]:
        return {task["containers"][0]["imageDigest"] for task in scene.tasks(lab)}

    before = digests()
    lab.registry.push("shop:live", like="nginx:1.29")
    lab.wait(3600)
    option("Wait until").holds_if(digests() != before, "an hour later the tasks are the same")
    update(lab, forceNewDeployment=True)
    lab.settle()
    option("Update the service").holds_if(
        not digests() & before, "all tasks have the new image's digest"
    )


@proof
def later_task(lab: ProofLab, option: Options) -> None:
    """Push another image under the tag, start a further task, and look what the tasks run."""
    image = lab.registry.push("shop:live", like="nginx:1.27")
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(image=image))
    scene.service(lab, launchType="FARGATE")
    old = {each["taskArn"]: each["containers"][0]["imageDigest"] for each in scene.tasks(lab)}
    lab.registry.push("shop:live", like="nginx:1.29")
    update(lab, desiredCount=len(old) + 2)
    lab.settle()
    now = {each["taskArn"]: each["containers"][0]["imageDigest"] for each in scene.tasks(lab)}
    same = set(now.values()) == set(old.values())
    assert len(now) == len(old) + 2, "two more tasks run"
    found = f"{len(now)} tasks run {len(set(now.values()))} image, the old one"
    option("The old one").holds_if(same, found)
    option("The new one, because").holds_if(not same, found)
    option("The new one, and").holds_if(not old.keys() <= now.keys(), "the older tasks still run")


@proof
def forced_deployment(lab: ProofLab, option: Options) -> None:
    """Force a deployment of a service of two, and count its tasks meanwhile."""
    stage(lab, 2)
    before = {task["taskArn"] for task in scene.tasks(lab)}
    update(lab, forceNewDeployment=True)
    fewest, most = extent(lab)
    tasks = scene.tasks(lab)
    kept = before & {task["taskArn"] for task in tasks}
    revisions = {task["taskDefinitionArn"][-5:] for task in tasks}
    found = f"from {fewest} to {most} tasks; {len(kept)} old tasks kept; revision {revisions}"
    option("It restarts").holds_if(kept, found)
    option("It stops both").holds_if(fewest == 0, found)
    option("It registers").holds_if(revisions != {"web:1"}, found)
    option("It starts two").holds_if((fewest, most, kept) == (2, 4, set()), found)
