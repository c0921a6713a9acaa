"""Proofs of the questions on container instances."""

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, picture, proof
from ecs_lab.quiz.trace import ProofLab


@proof
def no_user_data(lab: ProofLab, option: Options) -> None:
    """Launch two instances without user data, and look in which cluster they are."""
    scene.cluster(lab)
    lab.client("ecs").create_cluster(clusterName="default")
    first, _ = (scene.launch(lab, "", number) for number in range(2))
    lab.wait(scene.BOOT_S)
    clusters = lab.client("ecs").describe_clusters(clusters=["default", "shop"])["clusters"]
    count = {each["clusterName"]: each["registeredContainerInstancesCount"] for each in clusters}
    found = f"instances of default: {count['default']}, of shop: {count['shop']}"
    option("The agents registered").holds_if(count == {"default": 2, "shop": 0}, found)
    log = lab.agent_log(first)
    option("The ECS-optimized AMI").holds_if(not log, f"the agent's log has {len(log)} lines")
    option("The agent joins").holds_if(not count["default"], f"nobody called it; {found}")
    option("The security group").holds_if(not count["default"], found)


@proof
def no_instance_profile(lab: ProofLab, option: Options) -> None:
    """Launch an instance without an instance profile, then one with it."""
    scene.cluster(lab)
    bare = scene.launch(lab, "ECS_CLUSTER=shop", IamInstanceProfile=None)
    lab.wait(scene.BOOT_S)
    assert not scene.instances(lab), "without the profile it does not register"
    scene.launch(lab, "ECS_CLUSTER=shop")
    lab.wait(scene.BOOT_S)
    registered = [each["ec2InstanceId"] for each in scene.instances(lab)]
    log = lab.agent_log(bare)[-1]
    option("An instance profile").holds_if(
        len(registered) == 1 and bare not in registered,
        f"with it the instance registers; without it the agent's log says: {log}",
    )
    roles = {"taskRoleArn": lab.roles["shopTaskRole"]}
    roles["executionRoleArn"] = lab.roles["ecsTaskExecutionRole"]
    scene.definition(lab, **roles)
    lab.wait(scene.BOOT_S)
    still = f"with both roles in a task definition {len(scene.instances(lab))} is registered"
    for start in ("A task role", "A task execution role"):
        option(start).holds_if(len(scene.instances(lab)) == 2, still)


@proof
def tasks_until_full(lab: ProofLab, option: Options) -> None:
    """Register an m4.large with the reserve, and run tasks until one does not fit."""
    scene.cluster(lab, 1, "m4.large", "ECS_RESERVED_MEMORY=1024")
    scene.definition(lab, scene.container(memory=1024))
    while not scene.run_task(lab)["failures"]:
        pass
    numbers = {"Five": 5, "Six": 6, "Seven": 7, "Eight": 8}
    option.values(len(scene.tasks(lab)), numbers, "{} tasks run, the next gets RESOURCE:MEMORY")


@proof
def port_mappings(lab: ProofLab, option: Options) -> None:
    """One instance, two tasks with each of the port mappings."""
    scene.cluster(lab, instances=1)
    for inside, outside in ((80, 80), (0, 80), (80, 0), (80, 51678)):
        web = scene.container(portMappings=[{"containerPort": inside, "hostPort": outside}])
        started, said = 0, scene.refusal(scene.definition, lab, web)
        if not said:
            answers = [scene.run_task(lab, count=1) for _ in range(2)]
            started = sum(len(answer["tasks"]) for answer in answers)
            said = f"{started} of 2 tasks start"
        option(f"containerPort {inside} and hostPort {outside}").holds_if(started == 2, said)
        for task in scene.tasks(lab):
            lab.client("ecs").stop_task(cluster="shop", task=task["taskArn"])
        lab.settle()


@proof
def fixed_host_port(lab: ProofLab, option: Options) -> None:
    """Two instances, and a service of three whose tasks want host port 8080."""
    scene.cluster(lab, instances=2)
    ports = [{"containerPort": 80, "hostPort": 8080}]
    scene.definition(lab, scene.container(portMappings=ports))
    scene.service(lab, count=3)
    lab.wait(600)
    lab.diagram("Two instances, one host port")
    service = scene.describe_service(lab)
    running, pending = service["runningCount"], service["pendingCount"]
    event = service["events"][0]["message"]
    found = f"{running} running, {pending} pending; {event}"
    unplaced = any("unable to place a task" in each["message"] for each in service["events"])
    option("Three tasks run; two").holds_if(running == 3, found)
    option("Three tasks run; ECS").holds_if(running == 3, found)
    option("Two tasks run; an event").holds_if(running == 2 and not pending and unplaced, found)
    option("Two tasks run; the third").holds_if(running == 2 and pending == 1, found)


@proof
def too_large_for_any(lab: ProofLab, option: Options) -> None:
    """Run a task that wants more memory than the only instance has."""
    scene.cluster(lab, instances=1)
    scene.definition(lab, scene.container(memory=4096))
    answer = scene.run_task(lab)
    reasons = [failure["reason"] for failure in answer["failures"]]
    lab.wait(600)
    tasks = len(scene.tasks(lab)) + len(scene.tasks(lab, "STOPPED"))
    found = f"failures: {', '.join(reasons)}; tasks ten minutes later: {tasks}"
    option("No instance had").holds_if(reasons == ["RESOURCE:MEMORY"] and not tasks, found)
    scene.launch(lab, "ECS_CLUSTER=shop", instance_type="m4.large")
    lab.wait(600)
    waiting = len(scene.tasks(lab))
    option("The task is waiting").holds_if(waiting, f"with a larger instance {waiting} run")
    option("A container used").holds_if(tasks, found)


def full_and_empty(lab: ProofLab) -> str:
    """An instance with two tasks of a service and one that stands alone, and two empty instances;
    gives the ARN of the full one.
    """
    scene.cluster(lab, instances=1)
    scene.definition(lab)
    scene.service(lab, count=2, availabilityZoneRebalancing="DISABLED")
    scene.run_task(lab)
    (full,) = scene.instances(lab)
    for number in (1, 2):
        scene.launch(lab, "ECS_CLUSTER=shop", number)
    lab.wait(scene.BOOT_S)
    return str(full["containerInstanceArn"])


@picture
def before_draining(lab: ProofLab) -> None:
    """Before draining"""
    full_and_empty(lab)


@proof
def drain_an_instance(lab: ProofLab, option: Options) -> None:
    """Drain an instance with two tasks of a service and one that stands alone."""
    arn = full_and_empty(lab)
    before = {task["taskArn"] for task in scene.tasks(lab)}
    lab.client("ecs").update_container_instances_state(
        cluster="shop", containerInstances=[arn], status="DRAINING"
    )
    lab.wait(900)
    lab.diagram("After draining")
    left = [t["group"] for t in scene.tasks(lab) if t["containerInstanceArn"] == arn]
    moved = [t["group"] for t in scene.tasks(lab) if t["taskArn"] not in before]
    found = f"on the instance: {', '.join(left)}; new elsewhere: {', '.join(moved)}"
    service, alone = "service:web", "family:web"
    option("All three").holds_if(not left, found)
    option("The service's tasks are").holds_if(left == [alone] and moved == [service] * 2, found)
    option("The service's tasks go").holds_if(alone not in left, found)
    option("Nothing changes").holds_if(not moved, found)
