"""Proofs of the questions on the building blocks: cluster, task definition, task, service."""

from typing import Any

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

GATEWAY = {"name": "role", "value": "gateway", "targetType": "container-instance"}


@proof
def mixed_cluster(lab: ProofLab, option: Options) -> None:
    """A cluster with an EC2 instance and a service on it, and then a service on Fargate."""
    scene.cluster(lab, instances=1)
    scene.definition(lab, family="gpu")
    scene.service(lab, "gpu", 1, serviceName="gpu")
    scene.fargate_definition(lab)
    scene.service(lab, "web", 2, launchType="FARGATE")
    lab.diagram("Two kinds of capacity, one cluster")
    kinds = {task["launchType"] for task in scene.tasks(lab)}
    found = f"tasks of the cluster run on {' and '.join(sorted(kinds))}"
    option("A second cluster").holds_if(kinds != {"EC2", "FARGATE"}, found)
    registered = len(scene.instances(lab))
    found_registered = f"Fargate tasks run, and {registered} instance is registered, the EC2 one"
    option("A Fargate instance").holds_if(registered > 1, found_registered)
    option("Nothing but the service").holds_if(kinds == {"EC2", "FARGATE"}, found)


@proof
def new_cluster(lab: ProofLab, option: Options) -> None:
    """CreateCluster with a name; then look for instances, networks and services."""
    ec2, ecs = lab.client("ec2"), lab.client("ecs")
    before = len(ec2.describe_vpcs()["Vpcs"])
    ecs.create_cluster(clusterName="shop")
    instances = ec2.describe_instances()["Reservations"]
    new_networks = len(ec2.describe_vpcs()["Vpcs"]) - before
    services = ecs.list_services(cluster="shop")["serviceArns"]
    (made,) = ecs.describe_clusters(clusters=["shop"])["clusters"]
    option("One instance").holds_if(bool(instances), f"EC2 has {len(instances)} instances")
    option("A VPC").holds_if(new_networks > 0, f"{new_networks} VPCs are new")
    option("A service named").holds_if(bool(services), f"the cluster has {len(services)} services")
    counts = made["registeredContainerInstancesCount"], made["runningTasksCount"]
    option("A name under which").holds_if(
        counts == (0, 0), f"the cluster is {made['status']}, with nothing in it"
    )


@proof
def delete_cluster(lab: ProofLab, option: Options) -> None:
    """DeleteCluster with a service and an instance, without the one, and without both."""
    scene.cluster(lab, instances=1)
    definition = scene.definition(lab)
    scene.service(lab, count=1)
    ecs = lab.client("ecs")
    first = scene.refusal(ecs.delete_cluster, cluster="shop")
    option("The services").holds_if("ContainsServices" in first, first)
    ecs.delete_service(cluster="shop", service="web", force=True)
    lab.settle()
    second = scene.refusal(ecs.delete_cluster, cluster="shop")
    option("The container instances").holds_if("ContainsContainerInstances" in second, second)
    (instance,) = scene.instances(lab)
    lab.client("ec2").terminate_instances(InstanceIds=[instance["ec2InstanceId"]])
    lab.settle()
    third = scene.refusal(ecs.delete_cluster, cluster="shop")
    kept = ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]["status"]
    found = f"the cluster is deleted, the task definition is still {kept}"
    option("The task definitions").holds_if(bool(third), found)


@proof
def too_many_containers(lab: ProofLab, option: Options) -> None:
    """Fourteen containers in one task definition, essential or not, and in two."""
    names = [f"part-{number}" for number in range(14)]
    parts = [scene.container(name) for name in names]
    refused = scene.refusal(scene.definition, lab, *parts)
    assert refused, "fourteen containers in one task definition should be refused"
    halves = [scene.refusal(scene.definition, lab, *half) for half in (parts[:7], parts[7:])]
    option("Write one task definition").holds_if(not any(halves), "both halves register")
    helpers = [dict(part, essential=False) for part in parts[1:]]
    refused = scene.refusal(scene.definition, lab, parts[0], *helpers)
    option("Mark some").holds_if(not refused, refused)


