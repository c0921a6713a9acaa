"""Proofs of the questions on observability and ECS Exec."""

import json
from typing import Any

from ecs_lab.exercises import clinic
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

ON_FARGATE = {"launchType": "FARGATE"}
LINUX = "public.ecr.aws/amazonlinux/amazonlinux:2023"
BUSYBOX = "public.ecr.aws/docker/library/busybox:1.37"
ROUTER = "public.ecr.aws/aws-observability/aws-for-fluent-bit:3"
CHANNELS = ("ssmmessages:*",)
MISSING = "123456789012.dkr.ecr.us-east-1.amazonaws.com/not-there:1"
WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
OFF = {"availabilityZoneRebalancing": "DISABLED"}


def run(lab: ProofLab, wait_s: float = 120, **changes: Any) -> dict[str, Any]:
    """Run a task of the family web on Fargate; the task as it is when it had time to start."""
    ecs = lab.client("ecs")
    asked = {"taskDefinition": "web", "networkConfiguration": scene.network(lab)} | changes
    task = ecs.run_task(cluster=scene.CLUSTER, **ON_FARGATE, **asked)["tasks"][0]
    lab.wait(wait_s)
    return dict(ecs.describe_tasks(cluster=scene.CLUSTER, tasks=[task["taskArn"]])["tasks"][0])


def awslogs(group: str = "/shop", **options: str) -> dict[str, Any]:
    """A log configuration with the awslogs driver."""
    asked = {"awslogs-group": group, "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"}
    return {"logDriver": "awslogs", "options": asked | options}


def says(text: str, **changes: Any) -> dict[str, Any]:
    """A container that writes a line and runs on."""
    command = ["sh", "-c", f"echo {text}; sleep 90000"]
    return scene.container(**({"image": LINUX, "command": command} | changes))


def lines(lab: ProofLab, group: str = "/shop") -> list[str]:
    """What has arrived in a log group."""
    found = lab.client("logs").filter_log_events(logGroupName=group)["events"]
    return [each["message"] for each in found]


def queue(lab: ProofLab, rule: str, pattern: dict[str, Any]) -> str:
    """A queue that a rule fills; gives its URL."""
    sqs, events = lab.client("sqs"), lab.client("events")
    url = str(sqs.create_queue(QueueName=rule)["QueueUrl"])
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": found["QueueArn"]}])
    return url


def waiting(lab: ProofLab, url: str) -> list[dict[str, Any]]:
    """The events that are in a queue."""
    answer = lab.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(each["Body"]) for each in answer.get("Messages", [])]


def exec_refusal(lab: ProofLab, task: dict[str, Any]) -> str:
    """What ExecuteCommand says against a command in a task; "" if nothing."""
    return scene.refusal(lab.exec, task["taskArn"], "id")


@proof
def traces_of_many_lines(lab: ProofLab, option: Options) -> None:
    """Write two messages of two lines each, with each of the options."""
    scene.cluster(lab)
    script = (
        "for n in 1 2; do echo 2026-01-05 09:00:0$n ERROR; echo ' at Shop.sell'; done; sleep 90"
    )
    given = {
        "awslogs-datetime-format": "%Y-%m-%d",
        "mode": "non-blocking",
        "max-buffer-size": "25m",
        "awslogs-stream-prefix": "error",
    }
    for text, value in given.items():
        group = f"/shop/{text}"
        lab.client("logs").create_log_group(logGroupName=group)
        logged = awslogs(group, **{text: value})
        shown = says("", command=["sh", "-c", script], logConfiguration=logged)
        scene.fargate_definition(lab, shown)
        run(lab)
        events = len(lines(lab, group))
        option(f"The option {text}").holds_if(events == 2, f"{events} log events")


