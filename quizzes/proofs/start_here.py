"""Proofs of the questions on the building blocks of ECS."""

from typing import Any

from ecs_lab.exercises import clinic
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

FAILS_LATER = ["sh", "-c", "sleep 300; exit 1"]


@proof
def register_again(lab: ProofLab, option: Options) -> None:
    """A service runs revision 3; the family is registered once more, and time passes."""
    scene.cluster(lab, instances=2)
    for _ in range(3):
        third = scene.definition(lab)
    scene.service(lab, third, count=3)
    newer = scene.definition(lab, scene.container(memory=256))
    lab.wait(600)
    described = scene.describe_service(lab)
    runs = described["taskDefinition"].rpartition("/")[2]
    deployments = len(described["deployments"])
    found = f"{newer} is registered, the service runs {runs} with {deployments} deployment"
    option("Revision 3 is overwritten").holds_if(newer == third, found)
    option("Revision 4 is created, and the service starts").holds_if(runs == newer, found)
    option("Revision 4 is created, and the service goes on").holds_if(
        (newer, runs, deployments) == ("web:4", third, 1), found
    )
    option("The call fails").holds_if(newer == third, found)


@proof
def family_name_alone(lab: ProofLab, option: Options) -> None:
    """Five revisions, the fifth deregistered; RunTask is given the family's name alone."""
    scene.cluster(lab, instances=1)
    for _ in range(5):
        last = scene.definition(lab, family="report")
    lab.client("ecs").deregister_task_definition(taskDefinition=last)
    (task,) = scene.run_task(lab, "report")["tasks"]
    ran = task["taskDefinitionArn"].rpartition("/")[2]
    starts = ("report:4", "report:5", "report:1")
    option.values(ran, {start: start for start in starts}, "the task runs {}")
    option("None, because").holds_if(False, f"RunTask started {ran}")


@proof
def job_in_a_service(lab: ProofLab, option: Options) -> None:
    """A container that works for 20 minutes, in a service and as a standalone task."""
    scene.cluster(lab, instances=1)
    work = scene.container(command=["sleep", "1200"])
    scene.definition(lab, work, family="report")
    scene.run_task(lab, "report")
    for name, kind in (("replica", "REPLICA"), ("daemon", "DAEMON")):
        count = 1 if kind == "REPLICA" else None
        scene.service(lab, "report", count, serviceName=name, schedulingStrategy=kind)
    lab.wait(3 * 3600)
    running = [task["group"] for task in scene.tasks(lab)]
    found = f"three hours later these run: {', '.join(running)}"
    option("As a service").holds_if("service:replica" not in running, found)
    option("As a DAEMON").holds_if("service:daemon" not in running, found)
    option("As a standalone").holds_if("family:report" not in running, found)


@proof
def task_of_a_service_crashes(lab: ProofLab, option: Options) -> None:
    """A service of four; the container of one task crashes after five minutes."""
    scene.cluster(lab, instances=2)
    scene.definition(lab)
    scene.service(lab, count=4)
    before = {task["taskArn"] for task in scene.tasks(lab)}
    lab.client("ecs").stop_task(cluster="shop", task=min(before))  # as good as a crash
    lab.wait(300)
    after = {task["taskArn"] for task in scene.tasks(lab)}
    desired = scene.describe_service(lab)["desiredCount"]
    found = f"{len(after)} tasks run, {len(after - before)} of them new; desired {desired}"
    option("It starts the crashed").holds_if(after == before, found)
    option("It starts a new task").holds_if(len(after) == 4 and len(after - before) == 1, found)
    option("It keeps three").holds_if(len(after) == 3, found)
    option("It lowers").holds_if(desired == 3, found)


@proof
def two_containers_one_ends(lab: ProofLab, option: Options) -> None:
    """Two containers that do not mention "essential"; setup exits with 0."""
    scene.cluster(lab, instances=1)
    setup = scene.container("setup", command=["sh", "-c", "exit 0"])
    scene.definition(lab, scene.container("web"), setup)
    (task,) = scene.run_task(lab)["tasks"]
    found = f"the task is {task['lastStatus']}: {task.get('stoppedReason', '')}"
    for start in (
        "It goes on with web, because exit",
        "It goes on with web, because containers",
        "It goes on with web after",
    ):
        option(start).holds_if(task["lastStatus"] == "RUNNING", found)
    option("It stops with both").holds_if(task["lastStatus"] == "STOPPED", found)


