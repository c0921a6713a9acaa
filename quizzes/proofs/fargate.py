"""Proofs of the questions on Fargate."""

import re

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab


@proof
def change_by_change(lab: ProofLab, option: Options) -> None:
    """Take the task definition for EC2, and try which changes Fargate cannot do without."""
    size, mode = {"cpu": "256", "memory": "512"}, {"networkMode": "awsvpc"}
    fargate = {"requiresCompatibilities": ["FARGATE"], "cpu": None, "memory": None}

    def refused(**changes: object) -> str:
        asked = fargate | {"networkMode": "bridge"} | changes
        return scene.refusal(scene.fargate_definition, lab, **asked)

    assert not refused(**size, **mode), "both changes together are enough"
    option("Give a valid pair").holds_if(refused(**mode), refused(**mode))
    option("Set the network mode").holds_if(refused(**size), refused(**size))


@proof
def register_each_size(lab: ProofLab, option: Options) -> None:
    """Register a task definition of each size; of those accepted, take the fewest vCPUs."""
    refused = {}
    for size in option:
        cpu, memory = re.findall(r"\d+", size)
        refused[size] = scene.refusal(scene.fargate_definition, lab, cpu=cpu, memory=memory)
    valid = [size for size in option if not refused[size]]
    for size in option:
        option(size).holds_if(size == valid[0], refused[size] or f"accepted; smallest: {valid[0]}")


@proof
def eight_gigabytes(lab: ProofLab, option: Options) -> None:
    """Register 512/8192, then the changes that a task definition can have."""
    register = scene.fargate_definition
    assert scene.refusal(register, lab, cpu="512", memory="8192"), "the pair is refused as it is"
    wide = scene.refusal(register, lab, cpu="1024", memory="8192")
    option("A cpu of 1024").holds_if(not wide, wide or "the task definition is registered")
    big = scene.container(memory=8192)
    alone = scene.refusal(register, lab, big, cpu="512", memory=None)
    option("The 8 GB as memory").holds_if(not alone, alone)