@proof
def create_group(lab: ProofLab, option: Options) -> None:
    """Start a task with each of the changes; only what is changed differs."""
    scene.cluster(lab)
    created = {"awslogs-create-group": "true"}

    def starts(text: str, **changes: Any) -> None:
        options = created | changes.pop("options", {})
        group = f"/shop/{len(text)}"
        if changes.pop("group", False):
            lab.client("logs").create_log_group(logGroupName=group)
        logged = says("hello", logConfiguration=awslogs(group, **options))
        scene.fargate_definition(lab, logged, **changes)
        task = run(lab)
        found = task.get("stoppedReason", task["lastStatus"])
        option(text).holds_if(task["lastStatus"] == "RUNNING", found)

    starts("Set the option mode", options={"mode": "non-blocking"})
    starts("Use a longer", options={"awslogs-stream-prefix": "a-longer-prefix"})
    starts("Create the log group", group=True)
    maker = clinic.role(lab, "maker", [*WRITE, "logs:CreateLogGroup"])
    starts("Allow logs:CreateLogGroup in the task", taskRoleArn=maker)
    starts("Allow logs:CreateLogGroup in the execution", executionRoleArn=maker)


@proof
def stream_name(lab: ProofLab, option: Options) -> None:
    """Run two such tasks and list the streams of the group."""
    scene.cluster(lab)
    lab.client("logs").create_log_group(logGroupName="/shop")
    logged = awslogs(**{"awslogs-stream-prefix": "orders"})
    scene.fargate_definition(lab, says("hello", name="app", logConfiguration=logged))
    ids = {run(lab)["taskArn"].rpartition("/")[2] for _ in range(2)}
    found = lab.client("logs").describe_log_streams(logGroupName="/shop")["logStreams"]
    names = {each["logStreamName"] for each in found}
    option("In the stream orders/app/").holds_if(names == {f"orders/app/{i}" for i in ids}, names)
    option("In the stream app/orders/").holds_if(names == {f"app/orders/{i}" for i in ids}, names)
    option("In the stream orders, for").holds_if(names == {"orders"}, names)


def router(**changes: Any) -> dict[str, Any]:
    """A container that is a FireLens router."""
    fluent_bit = {"firelensConfiguration": {"type": "fluentbit"}} | changes
    return scene.container("router", image=ROUTER, **fluent_bit)


def firelens(**options: str) -> dict[str, Any]:
    """A log configuration of FireLens, to CloudWatch Logs unless it says otherwise."""
    asked = {"Name": "cloudwatch_logs", "region": "us-east-1", "log_group_name": "/shop"}
    return {"logDriver": "awsfirelens", "options": asked | {"log_stream_prefix": "web-"} | options}


@proof
def route_elsewhere(lab: ProofLab, option: Options) -> None:
    """Route to a bucket without debug lines; try the syslog driver on Fargate."""
    scene.cluster(lab)
    lab.client("s3").create_bucket(Bucket="shop-lines")
    put = clinic.role(lab, "put", ["s3:PutObject"])
    to = {"Name": "s3", "bucket": "shop-lines", "exclude-pattern": "^DEBUG"}
    script = "echo sold; echo DEBUG cup 7; sleep 90000"
    app = says("", command=["sh", "-c", script], logConfiguration=firelens(**to))
    scene.fargate_definition(lab, app, router(), taskRoleArn=put)
    run(lab)
    s3, found = lab.client("s3"), ""
    for each in s3.list_objects_v2(Bucket="shop-lines").get("Contents", []):
        found += s3.get_object(Bucket="shop-lines", Key=each["Key"])["Body"].read().decode()
    option("The awsfirelens driver").holds_if("sold" in found and "DEBUG" not in found, found)
    syslog = says("hello", logConfiguration={"logDriver": "syslog"})
    refused = scene.refusal(scene.fargate_definition, lab, syslog)
    option("The syslog driver").holds_if(not refused, refused)


@proof
def router_may_not_send(lab: ProofLab, option: Options) -> None:
    """Send to a stream that delivers to S3, with the permission in one role after the other."""
    scene.cluster(lab)
    lab.client("s3").create_bucket(Bucket="shop-lines")
    delivery = clinic.role(lab, "delivery", ["s3:*", "firehose:PutRecordBatch"], "firehose")
    to_s3 = {"RoleARN": delivery, "BucketARN": "arn:aws:s3:::shop-lines"}
    lab.client("firehose").create_delivery_stream(
        DeliveryStreamName="lines", S3DestinationConfiguration=to_s3
    )
    bare = clinic.role(lab, "bare", [])
    sender = clinic.role(lab, "sender", [*WRITE, "firehose:PutRecordBatch"])
    app = says("sold", logConfiguration=firelens(Name="firehose", delivery_stream="lines"))

    def arrived(**roles: str) -> bool:
        scene.fargate_definition(lab, app, router(), **roles)
        task = run(lab)
        assert task["lastStatus"] == "RUNNING", task["stoppedReason"]
        return bool(lab.client("s3").list_objects_v2(Bucket="shop-lines").get("Contents"))

    option("In the role that the Firehose").holds_if(
        arrived(taskRoleArn=bare), "nothing arrives: the router gets no such role"
    )
    option("In the execution role").holds_if(
        arrived(taskRoleArn=bare, executionRoleArn=sender), "nothing arrives"
    )
    option("In the task role").holds_if(arrived(taskRoleArn=sender), "the line arrives")


