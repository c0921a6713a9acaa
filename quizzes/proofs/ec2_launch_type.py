"""Proofs of the questions on container instances."""

import base64
import json

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


@proof
def cluster_name_changed(lab: ProofLab, option: Options) -> None:
    """An instance with a wrong name; then other user data and a restart; then a new instance."""
    scene.cluster(lab)
    wrong = scene.launch(lab, "ECS_CLUSTER=shop-test")
    lab.wait(scene.BOOT_S)
    assert not scene.instances(lab), "with the wrong name it does not register"
    ec2, right = lab.client("ec2"), "#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n"
    ec2.stop_instances(InstanceIds=[wrong])
    ec2.modify_instance_attribute(
        InstanceId=wrong, UserData={"Value": base64.b64encode(right.encode())}
    )
    ec2.start_instances(InstanceIds=[wrong])
    lab.wait(scene.BOOT_S)
    count = len(scene.instances(lab))
    option("A changed user data").holds_if(count == 1, f"{count} registered after the restart")
    scene.definition(lab)
    scene.service(lab)
    count = len(scene.instances(lab))
    option("A service in shop").holds_if(count == 1, f"{count} registered with a service")
    scene.launch(lab, "ECS_CLUSTER=shop")
    lab.wait(scene.BOOT_S)
    count = len(scene.instances(lab))
    option("A new template").holds_if(count == 1, f"{count} registered with a new instance")


@proof
def task_roles_on_optimized(lab: ProofLab, option: Options) -> None:
    """One line in ecs.config; a task with a task role says who it is."""
    scene.cluster(lab, instances=1)
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    image = lab.registry.push("who:1", script=script)
    roles = {"taskRoleArn": lab.roles["shopTaskRole"]}
    roles["executionRoleArn"] = lab.roles["ecsTaskExecutionRole"]
    scene.definition(lab, scene.container(image=image), **roles)
    (task,) = scene.run_task(lab)["tasks"]
    said = lab.logs(task["taskArn"])[0].text
    option("Those of the task role").holds_if("shopTaskRole" in said, said)
    option("Those of the container").holds_if("ecsInstanceRole" in said, said)
    option("Those of the task execution").holds_if("ecsTaskExecutionRole" in said, said)
    option("Nobody's").holds_if("arn:aws:sts" not in said, said)


@proof
def drain_without_room(lab: ProofLab, option: Options) -> None:
    """Two full instances: drain one, look after an hour, then add a third."""
    scene.cluster(lab, instances=2)
    scene.definition(lab, scene.container(memory=1500))
    scene.service(lab, count=2)
    first = scene.instances(lab)[0]["containerInstanceArn"]
    lab.client("ecs").update_container_instances_state(
        cluster="shop", containerInstances=[first], status="DRAINING"
    )
    lab.wait(3600)
    stayed = any(task["containerInstanceArn"] == first for task in scene.tasks(lab))
    scene.launch(lab, "ECS_CLUSTER=shop", 2)
    lab.wait(900)
    moved = all(task["containerInstanceArn"] != first for task in scene.tasks(lab))
    found = f"an hour later its task runs: {stayed}; with a third instance it has moved: {moved}"
    option("They keep running").holds_if(stayed and moved, found)
    option("They stop at once").holds_if(not stayed, found)
    option("They stop after two").holds_if(not stayed, found)


def taken_back(lab: ProofLab, config: str) -> tuple[list[int], str]:
    """Two Spot Instances with these lines in ecs.config, one taken back: how many tasks run in
    the three minutes after the notice, and the state of the instance a minute after it.
    """
    scene.cluster(lab)
    market = {"InstanceMarketOptions": {"MarketType": "spot"}}
    machines = [scene.launch(lab, f"ECS_CLUSTER=shop\n{config}", n, **market) for n in range(2)]
    lab.wait(scene.BOOT_S)
    scene.definition(lab)
    scene.service(lab, count=4, availabilityZoneRebalancing="DISABLED")
    lab.interrupt_spot_instance(machines[0])
    counts, state = [], ""
    for look in range(12):
        lab.wait(15)
        counts.append(len(scene.tasks(lab)))
        if look == 3:
            state = {i["ec2InstanceId"]: i["status"] for i in scene.instances(lab)}[machines[0]]
    return counts, state


@proof
def spot_notice(lab: ProofLab, option: Options) -> None:
    """Take a Spot Instance back from an agent with Spot draining, and count tasks."""
    counts, state = taken_back(lab, "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true")
    found = f"the instance was {state}; never fewer than {min(counts)} of 4 tasks ran"
    option("Put ECS_ENABLE_SPOT").holds_if(min(counts) == 4, found)


@proof
def spot_without_draining(lab: ProofLab, option: Options) -> None:
    """Take a Spot Instance back from an agent with default settings, and count tasks."""
    counts, state = taken_back(lab, "")
    found = f"a minute after the notice it was {state}; tasks every 15 s: {counts}"
    option("It sets the instance").holds_if(state == "DRAINING", found)
    option("Nothing: the instance").holds_if(state == "ACTIVE" and min(counts) < 4, found)


@proof
def anywhere_what_fits(lab: ProofLab, option: Options) -> None:
    """A server outside AWS, and each workload on it."""
    scene.cluster(lab)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [
        trust | {"Principal": {"Service": "ssm.amazonaws.com"}}]}  # fmt: skip
    iam = lab.client("iam")
    iam.create_role(RoleName="ecsAnywhereRole", AssumeRolePolicyDocument=json.dumps(document))
    for name in ("AmazonSSMManagedInstanceCore",
                 "service-role/AmazonEC2ContainerServiceforEC2Role"):  # fmt: skip
        policy = f"arn:aws:iam::aws:policy/{name}"
        iam.attach_role_policy(RoleName="ecsAnywhereRole", PolicyArn=policy)
    lab.register_external_instance("shop")
    lab.wait(60)
    outside = {"requiresCompatibilities": ["EXTERNAL"]}
    scene.definition(lab, **outside)
    (task,) = scene.run_task(lab, launchType="EXTERNAL")["tasks"]
    option("A worker").holds_if(task["lastStatus"] == "RUNNING", f"it is {task['lastStatus']}")
    group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef"
    behind = {"loadBalancers": [
        {"targetGroupArn": group, "containerName": "web", "containerPort": 80}]}  # fmt: skip
    said = scene.refusal(scene.service, lab, launchType="EXTERNAL", **behind)
    option("A web shop").holds_if(not said, said)
    files = [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0"}}]
    said = scene.refusal(scene.definition, lab, volumes=files, **outside)
    option("A report").holds_if(not said, said)
    names = [{"registryArn": "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-a"}]
    said = scene.refusal(scene.service, lab, launchType="EXTERNAL", serviceRegistries=names)
    option("An API").holds_if(not said, said)
