"""Checks of capstone-service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises import capstone, capstone_app, capstone_files
from ecs_lab.exercises.capstone import GUIDE, may
from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import running_tasks, service, service_runs
from ecs_lab.exercises.variants import variant
from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

NAME = variant.name
BUCKET = f"{variant.name}-menu"
FIVE_MINUTES_S = 300
START_S = 180


# ------------------------------------------------------------------ the service


@check("Three tasks run on Fargate", points=2)
def three_tasks(lab: Lab) -> Verdict:
    """As many as are wanted, once things have settled."""
    lab.settle()
    return service_runs(lab, NAME, NAME, 3, "FARGATE")


@check("There is a task in each of the three zones", needs="three_tasks")
def three_zones(lab: Lab) -> Verdict:
    """One in each."""
    lab.settle()
    found = capstone.zones(lab, NAME)
    if found == list(lab.network.zones):
        return passed
    return missed(expected=lab.network.zones, found=found, why="Which subnets has the service?")


@check("No task has a public address", needs="three_tasks")
def private(lab: Lab) -> Verdict:
    """Of the network interfaces none has one."""
    lab.settle()
    found = [each for each in capstone.interfaces(lab, NAME) if "Association" in each]
    if not found:
        return passed
    return missed(
        expected="private addresses only",
        found=[each["Association"]["PublicIp"] for each in found],
        why="Tasks behind a load balancer need no way in of their own.",
    )


@check("A stopped task is replaced", needs="three_tasks")
def replaced(lab: Lab) -> Verdict:
    """The check stops one, and waits for five minutes."""
    lab.settle()
    first, *_ = running_tasks(lab, NAME, NAME)
    lab.client("ecs").stop_task(cluster=NAME, task=first["taskArn"])
    lab.wait(FIVE_MINUTES_S)
    return service_runs(lab, NAME, NAME, 3, "FARGATE")


@check("Tasks start in the other zones when the first has lost its NAT gateway", points=2,
       needs="three_zones")  # fmt: skip
def way_out(lab: Lab) -> Verdict:
    """The check deletes the NAT gateways of the first zone and stops the tasks of the others."""
    lab.settle()
    capstone.lose_nat_gateways(lab, 0)
    first, *others = lab.network.zones
    for task in running_tasks(lab, NAME, NAME):
        if task["availabilityZone"] != first:
            lab.client("ecs").stop_task(cluster=NAME, task=task["taskArn"])
    lab.wait(FIVE_MINUTES_S)
    found = capstone.zones(lab, NAME)
    if set(others) <= set(found):
        return passed
    return missed(
        expected=f"new tasks in {' and '.join(others)}",
        found=f"tasks in {found}",
        why="New tasks pull, fetch and log through whatever way out their own subnet has.",
        see=GUIDE + "fargate-task-networking.html",
    )


# ------------------------------------------------------------------ the front


@check("A request to the load balancer is answered with 200", points=2)
def answers(lab: Lab) -> Verdict:
    """From the internet, at its own name."""
    lab.settle()
    return capstone.answers(lab, NAME, "/", "welcome", "Follow the way: listener, target, port.")


@check("The load balancer is in three zones", needs="answers")
def front_zones(lab: Lab) -> Verdict:
    """It has a node in each."""
    (found,) = lab.client("elbv2").describe_load_balancers(Names=[NAME])["LoadBalancers"]
    has = sorted(each["ZoneName"] for each in found["AvailabilityZones"])
    if has == list(lab.network.zones):
        return passed
    return missed(expected=lab.network.zones, found=has, why="A subnet of each zone gives it one.")


@check("All three tasks answer requests", needs="answers")
def all_serve(lab: Lab) -> Verdict:
    """Twelve requests, and who has answered them."""
    lab.settle()
    replies = [capstone.ask(lab, NAME) for _ in range(12)]
    found = {each.zone for each in replies if not isinstance(each, str)}
    if found == set(lab.network.zones):
        return passed
    return missed(
        expected="answers from three zones", found=f"answers from {sorted(map(str, found))}"
    )


@check("Nobody in the VPC gets past the load balancer", needs="answers")
def shut(lab: Lab) -> Verdict:
    """A machine with the default security group asks a task directly."""
    lab.settle()
    machine = lab.http.from_subnet(lab.network.private_subnets[0])
    for each in capstone.interfaces(lab, NAME):
        try:
            reply = machine.get(f"http://{each['PrivateIpAddress']}:{variant.port}/health")
        except UnreachableError:
            continue
        return missed(
            expected="no answer to a machine that is not the load balancer",
            found=str(reply),
            why="A rule for a security group lets in its members, one for a CIDR whoever is there.",
        )
    return passed


@check("A zone is lost, and every request is still answered", points=2, needs="answers")
def zone_lost(lab: Lab) -> Verdict:
    """The check cuts a zone off, gives the health checks three minutes, and sends requests."""
    lab.settle()
    capstone.lose_zone(lab, variant.lost)
    lab.wait(START_S)
    wrong = capstone.bad([capstone.ask(lab, NAME) for _ in range(12)])
    if not wrong:
        return passed
    return missed(
        expected="12 of 12 requests answered with 200",
        found=f"{len(wrong)} were not, such as {wrong[0]}",
        why=f"The zone {lab.network.zones[variant.lost]} was lost. Who was left to answer?",
    )


# ------------------------------------------------------------------ files


@check("A note that is written by one task is read by all", points=2, needs="answers")
def shared(lab: Lab) -> Verdict:
    """POST /notes once, then GET /notes from each task."""
    lab.settle()
    capstone.ask(lab, NAME, "/notes", "a table for two")
    return capstone.answers(lab, NAME, "/notes", "a table for two", "Where is /data kept?")


@check("Notes outlive the tasks", needs="shared")
def survives(lab: Lab) -> Verdict:
    """A note, three new tasks, the note."""
    lab.settle()
    capstone.ask(lab, NAME, "/notes", "a table for two")
    capstone.renew(lab, NAME)
    return capstone.answers(lab, NAME, "/notes", "a table for two", "Where is /data kept?")


@check("The files are encrypted at rest", needs="shared")
def at_rest(lab: Lab) -> Verdict:
    """The file system is."""
    return capstone_files.at_rest(lab, NAME)


@check("The file system lets tasks in by their role, in transit encrypted", points=2,
       needs="shared")  # fmt: skip
def by_role(lab: Lab) -> Verdict:
    """The check gives it a policy for nobody but the task role, and starts new tasks."""
    lab.settle()
    return capstone_files.by_role(lab, NAME)


@check("The tasks use the files through an access point, and not as root", needs="shared")
def access_point(lab: Lab) -> Verdict:
    """The volume names one that enforces another user."""
    return capstone_files.by_access_point(lab, NAME)


@check("Nobody else in the VPC can mount the file system", needs="shared")
def files_shut(lab: Lab) -> Verdict:
    """The check runs a task of the same definition in the VPC's default security group."""
    return capstone_files.shut(lab, NAME)