@proof
def two_parts_of_firelens(lab: ProofLab, option: Options) -> None:
    """Leave out one part after the other, and look for the line with what FireLens adds."""
    scene.cluster(lab)
    lab.client("logs").create_log_group(logGroupName="/shop")
    writer = clinic.role(lab, "writer", WRITE)
    roles = {"taskRoleArn": writer, "executionRoleArn": writer}

    def routed(app: dict[str, Any], *more: dict[str, Any]) -> bool:
        before = len(lines(lab))
        if scene.refusal(scene.fargate_definition, lab, app, *more, **roles):
            return False
        run(lab)
        return any("ecs_task_arn" in each for each in lines(lab)[before:])

    assert routed(says("one", logConfiguration=firelens()), router()), "with both it arrives"
    plain = router(firelensConfiguration=None)
    without = routed(says("two", logConfiguration=firelens()), plain)
    option("A container with a firelensConfiguration").holds_if(
        not without, "without it nothing is routed"
    )
    without = routed(says("three"), router())
    option("The log driver awsfirelens").holds_if(not without, "without it nothing is routed")
    instead = routed(says("four", logConfiguration=awslogs()), router())
    option("The log driver awslogs").holds_if(instead, "with it the line goes past the router")


def checked(command: str, **changes: Any) -> dict[str, Any]:
    """The settings of a container with a health check in the shell."""
    return {"healthCheck": {"command": ["CMD-SHELL", command]} | changes}


@proof
def healthcheck_of_the_image(lab: ProofLab, option: Options) -> None:
    """A service without a health check, with each of the changes."""
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    scene.service(lab, count=1, **ON_FARGATE, **OFF)
    ecs = lab.client("ecs")

    def health() -> str:
        lab.wait(600)
        return str(scene.tasks(lab)[0]["healthStatus"])

    ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
    option("A new deployment").holds_if((seen := health()) == "HEALTHY", seen)
    insights = [{"name": "containerInsights", "value": "enabled"}]
    ecs.update_cluster_settings(cluster="shop", settings=insights)
    option("The setting containerInsights").holds_if((seen := health()) == "HEALTHY", seen)
    scene.fargate_definition(lab, clinic.web(**checked("curl -f http://localhost/ || exit 1")))
    ecs.update_service(cluster="shop", service="web", taskDefinition="web")
    option("A healthCheck in the").holds_if((seen := health()) == "HEALTHY", seen)


@proof
def slow_start(lab: ProofLab, option: Options) -> None:
    """A service whose program takes 120 seconds, with each of the changes."""
    scene.cluster(lab)
    ecs, script = lab.client("ecs"), "sleep 120; touch /tmp/ready; sleep 90000"

    def stays(check: dict[str, Any], name: str, **more: Any) -> bool:
        slow = {"image": BUSYBOX, "command": ["sh", "-c", script]}
        app = scene.container(**slow, **checked("test -f /tmp/ready", **check))
        scene.fargate_definition(lab, app, family=name)
        scene.service(lab, name, 1, serviceName=name, **ON_FARGATE, **OFF, **more)
        lab.wait(900)
        arns = ecs.list_tasks(cluster="shop", serviceName=name)["taskArns"]
        found = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []
        return any(each["healthStatus"] == "HEALTHY" for each in found)

    assert not stays({}, "default"), "with the defaults no task gets healthy"
    good, bad = "a task is healthy, and stays", "no task gets healthy"
    for text, check, more in (
        ("Set startPeriod", {"startPeriod": 150}, {}),
        ("Set timeout", {"timeout": 60}, {}),
        ("Set interval", {"interval": 5}, {}),
        (
            "Set minimumHealthyPercent",
            {},
            {"deploymentConfiguration": {"minimumHealthyPercent": 50}},
        ),
    ):
        well = stays(check, text.split()[1], **more)
        option(text).holds_if(well, good if well else bad)