@proof
def one_definition_many_runs(lab: ProofLab, option: Options) -> None:
    """One task definition, run twice with an override of its environment."""
    scene.cluster(lab, instances=1)
    scene.definition(lab, scene.container(memory=64), family="import")
    seen = []
    for customer in ("anna", "bert"):
        changed = {"name": "web", "environment": [{"name": "CUSTOMER", "value": customer}]}
        answer = scene.run_task(lab, "import", overrides={"containerOverrides": [changed]})
        (task,) = answer["tasks"]
        (override,) = task["overrides"]["containerOverrides"]
        revision = task["taskDefinitionArn"].rpartition("/")[2]
        seen.append((revision, override["environment"][0]["value"]))
    option("A container override").holds_if(
        seen == [("import:1", "anna"), ("import:1", "bert")], f"revision and customer: {seen}"
    )


@proof
def twenty_five(lab: ProofLab, option: Options) -> None:
    """Room for many tasks; RunTask with 25, and with 10, 10 and 5."""
    scene.cluster(lab, instances=3)
    scene.definition(lab, scene.container(memory=64))
    refused = scene.refusal(scene.run_task, lab, count=25)
    option("Call RunTask with count").holds_if(not refused, refused)
    for count in (10, 10, 5):
        scene.run_task(lab, count=count)
    running = len(scene.tasks(lab))
    option("Call RunTask three times").holds_if(running == 25, f"{running} tasks run")


@proof
def standalone_is_lost(lab: ProofLab, option: Options) -> None:
    """A standalone task on one of three instances, which is then terminated."""
    scene.cluster(lab, instances=3)
    scene.definition(lab)
    (task,) = scene.run_task(lab)["tasks"]
    at = {each["containerInstanceArn"]: each["ec2InstanceId"] for each in scene.instances(lab)}
    host = at[task["containerInstanceArn"]]
    lab.client("ec2").terminate_instances(InstanceIds=[host])
    lab.wait(8 * 3600)
    lab.diagram("In the morning")
    running = scene.tasks(lab)
    pending = lab.client("ecs").list_tasks(cluster="shop", desiredStatus="RUNNING")["taskArns"]
    found = f"{len(running)} tasks run, {len(pending)} are on their way"
    option("The task, started again").holds_if(bool(running), found)
    option("No running web server").holds_if(not running and not pending, found)
    option("The task in state PENDING").holds_if(bool(pending), found)
    option("The task, moved live").holds_if(bool(running), found)


@proof
def job_loops(lab: ProofLab, option: Options) -> None:
    """A job of two minutes as a service of one, which ends with 0 and then with 1."""
    scene.cluster(lab, instances=1)
    runs = {}
    for code in (0, 1):
        command = ["sh", "-c", f"sleep 120; exit {code}"]
        family = f"report-{code}"
        scene.definition(lab, scene.container(command=command), family=family)
        scene.service(lab, family, 0, serviceName=family)
        lab.client("ecs").update_service(cluster="shop", service=family, desiredCount=1)
        lab.wait(1800)
        runs[code] = len(scene.tasks(lab, "STOPPED", serviceName=family))
        lab.client("ecs").delete_service(cluster="shop", service=family, force=True)
    found = f"in half an hour {runs[0]} reports ended with 0, and {runs[1]} with 1"
    option("The exit code 0").holds_if(runs[1] <= 1, found)
    option("The service finds one task").holds_if(runs[0] > 1 and runs[1] > 1, found)


