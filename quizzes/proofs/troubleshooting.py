"""Proofs of the questions of the troubleshooting clinic."""

from ecs_lab.exercises import clinic
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

ON_FARGATE = {"launchType": "FARGATE"}
BUSYBOX = "public.ecr.aws/docker/library/busybox:1.37"


@proof
def exit_code_of_a_container(lab: ProofLab, option: Options) -> None:
    """Run a container that ends with 3, and look where the 3 stands."""
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(image=BUSYBOX, command=["sh", "-c", "exit 3"]))
    (task,) = scene.run_task(lab, **ON_FARGATE)["tasks"]
    codes = [each.get("exitCode") for each in task["containers"]]
    option("In the containers of the task").holds_if(codes == [3], f"exit codes {codes}")
    shown = str(task["attachments"])
    option("In the attachments").holds_if("exitCode" in shown, "attachments have no exit code")


@proof
def a_tag_that_is_not_there(lab: ProofLab, option: Options) -> None:
    """Push an image, and run a task that names another tag of it."""
    scene.cluster(lab)
    image = lab.registry.push("shop/web:1.4", like="nginx:1.27")
    scene.fargate_definition(lab, scene.container(image=image.replace("1.4", "1.40")))
    (task,) = scene.run_task(lab, **ON_FARGATE)["tasks"]
    reason = task["stoppedReason"]
    option("The task definition names a tag").holds_if("not found" in reason, reason)


@proof
def which_role_reads_the_secret(lab: ProofLab, option: Options) -> None:
    """Give the permission to the task role, then to the execution role."""
    scene.cluster(lab)
    arn = lab.client("secretsmanager").create_secret(Name="key", SecretString="x")["ARN"]
    container = scene.container(secrets=[{"name": "KEY", "valueFrom": arn}])
    bare = clinic.role(lab, "bare", [])
    reader = clinic.role(lab, "reader", ["secretsmanager:GetSecretValue"])

    def started(**roles: str) -> str:
        scene.fargate_definition(lab, container, **roles)
        (task,) = scene.run_task(lab, **ON_FARGATE)["tasks"]
        return str(task.get("stoppedReason", "it runs"))

    found = started(taskRoleArn=reader, executionRoleArn=bare)
    option("Allow the action on the secret's ARN in the task role").holds_if("runs" in found, found)
    found = started(taskRoleArn=bare, executionRoleArn=reader)
    option("Allow the action on the secret's ARN in the task execution").holds_if(
        "runs" in found, found
    )


@proof
def a_log_group_that_is_not_there(lab: ProofLab, option: Options) -> None:
    """Run the task without its log group, then with it."""
    scene.cluster(lab)
    options = {"awslogs-group": "/ecs/web", "awslogs-region": "us-east-1"}
    options["awslogs-stream-prefix"] = "web"
    logs = {"logDriver": "awslogs", "options": options}
    scene.fargate_definition(lab, scene.container(logConfiguration=logs))
    (task,) = scene.run_task(lab, **ON_FARGATE)["tasks"]
    assert "log group does not exist" in task["stoppedReason"], task["stoppedReason"]
    lab.client("logs").create_log_group(logGroupName="/ecs/web")
    (task,) = scene.run_task(lab, **ON_FARGATE)["tasks"]
    option("The log group").holds_if(task["lastStatus"] == "RUNNING", task["lastStatus"])


@proof
def three_hundred_mib_left(lab: ProofLab, option: Options) -> None:
    """Two instances with little memory left, a new deployment, then a third instance."""
    scene.cluster(lab, instances=2)
    left = [
        each["integerValue"]
        for one in scene.instances(lab)
        for each in one["remainingResources"]
        if each["name"] == "MEMORY"
    ]
    scene.definition(lab, scene.container(memory=min(left) - 300), family="large")
    scene.service(lab, "large", 2, serviceName="large")
    scene.definition(lab, scene.container(memory=512))
    scene.service(lab, count=1)
    option("Let the task use the memory of both").holds_if(
        bool(scene.tasks(lab, family="web")), "600 MiB on two instances hold no task of 512"
    )
    lab.client("ecs").update_service(cluster="shop", service="web", forceNewDeployment=True)
    lab.wait(600)
    option("Force a new deployment").holds_if(
        bool(scene.tasks(lab, family="web")), "the task is still not placed"
    )
    scene.launch(lab, "ECS_CLUSTER=shop", 2)
    lab.wait(900)
    running = len(scene.tasks(lab, family="web"))
    option("Register another instance").holds_if(running == 1, f"{running} task runs then")