# ------------------------------------------------------------------ the secret


@check("The program has the password of the secret", points=2, needs="answers")
def password(lab: Lab) -> Verdict:
    """GET /database shows its digest."""
    lab.settle()
    secrets = lab.client("secretsmanager")
    value = secrets.get_secret_value(SecretId=f"{variant.name}/db")["SecretString"]
    expected = capstone_app.digest(value)
    return capstone.answers(lab, NAME, "/database", expected, "The variable is DB_PASSWORD.")


@check("The password stands nowhere in the task definition", needs="password")
def password_hidden(lab: Lab) -> Verdict:
    """Not as a value, not in a command."""
    secrets = lab.client("secretsmanager")
    value = secrets.get_secret_value(SecretId=f"{variant.name}/db")["SecretString"]
    if value not in json.dumps(capstone.definition(lab, NAME), default=str):
        return passed
    return missed(expected="a reference to the secret", found="its value, for all to read")


@check("After a rotation, a new deployment brings the new password", needs="password")
def rotated(lab: Lab) -> Verdict:
    """The check changes the secret and forces a deployment."""
    lab.settle()
    secrets = lab.client("secretsmanager")
    secrets.put_secret_value(SecretId=f"{variant.name}/db", SecretString="earl-grey")
    capstone.renew(lab, NAME)
    expected = capstone_app.digest("earl-grey")
    return capstone.answers(lab, NAME, "/database", expected, "Which version is named?")