@proof
def weekend(lab: ProofLab, option: Options) -> None:
    """A service of four; each way to stop it, and who runs two days later."""
    two_days_s = 2 * 24 * 3600
    scene.cluster(lab, instances=2)
    definition = scene.definition(lab)
    scene.service(lab, count=4)
    ecs = lab.client("ecs")
    for task in scene.tasks(lab):
        ecs.stop_task(cluster="shop", task=task["taskArn"])
    lab.wait(two_days_s)
    running = len(scene.tasks(lab))
    option("Stop its four tasks").holds_if(running == 0, f"then {running} tasks run")
    ecs.update_service(cluster="shop", service="web", desiredCount=0)
    lab.wait(two_days_s)
    off = len(scene.tasks(lab))
    ecs.update_service(cluster="shop", service="web", desiredCount=4)
    lab.settle()
    back = len(scene.tasks(lab))
    found = f"{off} tasks run at the weekend, and {back} on Monday"
    option("Set its desired count").holds_if((off, back) == (0, 4), found)
    ecs.deregister_task_definition(taskDefinition=definition)
    lab.wait(two_days_s)
    running = len(scene.tasks(lab))
    option("Deregister").holds_if(running == 0, f"then {running} tasks run")


@proof
def unhealthy(lab: ProofLab, option: Options) -> None:
    """A service of one whose container runs on while its health check fails."""
    scene.cluster(lab, instances=1)
    check = {"command": ["CMD-SHELL", "false"], "interval": 10, "retries": 2}
    scene.definition(lab, scene.container(healthCheck=check))
    lab.client("ecs").create_service(
        cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1, launchType="EC2"
    )
    lab.wait(600)
    stopped = scene.tasks(lab, "STOPPED")
    desired = scene.describe_service(lab)["desiredCount"]
    found = f"{len(stopped)} tasks were stopped, and the service still wants {desired}"
    option("It leaves the task alone").holds_if(not stopped, found)
    option("It stops the task").holds_if(len(stopped) > 0 and desired == 1, found)
    option("It restarts the container").holds_if(not stopped, found)
    option("It lowers").holds_if(desired == 0, found)


@proof
def daemon_follows(lab: ProofLab, option: Options) -> None:
    """A REPLICA service of two and a DAEMON service; then two more instances come."""
    scene.cluster(lab, instances=2)
    scene.definition(lab)
    scene.service(lab, count=2, serviceName="replica")
    scene.service(lab, count=None, serviceName="daemon", schedulingStrategy="DAEMON")
    scene.run_task(lab, count=2)
    for number in (2, 3):
        scene.launch(lab, "ECS_CLUSTER=shop", number)
    lab.settle()
    lab.diagram("Four instances")

    def covered(group: str) -> int:
        """On how many instances a group of tasks runs."""
        tasks = [task for task in scene.tasks(lab) if task["group"] == group]
        return len({task["containerInstanceArn"] for task in tasks})

    for start, group in (
        ("As a REPLICA", "service:replica"),
        ("As a service with", "service:daemon"),
        ("As a standalone", "family:web"),
    ):
        on = covered(group)
        option(start).holds_if(on == 4, f"tasks of {group} run on {on} of 4 instances")


@proof
def daemon_on_fargate(lab: ProofLab, option: Options) -> None:
    """DAEMON and a placement constraint with Fargate, and a sidecar in the task definition."""
    scene.cluster(lab)
    collector = scene.container("collector", essential=False)
    scene.fargate_definition(lab, scene.container(), collector)
    daemon: dict[str, Any] = {"count": None, "schedulingStrategy": "DAEMON"}
    refused = scene.refusal(scene.service, lab, launchType="FARGATE", **daemon)
    option("The same DAEMON").holds_if(not refused, refused)
    distinct = [{"type": "distinctInstance"}]
    refused = scene.refusal(scene.service, lab, launchType="FARGATE", placementConstraints=distinct)
    option("A REPLICA service").holds_if(not refused, refused)
    scene.service(lab, count=2, launchType="FARGATE")
    names = [each["name"] for task in scene.tasks(lab) for each in task["containers"]]
    beside = names.count("collector")
    option("A container for it").holds_if(beside == 2, f"{beside} of 2 tasks have a collector")


