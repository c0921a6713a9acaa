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