@proof
def sidecar_crashes(lab: ProofLab, option: Options) -> None:
    """The sidecar crashes after five minutes, under each of the changes."""
    scene.cluster(lab, instances=2)

    def status(web: dict[str, object], sidecar: dict[str, object]) -> str:
        crashing = scene.container("sidecar", command=FAILS_LATER, **sidecar)
        definition = scene.definition(lab, scene.container("web", **web), crashing)
        (task,) = scene.run_task(lab, definition)["tasks"]
        lab.wait(600)
        found = lab.client("ecs").describe_tasks(cluster="shop", tasks=[task["taskArn"]])
        return str(found["tasks"][0]["lastStatus"])

    after_start = {"dependsOn": [{"containerName": "sidecar", "condition": "START"}]}
    for start, web, sidecar in (
        ('Set "essential" to false on the', {}, {"essential": False}),
        ("Make the application", after_start, {}),
        ("Give the sidecar", {}, {"stopTimeout": 120}),
    ):
        after = status(web, sidecar)
        option(start).holds_if(after == "RUNNING", f"after the crash the task is {after}")
    none = [scene.container("web", essential=False), scene.container("sidecar", essential=False)]
    refused = scene.refusal(
        lab.client("ecs").register_task_definition, family="none", containerDefinitions=none
    )
    option('Set "essential" to false on both').holds_if(not refused, refused)


@proof
def four_ways_to_stop(lab: ProofLab, option: Options) -> None:
    """Stop tasks in four ways, and read the stopCode of each."""
    scene.cluster(lab, instances=2)
    by_itself = scene.definition(lab, scene.container(command=FAILS_LATER), family="app")
    no_image = scene.definition(
        lab,
        scene.container(image=f"123456789012.dkr.ecr.{lab.region}.amazonaws.com/none:1"),
        family="lost",
    )
    scene.run_task(lab, by_itself)
    scene.run_task(lab, no_image)
    lab.wait(600)
    (task,) = scene.run_task(lab, scene.definition(lab, family="user"))["tasks"]
    lab.client("ecs").stop_task(cluster="shop", task=task["taskArn"])
    scene.service(lab, scene.definition(lab, family="scaled"))
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=1)
    lab.settle()
    codes = {
        family: scene.tasks(lab, "STOPPED", family=family)[0].get("stopCode")
        for family in ("app", "lost", "user", "scaled")
    }
    for start, family in (
        ("The image", "lost"),
        ("CloudTrail", "user"),
        ("The exit code", "app"),
        ("The service's events", "scaled"),
    ):
        option(start).holds_if(
            codes[family] == "EssentialContainerExited", f"its stopCode would be {codes[family]}"
        )


@proof
def on_the_way_down(lab: ProofLab, option: Options) -> None:
    """Start a task behind a load balancer, look at it once it is RUNNING, and stop it."""
    targets = clinic.targets(clinic.target_group(lab))
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    scene.service(
        lab, count=1, launchType="FARGATE", loadBalancers=targets,
        networkConfiguration=clinic.in_two_zones(lab),
    )  # fmt: skip
    (task,) = scene.tasks(lab)
    running, interfaces = _targets(lab), _interfaces(lab, task)
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=0)
    lab.settle()
    (stopped,) = lab.client("ecs").describe_tasks(cluster="shop", tasks=[task["taskArn"]])["tasks"]
    pulled = stopped["pullStoppedAt"] <= stopped["startedAt"]
    option("The network interface of the task is created").holds_if(
        not interfaces, f"while it is RUNNING there is {interfaces} interface"
    )
    option("The task is deregistered").holds_if(
        (running, _targets(lab)) == (1, 0), f"{running} target before, {_targets(lab)} after"
    )
    option("The images").holds_if(not pulled, f"pulled before it was RUNNING: {pulled}")
    option("The task is registered").holds_if(
        not running, f"while it is RUNNING there is {running} target"
    )
    left = _interfaces(lab, task)
    option("The network interface is detached").holds_if(
        (interfaces, left) == (1, 0), f"{interfaces} interface before, {left} after"
    )


def _targets(lab: ProofLab) -> int:
    elb = lab.client("elbv2")
    (group,) = elb.describe_target_groups(Names=["web"])["TargetGroups"]
    found = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    return len(found["TargetHealthDescriptions"])


def _interfaces(lab: ProofLab, task: dict[str, Any]) -> int:
    """How many network interfaces have the address of a task."""
    (interface,) = task["containers"][0]["networkInterfaces"]
    where = [{"Name": "private-ip-address", "Values": [interface["privateIpv4Address"]]}]
    found = lab.client("ec2").describe_network_interfaces(Filters=where)
    return len(found["NetworkInterfaces"])