@proof
def daemon_with_constraint(lab: ProofLab, option: Options) -> None:
    """Five instances; two have the attribute, and then a third is given it."""
    scene.cluster(lab, instances=5)
    ecs = lab.client("ecs")
    arns = [each["containerInstanceArn"] for each in scene.instances(lab)]
    for arn in arns[:2]:
        ecs.put_attributes(cluster="shop", attributes=[GATEWAY | {"targetId": arn}])
    scene.definition(lab)
    only = [{"type": "memberOf", "expression": "attribute:role == gateway"}]
    daemon: dict[str, Any] = {"count": None, "schedulingStrategy": "DAEMON"}
    scene.service(lab, placementConstraints=only, **daemon)
    assert len(scene.tasks(lab)) == 2, "two instances have the attribute at first"
    ecs.put_attributes(cluster="shop", attributes=[GATEWAY | {"targetId": arns[2]}])
    lab.wait(300)
    running = len(scene.tasks(lab))
    counts = {"One": 1, "Two": 2, "Five": 5, "Three": 3}
    option.values(running, counts, "{} tasks run")


@proof
def none_essential(lab: ProofLab, option: Options) -> None:
    """Two containers, and neither is essential."""
    containers = [scene.container(name, essential=False) for name in ("app", "helper")]
    refused = scene.refusal(scene.definition, lab, *containers)
    option("Registering").holds_if(bool(refused), refused)
    for start in ("The task runs", "The first", "The task starts"):
        option(start).holds_if(not refused, refused)


@proof
def two_crashes(lab: ProofLab, option: Options) -> None:
    """The sidecar that is not essential crashes after 5 minutes, an essential one after 10."""
    scene.cluster(lab, instances=1)
    metrics = scene.container("metrics", command=["sh", "-c", "sleep 300; exit 1"], essential=False)
    proxy = scene.container("proxy", command=["sh", "-c", "sleep 600; exit 1"])
    scene.definition(lab, scene.container("web"), proxy, metrics)
    ecs = lab.client("ecs")
    ecs.create_service(
        cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1, launchType="EC2"
    )
    lab.wait(60)
    (first,) = scene.tasks(lab)
    lab.wait(360)
    (after_metrics,) = ecs.describe_tasks(cluster="shop", tasks=[first["taskArn"]])["tasks"]
    lab.wait(480)
    (after_proxy,) = ecs.describe_tasks(cluster="shop", tasks=[first["taskArn"]])["tasks"]
    running = len(scene.tasks(lab))
    statuses = after_metrics["lastStatus"], after_proxy["lastStatus"]
    found = f"7 minutes: {statuses[0]}; 15 minutes: {statuses[1]}, and {running} new task runs"
    option("It was stopped after 5").holds_if(statuses[0] == "STOPPED", found)
    option("It runs, because").holds_if(statuses[1] == "RUNNING", found)
    option("It runs, and only").holds_if(statuses[1] == "RUNNING", found)
    option("It was stopped after 10").holds_if(
        statuses == ("RUNNING", "STOPPED") and running == 1, found
    )


@proof
def default_strategy(lab: ProofLab, option: Options) -> None:
    """Two instances, FARGATE as the default strategy, and a RunTask that names nothing."""
    scene.cluster(lab, instances=2)
    scene.fargate_definition(lab, requiresCompatibilities=["EC2", "FARGATE"])
    ecs = lab.client("ecs")
    default = [{"capacityProvider": "FARGATE", "weight": 1}]
    ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=default
    )
    answer = ecs.run_task(
        cluster="shop", taskDefinition="web", networkConfiguration=scene.network(lab)
    )
    kind = answer["tasks"][0]["launchType"] if answer["tasks"] else "nowhere"
    found = f"the task's launch type is {kind}"
    option("On an EC2 instance, because EC2").holds_if(kind == "EC2", found)
    option("On an EC2 instance, because instances").holds_if(kind == "EC2", found)
    option("On Fargate").holds_if(kind == "FARGATE", found)
    option("Nowhere").holds_if(kind == "nowhere", found)