@proof
def unhealthy_without_a_service(lab: ProofLab, option: Options) -> None:
    """Run a task whose checks fail, and look ten minutes later."""
    scene.cluster(lab)
    failing = checked("curl -f http://localhost:81/ || exit 1")
    scene.fargate_definition(lab, clinic.web(**failing))
    task = run(lab, 600)
    stopped, others = task["lastStatus"] == "STOPPED", len(scene.tasks(lab)) - 1
    seen = f"{task['lastStatus']}, {task['healthStatus']}, {others} more"
    option("It shows the task").holds_if(not stopped and task["healthStatus"] == "UNHEALTHY", seen)
    option("It stops the task, and starts a new").holds_if(stopped and others > 0, seen)
    option("It stops the task, and starts no").holds_if(stopped and not others, seen)
    restarts = sum(each.get("restartCount", 0) for each in task["containers"])
    option("It restarts").holds_if(restarts, f"{restarts} restarts")


@proof
def health_of_a_sidecar(lab: ProofLab, option: Options) -> None:
    """Run the task, and read the health of its containers and of the task."""
    scene.cluster(lab)
    app = clinic.web(name="app", **checked("curl -f http://localhost/ || exit 1"))
    stats = says("on", name="stats", essential=False, **checked("exit 1"))
    scene.fargate_definition(lab, app, stats)
    task = run(lab, 600)
    each = {one["name"]: one["healthStatus"] for one in task["containers"]}
    assert each == {"app": "HEALTHY", "stats": "UNHEALTHY"}, str(each)
    option.values(task["healthStatus"], {text: text for text in option}, "the task is {}")