@proof
def a_fourth_task_with_a_fixed_port(lab: ProofLab, option: Options) -> None:
    """Four tasks on three instances, with host port 8080 and with 0."""
    scene.cluster(lab, instances=3)
    ports = {"containerPort": 80, "hostPort": 8080}
    scene.definition(lab, scene.container(portMappings=[ports]))
    scene.service(lab, count=4)
    assert len(scene.tasks(lab)) == 3, "three of the four are placed"
    update = lab.client("ecs").update_service
    scene.definition(lab, scene.container(portMappings=[ports], cpu=1))
    update(cluster="shop", service="web", taskDefinition="web")
    lab.wait(1800)
    option("A lower CPU reservation").holds_if(
        len(scene.tasks(lab)) == 4, f"{len(scene.tasks(lab))} tasks run"
    )
    scene.definition(lab, scene.container(portMappings=[ports | {"hostPort": 0}]))
    update(cluster="shop", service="web", taskDefinition="web")
    lab.wait(1800)
    running = len(scene.tasks(lab))
    option("A host port of 0").holds_if(running == 4, f"{running} tasks run")


@proof
def agents_that_are_stopped(lab: ProofLab, option: Options) -> None:
    """Stop the agent of the only instance, and run a task."""
    scene.cluster(lab, instances=1)
    (instance,) = scene.instances(lab)
    lab.stop_agent(instance["ec2InstanceId"])
    lab.wait(300)
    scene.definition(lab)
    reasons = [each["reason"] for each in scene.run_task(lab)["failures"]]
    option("Whether the container agent").holds_if(reasons == ["AGENT"], f"reasons: {reasons}")


@proof
def a_subnet_in_another_zone(lab: ProofLab, option: Options) -> None:
    """An instance in zone a, and a task with a subnet in zone b."""
    scene.cluster(lab, instances=1)
    scene.definition(lab, networkMode="awsvpc")
    vpc = scene.network(lab)["awsvpcConfiguration"]
    network = {"awsvpcConfiguration": vpc | {"subnets": [lab.network.private_subnets[1]]}}
    answer = scene.run_task(lab, networkConfiguration=network)
    reasons = [each["reason"] for each in answer["failures"]]
    option("It returns a failure").holds_if(reasons == ["LOCATION"], f"reasons: {reasons}")
    option("It starts the task in zone a").holds_if(bool(answer["tasks"]), "no task is made")
    option("It leaves the task PENDING").holds_if(bool(answer["tasks"]), "no task is made")


@proof
def a_migration_that_is_done(lab: ProofLab, option: Options) -> None:
    """The same two containers, the migration essential and not."""
    scene.cluster(lab)
    job = {"image": BUSYBOX, "command": ["sh", "-c", "exit 0"]}

    def status(**changes: object) -> str:
        scene.fargate_definition(
            lab, scene.container(), scene.container("migration", **job, **changes)
        )
        (task,) = scene.run_task(lab, **ON_FARGATE)["tasks"]
        return str(task["lastStatus"])

    first, second = status(), status(essential=False)
    option("The migration is essential").holds_if(
        (first, second) == ("STOPPED", "RUNNING"), f"essential: {first}, not essential: {second}"
    )


@proof
def a_group_that_is_shut(lab: ProofLab, option: Options) -> None:
    """Tasks whose group does not let the load balancer in, then with a wrong path."""
    assert _health(lab, "instances", "/") == "Target.Timeout", "a shut group is a time-out"
    option("The tasks' security group").holds_if(True, "the target's reason is Target.Timeout")


@proof
def a_path_that_is_not_there(lab: ProofLab, option: Options) -> None:
    """A health check for a page that nginx does not have, with a grace period, then mended."""
    found = _health(lab, "tasks", "/healthz")
    assert found == "Target.ResponseCodeMismatch", found
    ecs, elb = lab.client("ecs"), lab.client("elbv2")
    ecs.update_service(cluster="shop", service="web", healthCheckGracePeriodSeconds=600)
    lab.wait(1800)
    option("Give the service a health check grace").holds_if(
        _well(lab), "after the period the targets are as unhealthy as before"
    )
    (group,) = elb.describe_target_groups(Names=["web"])["TargetGroups"]
    elb.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/")
    lab.wait(1800)
    option("Set the target group's health check path").holds_if(
        _well(lab), "the targets are healthy"
    )