@proof
def migration(lab: ProofLab, option: Options) -> None:
    """Each pair of definitions, with a migration that succeeds and one that fails."""
    scene.cluster(lab, instances=2)
    seconds = {"good": "sleep 60; exit 0", "bad": "sleep 60; exit 1"}

    def started(essential: bool, condition: str, outcome: str, after_s: int) -> bool | None:
        """Whether web runs so long after the start; None when ECS refuses the definition."""
        command = ["sh", "-c", seconds[outcome]]
        migrate = scene.container("migrate", command=command, essential=essential)
        after = [{"containerName": "migrate", "condition": condition}]
        web = scene.container("web", dependsOn=after)
        if scene.refusal(scene.definition, lab, web, migrate):
            return None
        ecs = lab.client("ecs")
        answer = ecs.run_task(cluster="shop", taskDefinition="web", launchType="EC2")
        lab.wait(after_s)
        arns = [answer["tasks"][0]["taskArn"]]
        (task,) = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]
        return any(
            each["name"] == "web" and each["lastStatus"] == "RUNNING" for each in task["containers"]
        )

    for start, essential, condition in (
        ("migrate essential", True, "SUCCESS"),
        ("migrate not essential; web depends on migrate with START", False, "START"),
        ("migrate not essential; web depends on migrate with SUCCESS", False, "SUCCESS"),
        ("migrate not essential; web depends on migrate with COMPLETE", False, "COMPLETE"),
    ):
        during = started(essential, condition, "good", 40)
        good = started(essential, condition, "good", 300)
        bad = started(essential, condition, "bad", 300)
        found = f"web runs during the migration: {during}, after a good one: {good}, a bad: {bad}"
        if good is None:
            found = "ECS refuses the task definition"
        option(start).holds_if((during, good, bad) == (False, True, False), found)


@proof
def wait_for_proxy(lab: ProofLab, option: Options) -> None:
    """A proxy that runs on, and an application that waits for it under each condition."""
    scene.cluster(lab, instances=2)
    check = {"command": ["CMD-SHELL", "true"], "interval": 30}

    def seconds_until_start(condition: str, **proxy: Any) -> int | None:
        """How long the application waits; None when it has not started after ten minutes."""
        after = [{"containerName": "proxy", "condition": condition}]
        app = scene.container("app", dependsOn=after)
        scene.definition(lab, app, scene.container("proxy", **proxy))
        ecs = lab.client("ecs")
        answer = ecs.run_task(cluster="shop", taskDefinition="web", launchType="EC2")
        for waited in range(0, 600, 5):
            arns = [answer["tasks"][0]["taskArn"]]
            (task,) = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]
            status = {each["name"]: each["lastStatus"] for each in task["containers"]}
            if status["app"] == "RUNNING":
                return waited
            lab.wait(4)
        return None

    at_once = seconds_until_start("START", startTimeout=30)
    healthy = seconds_until_start("HEALTHY", healthCheck=check)
    assert at_once is not None, "START should start it"
    assert healthy is not None, "HEALTHY should start it"
    found = f"the application starts after {at_once} s with START, {healthy} s with HEALTHY"
    option("START").holds_if(at_once >= healthy, found)
    option("HEALTHY").holds_if(healthy > at_once, found)
    for condition in ("SUCCESS", "COMPLETE"):
        waited = seconds_until_start(condition, essential=False)
        option(condition).holds_if(waited is not None, "it has not started after ten minutes")