# ------------------------------------------------------------------ the roles


@check("The program reads the menu with its own role", needs="answers")
def menu(lab: Lab) -> Verdict:
    """The check changes the menu and asks for it."""
    lab.settle()
    lab.client("s3").put_object(Bucket=BUCKET, Key="menu.txt", Body=b"cake 4")
    return capstone.answers(lab, NAME, "/menu", "cake 4", "The variable BUCKET, and the task role.")


@check("The task role may change nothing in the bucket and read no secret", needs="menu")
def task_role_least(lab: Lab) -> Verdict:
    """The check tries it as the task role."""
    secret = {"SecretId": f"{variant.name}/db"}
    found = may(
        lab, capstone.role(lab, NAME, "taskRoleArn"),
        ("s3", "put_object", {"Bucket": BUCKET, "Key": "menu.txt", "Body": b"free"}),
        ("s3", "delete_object", {"Bucket": BUCKET, "Key": "menu.txt"}),
        ("secretsmanager", "get_secret_value", secret),
    )  # fmt: skip
    return _nothing(found, "The program only reads the menu; the agent has fetched the secret.")


@check("The task role reads no other bucket", needs="menu")
def task_role_own(lab: Lab) -> Verdict:
    """The check makes a bucket and asks for its object as the task role."""
    lab.client("s3").create_bucket(Bucket="payroll-files")
    lab.client("s3").put_object(Bucket="payroll-files", Key="menu.txt", Body=b"secret")
    other = ("s3", "get_object", {"Bucket": "payroll-files", "Key": "menu.txt"})
    return _nothing(may(lab, capstone.role(lab, NAME, "taskRoleArn"), other), "Name the bucket.")


@check("The execution role reads no other secret and not the menu", needs="three_tasks")
def execution_least(lab: Lab) -> Verdict:
    """The check makes a secret and asks for it as the execution role."""
    lab.client("secretsmanager").create_secret(Name="payroll/db", SecretString="x")
    found = may(
        lab, capstone.role(lab, NAME, "executionRoleArn"),
        ("secretsmanager", "get_secret_value", {"SecretId": "payroll/db"}),
        ("s3", "get_object", {"Bucket": BUCKET, "Key": "menu.txt"}),
    )  # fmt: skip
    return _nothing(found, "Name the one secret; the menu is the program's business.")


@check("Neither role may look around in the account", needs="three_tasks")
def no_looking_around(lab: Lab) -> Verdict:
    """Users, clusters, buckets: none of it is listed for them."""
    found = [
        f"{kind}: {call}"
        for kind in ("taskRoleArn", "executionRoleArn")
        for call in may(lab, capstone.role(lab, NAME, kind), ("iam", "list_users", {}),
                        ("ecs", "list_clusters", {}), ("s3", "list_buckets", {}))
    ]  # fmt: skip
    return _nothing(found, "An asterisk is more than anybody needs.")


def _nothing(found: list[str], why: str) -> Verdict:
    if not found:
        return passed
    return missed(expected="AccessDenied", found=f"allowed: {', '.join(found)}", why=why,
                  see=GUIDE + "security-iam-roles.html")  # fmt: skip


# ------------------------------------------------------------------ logs