@proof
def percentages_one_by_one(lab: ProofLab, option: Options) -> None:
    """A second revision under each pair of percentages."""
    ecs = lab.client("ecs")
    scene.cluster(lab)
    scene.fargate_definition(lab)
    scene.service(lab, availabilityZoneRebalancing="DISABLED", **ON_FARGATE)
    for text in option:
        least, most = (int(word) for word in text.split(" and "))
        percent = {"minimumHealthyPercent": least, "maximumPercent": most}
        ecs.update_service(
            cluster="shop", service="web", deploymentConfiguration=percent, forceNewDeployment=True
        )
        lab.wait(1800)
        deployments = len(scene.describe_service(lab)["deployments"])
        option(text).holds_if(deployments > 1, f"{deployments} deployments after half an hour")
        percent = {"minimumHealthyPercent": 0, "maximumPercent": 200}
        ecs.update_service(cluster="shop", service="web", deploymentConfiguration=percent)
        lab.wait(1800)


@proof
def a_pair_that_is_not_offered(lab: ProofLab, option: Options) -> None:
    """Register a pair that Fargate does not have, then one that it has, without a role."""
    refused = scene.refusal(scene.fargate_definition, lab, cpu="256", memory="4096")
    option("The task's cpu and memory").holds_if("ClientException" in refused, refused)
    bare = scene.refusal(scene.fargate_definition, lab, executionRoleArn=None)
    option("The task definition lacks an execution role").holds_if(
        bool(bare), bare or "a valid pair registers without one"
    )


@proof
def states_up_to_running(lab: ProofLab, option: Options) -> None:
    """Run a task on Fargate and stop it, and read the timeline of its states."""
    scene.cluster(lab)
    (task,) = scene.run_task(lab, scene.fargate_definition(lab), **ON_FARGATE)["tasks"]
    lab.client("ecs").stop_task(cluster="shop", task=task["taskArn"])
    lab.settle()
    entries = [each["what"] for each in lab.timeline() if each["subject"] == task["taskArn"]]
    states = [each.rpartition("-> ")[2] for each in entries if each.rpartition("-> ")[2].isupper()]
    before = states[states.index("RUNNING") - 1]
    for text in option:
        option(text).holds_if(text == before, f"the states are {', '.join(states)}")


@proof
def state_of_a_task_that_leaves(lab: ProofLab, option: Options) -> None:
    """Stop a task behind a load balancer, and look every second until its target is draining."""
    network = {"networkConfiguration": clinic.in_two_zones(lab)}
    targets = clinic.targets(clinic.target_group(lab))
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    scene.service(lab, count=1, loadBalancers=targets, **network, **ON_FARGATE)
    ecs, (task,) = lab.client("ecs"), scene.tasks(lab)
    arns = [task["taskArn"]]
    ecs.stop_task(cluster="shop", task=arns[0])
    seen = {}
    for _ in range(600):
        now = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"][0]
        address = now["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
        seen.setdefault(now["lastStatus"], _target(lab, address))
        if now["lastStatus"] == "STOPPED":
            break
    found = ", ".join(f"{state}: {target}" for state, target in seen.items())
    for text in option:
        option(text).holds_if(seen.get(text) == "draining", found)


def _target(lab: ProofLab, address: str) -> str:
    """The state of the target of an address, or that there is none."""
    elb = lab.client("elbv2")
    (group,) = elb.describe_target_groups(Names=["web"])["TargetGroups"]
    found = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    states = {
        each["Target"]["Id"]: each["TargetHealth"]["State"]
        for each in found["TargetHealthDescriptions"]
    }
    return str(states.get(address, "none"))


def _health(lab: ProofLab, group: str, path: str) -> str:
    """The reason of the targets of a service with this security group and health check path."""
    network = scene.network(lab)["awsvpcConfiguration"]
    network["securityGroups"] = [lab.network.security_groups[group]]
    targets = clinic.targets(clinic.target_group(lab, HealthCheckPath=path))
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    lab.client("ecs").create_service(
        cluster="shop", serviceName="web", taskDefinition="web", desiredCount=2,
        networkConfiguration={"awsvpcConfiguration": network}, loadBalancers=targets,
        healthCheckGracePeriodSeconds=3600, **ON_FARGATE,
    )  # fmt: skip
    lab.wait(300)
    return str(_states(lab)[0].get("Reason", ""))


def _well(lab: ProofLab) -> bool:
    return [each["State"] for each in _states(lab)].count("healthy") == 2


def _states(lab: ProofLab) -> list[dict[str, str]]:
    elb = lab.client("elbv2")
    (group,) = elb.describe_target_groups(Names=["web"])["TargetGroups"]
    found = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    return [each["TargetHealth"] for each in found["TargetHealthDescriptions"]]