@proof
def tell_without_polling(lab: ProofLab, option: Options) -> None:
    """A rule with a queue; a task runs out of work, another is stopped."""
    scene.cluster(lab)
    changes = {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"]}
    url = queue(lab, "stopped", changes | {"detail": {"lastStatus": ["STOPPED"]}})
    scene.fargate_definition(lab, scene.container(image=BUSYBOX, command=["sh", "-c", "exit 2"]))
    run(lab, 300)
    scene.fargate_definition(lab, clinic.web())
    lab.client("ecs").stop_task(cluster="shop", task=run(lab)["taskArn"], reason="enough")
    lab.wait(120)
    reasons = sorted(each["detail"]["stoppedReason"] for each in waiting(lab, url))
    option("An EventBridge rule").holds_if(
        reasons == ["Essential container in task exited", "enough"], reasons
    )


@proof
def failed_deployment_event(lab: ProofLab, option: Options) -> None:
    """A rule for each; one good deployment, then one whose image is missing."""
    scene.cluster(lab)
    details = {
        "ECS Task State Change": {"lastStatus": ["STOPPED"]},
        "ECS Deployment State Change": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
        "ECS Service Action": {"eventName": ["SERVICE_STEADY_STATE"]},
        "ECS Container Instance State Change": {"status": ["DRAINING"]},
    }
    urls = {
        kind: queue(lab, f"rule-{place}", {"detail-type": [kind], "detail": detail})
        for place, (kind, detail) in enumerate(details.items())
    }
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    scene.fargate_definition(lab, clinic.web())
    scene.service(lab, count=2, deploymentConfiguration=breaker, **ON_FARGATE, **OFF)
    ecs = lab.client("ecs")
    ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
    lab.wait(900)
    good = {kind: len(waiting(lab, url)) for kind, url in urls.items()}
    scene.fargate_definition(lab, clinic.web(image=MISSING))
    ecs.update_service(cluster="shop", service="web", taskDefinition="web")
    lab.wait(3600)
    for kind, url in urls.items():
        bad = len(waiting(lab, url))
        seen = f"{good[kind]} events in a good deployment, {bad} in a bad one"
        option(kind).holds_if(not good[kind] and bad, seen)


@proof
def only_jobs_that_failed(lab: ProofLab, option: Options) -> None:
    """A rule for each field; one job ends by itself, one task is stopped, a service scales in."""
    scene.cluster(lab)
    fields = {
        "detail.stopCode": {"stopCode": ["EssentialContainerExited"]},
        "detail.desiredStatus": {"desiredStatus": ["STOPPED"]},
        "detail.launchType": {"launchType": ["FARGATE"]},
        "detail.containers.lastStatus": {"containers": {"lastStatus": ["STOPPED"]}},
    }
    changes = {"detail-type": ["ECS Task State Change"]}
    urls = {
        name: queue(lab, f"rule-{place}", changes | {"detail": {"lastStatus": ["STOPPED"]} | one})
        for place, (name, one) in enumerate(fields.items())
    }
    ended = scene.container(image=BUSYBOX, command=["sh", "-c", "exit 2"])
    scene.fargate_definition(lab, ended)
    job = run(lab, 300)["taskArn"]
    scene.fargate_definition(lab, clinic.web())
    ecs = lab.client("ecs")
    ecs.stop_task(cluster="shop", task=run(lab)["taskArn"])
    scene.service(lab, count=2, **ON_FARGATE, **OFF)
    ecs.update_service(cluster="shop", service="web", desiredCount=1)
    lab.wait(300)
    for name, url in urls.items():
        told = [each["detail"]["taskArn"] for each in waiting(lab, url)]
        option(name).holds_if(told == [job], f"{len(told)} tasks match")


@proof
def insights_everywhere(lab: ProofLab, option: Options) -> None:
    """Set the account's default, make another cluster, then set the old one."""
    scene.cluster(lab)
    ecs = lab.client("ecs")

    def state(name: str) -> str:
        found = ecs.describe_clusters(clusters=[name], include=["SETTINGS"])["clusters"][0]
        return str(found["settings"][0]["value"])

    ecs.put_account_setting_default(name="containerInsights", value="enabled")
    ecs.create_cluster(clusterName="new")
    seen = f"the new cluster has {state('new')}, the old one {state('shop')}"
    option("PutAccountSettingDefault").holds_if(state("new") == "enabled", seen)
    assert state("shop") == "disabled", seen
    clinic.role(lab, "sender", ["cloudwatch:PutMetricData"])
    scene.fargate_definition(lab, clinic.web(), taskRoleArn="sender")
    option("PutRolePolicy").holds_if(state("shop") != "disabled", f"it is {state('shop')}")
    scene.service(lab, count=1, **ON_FARGATE)
    ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
    option("UpdateService").holds_if(state("shop") != "disabled", f"it is {state('shop')}")
    insights = [{"name": "containerInsights", "value": "enabled"}]
    ecs.update_cluster_settings(cluster="shop", settings=insights)
    option("UpdateClusterSettings").holds_if(state("shop") == "enabled", f"it is {state('shop')}")


def open_role(lab: ProofLab) -> dict[str, str]:
    """A task role that may do all that Exec needs."""
    return {"taskRoleArn": clinic.role(lab, "open", CHANNELS)}


@proof
def shell_on_fargate(lab: ProofLab, option: Options) -> None:
    """Run a command in a container on Fargate; its security group lets nothing in."""
    scene.cluster(lab)
    scene.fargate_definition(lab, says("hello"), **open_role(lab))
    closed = lab.client("ec2").create_security_group(
        GroupName="closed", Description="nothing in", VpcId=lab.network.vpc_id
    )["GroupId"]
    where = {"subnets": lab.network.private_subnets, "securityGroups": [closed]}
    network = {"awsvpcConfiguration": where}
    task = run(lab, enableExecuteCommand=True, networkConfiguration=network)
    found = lab.exec(task["taskArn"], "echo I am inside").strip()
    option("ECS Exec").holds_if(found == "I am inside", found)
    machines = lab.client("ec2").describe_instances()["Reservations"]
    for text in ("SSH to the instance", "Systems Manager Run Command"):
        option(text).holds_if(machines, "there is no instance in the account")


@proof
def exec_for_old_tasks(lab: ProofLab, option: Options) -> None:
    """Enable Exec without new tasks, ask, then deploy and ask again."""
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web(), **open_role(lab))
    scene.service(lab, count=1, **ON_FARGATE, **OFF)
    ecs = lab.client("ecs")
    ecs.update_service(cluster="shop", service="web", enableExecuteCommand=True)
    lab.wait(900)
    said = exec_refusal(lab, scene.tasks(lab)[0])
    assert "was not enabled when the task was run" in said, said or "the old task takes commands"
    ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
    lab.wait(900)
    said = exec_refusal(lab, scene.tasks(lab)[0])
    option("A new deployment").holds_if(not said, said or "a command runs")