@check("What the tasks write arrives in CloudWatch Logs", needs="answers")
def logs(lab: Lab) -> Verdict:
    """A stream for each running task, with its newest health check."""
    lab.settle()
    (first, *_) = capstone.definition(lab, NAME)["containerDefinitions"]
    options = first.get("logConfiguration", {}).get("options", {})
    client = lab.client("logs")
    group = options.get("awslogs-group", "")
    streams = client.describe_log_streams(logGroupName=group)["logStreams"] if group else []
    names = {each["logStreamName"].rpartition("/")[2] for each in streams}
    tasks = {each["taskArn"].rpartition("/")[2] for each in running_tasks(lab, NAME, NAME)}
    if tasks and tasks <= names:
        return passed
    return missed(expected=f"a stream for each of {len(tasks)} tasks", found=sorted(names))


# ------------------------------------------------------------------ scaling


@check("Load brings more tasks", points=2, needs="three_tasks")
def scales_out(lab: Lab) -> Verdict:
    """Three tasks at 90 percent of their CPU, for a quarter of an hour."""
    lab.settle()
    found = capstone.counts(lab, NAME, 2.7, 15)
    if 5 <= found[-1] <= variant.most:
        return passed
    return missed(expected="five tasks or more, so that each is near 50 percent", found=found,
                  see=GUIDE + "service-autoscaling-targettracking.html")  # fmt: skip


@check("However much load there is, there are never more tasks than agreed", needs="scales_out")
def scales_to_most(lab: Lab) -> Verdict:
    """A hundred times as much load as three tasks can bear."""
    lab.settle()
    found = capstone.counts(lab, NAME, 300, 30)
    if found[-1] == max(found) == variant.most:
        return passed
    return missed(expected=f"{variant.most} tasks and no more", found=found)


@check("When the load is gone, three tasks are left", needs="scales_out")
def scales_in(lab: Lab) -> Verdict:
    """A quarter of an hour of load, and an hour without."""
    lab.settle()
    capstone.counts(lab, NAME, 2.7, 15)
    found = capstone.counts(lab, NAME, 0, 60)
    if found[-1] == min(found) == 3:
        return passed
    return missed(expected="down to 3, and not below", found=found)


# ------------------------------------------------------------------ deployments


@check("No user notices a new release", points=2, needs="answers")
def release(lab: Lab) -> Verdict:
    """The check deploys one that works, and sends requests and counts tasks meanwhile."""
    lab.settle()
    image = lab.registry.push(f"{NAME}:checked", capstone_app.app, port=variant.port)
    new = capstone.deploy(lab, NAME, image)
    wrong, fewest = [], 3
    for now, replies in capstone.rollout(lab, NAME):
        wrong += capstone.bad(replies)
        fewest = min(fewest, now["runningCount"])
    found = service(lab, NAME, NAME) or {}
    if not wrong and fewest == 3 and found["deployments"][0]["taskDefinition"] == new:
        return passed
    return missed(
        expected="every request answered, and three tasks all the time",
        found=f"{len(wrong)} requests not answered with 200, {fewest} tasks at the fewest",
    )


@check("A release whose image is not there is turned back", points=2, needs="answers")
def missing_release(lab: Lab) -> Verdict:
    """The check deploys a tag that nobody has pushed."""
    lab.settle()
    (image, *_) = [
        each["image"]
        for each in capstone.definition(lab, NAME)["containerDefinitions"]
        if each.get("portMappings")
    ]
    return capstone.turned_back(lab, NAME, image.rpartition(":")[0] + ":not-there")


@check("A release that starts and is not well is turned back", points=2, needs="answers")
def sick_release(lab: Lab) -> Verdict:
    """The check deploys one that answers its health checks with 503."""
    lab.settle()
    image = lab.registry.push(f"{NAME}:sick", capstone_app.sick, port=variant.port)
    return capstone.turned_back(lab, NAME, image)