@proof
def init_fails(lab: ProofLab, option: Options) -> None:
    """migrate ends with 1, and app depends on it with SUCCESS."""
    scene.cluster(lab, instances=1)
    migrate = scene.container("migrate", command=["sh", "-c", "exit 1"], essential=False)
    after = [{"containerName": "migrate", "condition": "SUCCESS"}]
    scene.definition(lab, scene.container("app", dependsOn=after), migrate)
    (task,) = scene.run_task(lab)["tasks"]
    status = {each["name"]: each["lastStatus"] for each in task["containers"]}
    found = f"the task is {task['lastStatus']}: {task.get('stoppedReason', '')}"
    option("The task stays").holds_if(task["lastStatus"] == "PENDING", found)
    option("app starts").holds_if(status["app"] == "RUNNING", found)
    option("migrate is started").holds_if(task["lastStatus"] == "RUNNING", found)
    option("app never starts").holds_if(task.get("stopCode") == "TaskFailedToStart", found)


@proof
def own_scheduler(lab: ProofLab, option: Options) -> None:
    """Three instances, one of them chosen; StartTask, and a DAEMON service."""
    scene.cluster(lab, instances=3)
    scene.definition(lab)
    ecs = lab.client("ecs")
    chosen = scene.instances(lab)[2]["containerInstanceArn"]
    started = ecs.start_task(cluster="shop", taskDefinition="web", containerInstances=[chosen])
    hosts = [task["containerInstanceArn"] for task in started["tasks"]]
    option("StartTask").holds_if(hosts == [chosen], "the task is on the chosen instance")
    lab.diagram("The chosen instance")
    scene.service(lab, count=None, schedulingStrategy="DAEMON")
    on = {each["containerInstanceArn"] for each in scene.tasks(lab, serviceName="web")}
    option("CreateService").holds_if(on == {chosen}, f"the daemon runs on {len(on)} instances")


@proof
def daemon_goes_without(lab: ProofLab, option: Options) -> None:
    """A DAEMON service with each of the settings."""
    scene.cluster(lab, instances=2)
    scene.definition(lab)
    scene.fargate_definition(lab, family="site")
    linux = [{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}]
    host = scene.definition(lab, networkMode="host", family="host")
    settings: dict[str, dict[str, Any]] = {
        "The launch type": {"task_definition": "site", "launchType": "FARGATE"},
        "A memberOf": {"placementConstraints": linux},
        "The network mode": {"task_definition": host},
        "The deployment controller": {"deploymentController": {"type": "CODE_DEPLOY"}},
    }
    daemon: dict[str, Any] = {"count": None, "schedulingStrategy": "DAEMON"}
    for number, (start, setting) in enumerate(settings.items()):
        asked = daemon | {"serviceName": f"way-{number}"} | setting
        refused = scene.refusal(scene.service, lab, **asked)
        option(start).holds_if(bool(refused), refused or "the service is created")
    update = lab.client("ecs").update_service
    refused = scene.refusal(
        update, cluster="shop", service="way-1", taskDefinition=scene.definition(lab)
    )
    option("A new task definition").holds_if(bool(refused), refused or "the update is accepted")


@proof
def two_zones(lab: ProofLab, option: Options) -> None:
    """Where the tasks of a service are: one large task, four in one subnet, four in two."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    both = scene.network(lab)
    vpc = both["awsvpcConfiguration"]
    two = {"awsvpcConfiguration": vpc | {"subnets": vpc["subnets"][:2]}}

    def zones(name: str, count: int) -> list[str]:
        asked = {"serviceName": name, "launchType": "FARGATE", "networkConfiguration": two}
        scene.service(lab, count=count, **asked)
        return [task["availabilityZone"] for task in scene.tasks(lab, serviceName=name)]

    alone, spread = zones("alone", 1), zones("spread", 4)
    lab.diagram("A service in two zones")
    option("Run one large task").holds_if(len(alone) > 1, f"the one task is in {alone[0]}")
    left = len(spread) - max(map(spread.count, spread))
    found = f"tasks in {' and '.join(sorted(set(spread)))}: without one zone, {left} are left"
    option("Give the service subnets").holds_if(left >= 1, found)