@proof
def exec_two_conditions(lab: ProofLab, option: Options) -> None:
    """A task that has both; then one without each; then one with each of the others instead."""
    scene.cluster(lab)
    right, bare = open_role(lab)["taskRoleArn"], clinic.role(lab, "bare", [])

    def refused(container: dict[str, Any], role: str, **more: str) -> str:
        said = scene.refusal(scene.fargate_definition, lab, container, taskRoleArn=role, **more)
        return said or exec_refusal(lab, run(lab, enableExecuteCommand=True))

    assert not refused(clinic.web(portMappings=None), right), "with both, and no port, it works"
    said = refused(clinic.web(readonlyRootFilesystem=True), right)
    option("A root file system").holds_if(said, f"read-only: {said}")
    said = refused(clinic.web(), bare)
    option("A task role").holds_if(said, f"without: {said}")
    ports = {"portMappings": [{"containerPort": 22}]}
    for text, said in {
        "A port mapping": refused(clinic.web(**ports), bare),
        "An execution role": refused(clinic.web(), bare, executionRoleArn=right),
        "A container that runs in privileged": refused(clinic.web(privileged=True), right),
    }.items():
        option(text).holds_if(not said, f"with it: {said}")


@proof
def what_was_typed(lab: ProofLab, option: Options) -> None:
    """Log sessions where the cluster says; the containers log elsewhere, or not at all."""
    scene.cluster(lab)
    logs, ecs = lab.client("logs"), lab.client("ecs")
    for name in ("/audit", "/shop"):
        logs.create_log_group(logGroupName=name)
    role = clinic.role(lab, "open", [*CHANNELS, "logs:*"])

    def typed(container: dict[str, Any]) -> bool:
        scene.fargate_definition(lab, container, taskRoleArn=role, executionRoleArn=role)
        lab.exec(run(lab, enableExecuteCommand=True)["taskArn"], "echo typed by hand")
        return any("typed by hand" in each for each in lines(lab, "/audit"))

    where = {"logging": "OVERRIDE", "logConfiguration": {"cloudWatchLogGroupName": "/audit"}}
    assert not typed(says("hello", logConfiguration=awslogs())), "not there by default"
    ecs.update_cluster(cluster="shop", configuration={"executeCommandConfiguration": where})
    found = typed(says("hello"))
    option("In the cluster's").holds_if(found, "the session is in /audit")


@proof
def own_task_arn(lab: ProofLab, option: Options) -> None:
    """Ask each of them from inside a container on Fargate."""
    scene.cluster(lab)
    scene.fargate_definition(lab, says("hello"), **open_role(lab))
    task = run(lab, enableExecuteCommand=True)
    asked = {
        "The task path": "curl -s $ECS_CONTAINER_METADATA_URI_V4/task",
        "http://169.254": "curl -s -m 2 http://169.254.169.254/latest/meta-data || echo nobody",
        "The variable ECS_TASK_ARN": "printenv ECS_TASK_ARN || echo no such variable",
    }
    for text, command in asked.items():
        found = lab.exec(task["taskArn"], command)
        option(text).holds_if(task["taskArn"] in found, found[:100])


@proof
def lines_stay(lab: ProofLab, option: Options) -> None:
    """A task writes a line and ends; then look for the line, and for the task."""
    scene.cluster(lab)
    lab.client("logs").create_log_group(logGroupName="/shop")
    done = says("sold", logConfiguration=awslogs(), command=["sh", "-c", "echo sold 3 pots"])
    scene.fargate_definition(lab, done)
    run(lab)
    lab.wait(86_400)
    assert not scene.tasks(lab), "the task is over"
    found = lines(lab)
    option("Amazon CloudWatch Logs").holds_if("sold 3 pots" in found, f"a day later: {found}")