@proof
def pull_from_a_public_subnet(lab: ProofLab, option: Options) -> None:
    """Run the task in a public subnet, without a public address and with one."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    where = {"launchType": "FARGATE", "networkConfiguration": scene.network(lab, public=True)}
    (task,) = scene.run_task(lab, **where)["tasks"]
    assert "CannotPullContainerError" in task["stoppedReason"], task["stoppedReason"]
    addressed = scene.network(lab, public=True, assign_public_ip=True)
    (task,) = scene.run_task(lab, **where | {"networkConfiguration": addressed})["tasks"]
    option("Set assignPublicIp").holds_if(
        task["lastStatus"] == "RUNNING", f"with a public address the task is {task['lastStatus']}"
    )


@proof
def what_fargate_refuses(lab: ProofLab, option: Options) -> None:
    """Register a task definition with each of the requirements."""
    efs = lab.client("efs").create_file_system()["FileSystemId"]
    volume = {"name": "files", "efsVolumeConfiguration": {"fileSystemId": efs}}
    logs = {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "web",
            "awslogs-region": lab.region,
            "awslogs-stream-prefix": "web",
        },
    }
    gpu = {"resourceRequirements": [{"type": "GPU", "value": "1"}]}
    needs = {
        "The containers are built": ({}, {"runtimePlatform": {"cpuArchitecture": "ARM64"}}),
        "A container needs a GPU": (gpu, {}),
        "All tasks share files": ({}, {"volumes": [volume]}),
        "Logs must go": ({"logConfiguration": logs}, {}),
        "A container must run privileged": ({"privileged": True}, {}),
    }
    for start, (of_container, of_task) in needs.items():
        web = scene.container(**of_container)
        refused = scene.refusal(scene.fargate_definition, lab, web, **of_task)
        option(start).holds_if(refused, refused or "Fargate accepts it")


@proof
def log_drivers(lab: ProofLab, option: Options) -> None:
    """Register a task definition with each log driver."""
    router = scene.container("router", firelensConfiguration={"type": "fluentbit"})
    for driver in ("fluentd", "awsfirelens", "json-file", "syslog"):
        web = scene.container(logConfiguration={"logDriver": driver})
        others = [router] if driver == "awsfirelens" else []
        refused = scene.refusal(scene.fargate_definition, lab, web, *others)
        option(f"The {driver} driver").holds_if(not refused, refused or "Fargate accepts it")


@proof
def spot_is_taken_back(lab: ProofLab, option: Options) -> None:
    """A service of four on Fargate Spot loses two tasks while there is no Spot capacity."""
    scene.cluster(lab)
    lab.client("ecs").put_cluster_capacity_providers(
        cluster="shop",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[],
    )
    scene.fargate_definition(lab)
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    scene.service(lab, count=4, capacityProviderStrategy=spot)
    lab.interrupt_spot(2, back_after_s=1800)
    lab.wait(600)
    running = scene.tasks(lab)
    providers = {task["capacityProviderName"] for task in running}
    found = f"{len(running)} tasks run, all on {', '.join(providers)}"
    option("ECS starts both").holds_if("FARGATE" in providers, found)
    lab.wait(3600)
    later = len(scene.tasks(lab))
    option("ECS goes on trying").holds_if(
        (len(running), later) == (2, 4), f"{found}; {later} once there is Spot capacity again"
    )
    deployments = scene.describe_service(lab)["deployments"]
    option("ECS fails the deployment").holds_if(
        len(deployments) > 1 or deployments[0]["rolloutState"] == "FAILED",
        f"one deployment, {deployments[0]['rolloutState']}",
    )


@proof
def isolation(lab: ProofLab, option: Options) -> None:
    """Two tasks on Fargate: which network interfaces do they have?"""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    scene.service(lab, launchType="FARGATE")
    ids = {
        detail["value"]
        for task in scene.tasks(lab)
        for detail in task["attachments"][0]["details"]
        if detail["name"] == "networkInterfaceId"
    }
    found = f"2 tasks have {len(ids)} network interfaces, and no containerInstanceArn"
    hosts = [task for task in scene.tasks(lab) if "containerInstanceArn" in task]
    option("They have a network").holds_if(len(ids) == 1, found)
    option("They have no kernel").holds_if(len(ids) == 2 and not hosts, found)


@proof
def four_vcpus(lab: ProofLab, option: Options) -> None:
    """Register 4 vCPU with each amount of memory."""
    for text in option:
        said = scene.refusal(scene.fargate_definition, lab, cpu="4 vCPU", memory=text)
        option(text).holds_if(not said, said or "it is registered")


@proof
def more_disk(lab: ProofLab, option: Options) -> None:
    """Ask for more disk, and try the other changes."""
    large = {"ephemeralStorage": {"sizeInGiB": 100}}
    said = scene.refusal(scene.fargate_definition, lab, **large)
    option("Set ephemeralStorage").holds_if(not said, said or "it is registered, with 100 GiB")
    host = {"volumes": [{"name": "data", "host": {"sourcePath": "/data"}}]}
    said = scene.refusal(scene.fargate_definition, lab, **host)
    option("Mount a folder").holds_if(not said, said)
    web = scene.container(logConfiguration={"logDriver": "json-file"})
    said = scene.refusal(scene.fargate_definition, lab, web)
    option("Add the log driver").holds_if(not said, said)


@proof
def disk_after_end(lab: ProofLab, option: Options) -> None:
    """One task writes a file and ends; the next, with the same role and subnet, looks for it."""
    scene.cluster(lab)
    image = lab.registry.push("write:1", script=WRITE)
    roles = {"taskRoleArn": lab.roles["shopTaskRole"]}
    scene.fargate_definition(lab, scene.container(image=image), **roles)
    network = scene.network(lab)
    network["awsvpcConfiguration"]["subnets"] = [lab.network.private_subnets[0]]
    where = {"launchType": "FARGATE", "networkConfiguration": network}
    said = []
    for _ in range(2):
        (task,) = scene.run_task(lab, **where)["tasks"]
        said.append(lab.logs(task["taskArn"])[0].text)
    found = f"the first: {said[0]}; the second: {said[1]}"
    gone = said == ["nothing there"] * 2
    option("It works if both tasks run").holds_if(not gone, found)
    option("It works if both tasks have").holds_if(not gone, found)
    option("It fails: the storage goes").holds_if(gone, found)


WRITE = """
import os
print(open("/tmp/result").read() if os.path.exists("/tmp/result") else "nothing there")
open("/tmp/result", "w").write("42")
"""


@proof
def host_path(lab: ProofLab, option: Options) -> None:
    """Register a task definition with each volume."""
    efs = lab.client("efs").create_file_system(CreationToken="cache")["FileSystemId"]
    volumes = {
        "A Docker volume": {"dockerVolumeConfiguration": {"driver": "local", "scope": "shared"}},
        "A bind mount": {"host": {"sourcePath": "/cache"}},
        "An Amazon EFS": {"efsVolumeConfiguration": {"fileSystemId": efs}},
    }
    for text, kind in volumes.items():
        said = scene.refusal(scene.fargate_definition, lab, volumes=[{"name": "cache", **kind}])
        option(text).holds_if(not said, said or "it is registered")


@proof
def two_log_drivers(lab: ProofLab, option: Options) -> None:
    """Register a task definition with each log driver."""
    for driver in option:
        settings = {"splunk-token": "x", "splunk-url": "https://splunk.example.com"}
        logs = {"awslogs-group": "web", "awslogs-region": lab.region,
                "awslogs-stream-prefix": "web"}  # fmt: skip
        options = {"splunk": settings, "awslogs": logs}.get(driver, {})
        web = scene.container(logConfiguration={"logDriver": driver, "options": options})
        said = scene.refusal(scene.fargate_definition, lab, web)
        option(driver).holds_if(not said, said or "it is registered")


@proof
def stop_timeout_most(lab: ProofLab, option: Options) -> None:
    """Register a stopTimeout of 300 seconds, and of 120."""
    said = scene.refusal(scene.fargate_definition, lab, scene.container(stopTimeout=300))
    most = scene.refusal(scene.fargate_definition, lab, scene.container(stopTimeout=120))
    assert not most, "120 seconds are accepted"
    option("They get the five").holds_if(not said, said)
    option("They get two").holds_if(not said, said)
    option("The task definition is refused: 120").holds_if("120" in said, said)
    option("The task definition is refused: a").holds_if("essential" in said, said)
