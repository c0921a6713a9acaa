"""Proofs of the questions on networking."""

from ecs_lab.exercises import clinic
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab


@proof
def host_mode_copies(lab: ProofLab, option: Options) -> None:
    """Two instances, and three tasks in host mode at once."""
    scene.cluster(lab, instances=2)
    scene.definition(lab, clinic.web(), networkMode="host")
    placed = len(scene.run_task(lab, count=3)["tasks"])
    counts = {"One task": 1, "Two tasks": 2, "Three tasks": 3, "No task": 0}
    option.values(placed, counts, "{} tasks were placed")


@proof
def two_copies_on_one_instance(lab: ProofLab, option: Options) -> None:
    """One instance, and each change of the task definition with two tasks."""
    scene.cluster(lab, instances=1)
    dynamic = clinic.web(portMappings=[{"containerPort": 80, "hostPort": 0}])
    refused = scene.refusal(scene.definition, lab, clinic.web(), networkMode="none")
    option("Change the mode to none").holds_if(refused == "", refused)
    named = {}
    for name in ("one", "two"):
        scene.definition(lab, clinic.web(name=name), family=name, networkMode="host")
        named[name] = len(scene.run_task(lab, name)["tasks"])
    option("Keep host, and give").holds_if(named == {"one": 1, "two": 1}, f"placed: {named}")
    for task in scene.tasks(lab):
        lab.client("ecs").stop_task(cluster="shop", task=task["taskArn"])
    lab.wait(120)
    scene.definition(lab, dynamic, networkMode="bridge")
    placed = len(scene.run_task(lab, count=2)["tasks"])
    option("Change the mode to bridge").holds_if(placed == 2, f"{placed} tasks were placed")


def own_interfaces(lab: ProofLab, count: int) -> int:
    """How many of so many tasks with awsvpc are placed, in calls of ten at most."""
    network = scene.network(lab)
    placed = 0
    for _ in range(count // 10):
        answer = scene.run_task(lab, count=10, networkConfiguration=network)
        placed += len(answer["tasks"])
    return placed


@proof
def trunking_and_new_instances(lab: ProofLab, option: Options) -> None:
    """A full c5.large, the account setting, and then a second one."""
    scene.cluster(lab, instances=1, instance_type="c5.large")
    scene.definition(lab, clinic.web(), networkMode="awsvpc")
    before = own_interfaces(lab, 10)
    lab.client("ecs").put_account_setting_default(name="awsvpcTrunking", value="enabled")
    machine = scene.instances(lab)[0]["ec2InstanceId"]
    lab.stop_agent(machine)
    lab.start_agent(machine)
    lab.wait(120)
    again = own_interfaces(lab, 10)
    option("Turn on awsvpcTrunking, and restart").holds_if(again, f"{again} more were placed")
    scene.launch(lab, f"ECS_CLUSTER={scene.CLUSTER}", instance_type="c5.large")
    lab.wait(300)
    new = own_interfaces(lab, 10)
    option("Turn on awsvpcTrunking, and launch").holds_if(
        new > before, f"{before} on the old instance, {new} on the new one"
    )


@proof
def interfaces_of_three(lab: ProofLab, option: Options) -> None:
    """Three c5.large, and as many tasks with an interface as find a place."""
    scene.cluster(lab, instances=3, instance_type="c5.large")
    scene.definition(lab, clinic.web(), networkMode="awsvpc")
    counts = {"Three tasks": 3, "Six tasks": 6, "Nine tasks": 9, "Thirty tasks": 30}
    option.values(own_interfaces(lab, 30), counts, "{} tasks were placed")
