"""Proofs of the questions of the capstone."""

import json
from contextlib import suppress
from typing import Any

from ecs_lab.exercises import capstone, capstone_app, clinic
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab
from ecs_lab.runtime.inside import UnreachableError

TEN_MINUTES_S = 600


def shop(lab: ProofLab, subnets: list[str], count: int = 3, **changes: Any) -> None:
    """A Fargate service web in these private subnets, behind the load balancer web."""
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    network = scene.network(lab)
    network["awsvpcConfiguration"]["subnets"] = subnets
    group = clinic.target_group(lab)
    scene.service(lab, "web", count, launchType="FARGATE", networkConfiguration=network,
                  loadBalancers=clinic.targets(group), **changes)  # fmt: skip


def answered(lab: ProofLab) -> int:
    """How many of six requests are answered with 200."""
    return 6 - len(capstone.bad([capstone.ask(lab, "web") for _ in range(6)]))


def zone_c_lost(lab: ProofLab, **changes: Any) -> int:
    """How many of six requests are answered three minutes after zone c was lost."""
    copy = lab.copy()
    with copy, copy.quiet():
        copy.client("ecs").update_service(cluster="shop", service="web", **changes)
        copy.settle()
        capstone.lose_zone(copy, 2)
        copy.wait(180)
        return 6 - len(capstone.bad([capstone.ask(copy, "web") for _ in range(6)]))


@proof
def zone_lost(lab: ProofLab, option: Options) -> None:
    """Three tasks in zone c; change one thing, lose the zone, and send six requests."""
    shop(lab, list(lab.network.private_subnets[2:]))
    lab.diagram("Three tasks in one zone")
    found = zone_c_lost(lab, desiredCount=6)
    option("Six tasks").holds_if(found == 6, f"{found} of 6 requests answered")
    found = zone_c_lost(lab, healthCheckGracePeriodSeconds=600)
    option("A health check").holds_if(found == 6, f"{found} of 6 requests answered")
    found = zone_c_lost(lab, networkConfiguration=scene.network(lab))
    option("Private subnets").holds_if(found == 6, f"{found} of 6 requests answered")
    spread = [{"type": "spread", "field": "attribute:ecs.availability-zone"}]
    update = lab.client("ecs").update_service
    said = scene.refusal(update, cluster="shop", service="web", placementStrategy=spread)
    option("A placement strategy").holds_if(not said, said)


@proof
def nat_lost(lab: ProofLab, option: Options) -> None:
    """Delete the only NAT gateway, wait, then ask for three tasks more."""
    shop(lab, list(lab.network.private_subnets))
    image = {"image": lab.registry.push("web:1", like="nginx:1.27")}
    new = scene.fargate_definition(lab, clinic.web(**image))
    lab.client("ecs").update_service(cluster="shop", service="web", taskDefinition=new)
    lab.settle()
    capstone.lose_nat_gateways(lab, 0)
    lab.wait(TEN_MINUTES_S)
    before = len(scene.tasks(lab))
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=6)
    lab.wait(TEN_MINUTES_S)
    after, status = len(scene.tasks(lab)), scene.describe_service(lab)["status"]
    lab.diagram("Ten minutes after three more tasks were asked for")
    found = f"{before} tasks ran on, {after - before} more started; the service is {status}"
    started = after > before
    option("Running tasks go on, and new").holds_if(before == 3 and started, found)
    option("Running tasks go on, and no").holds_if(before == 3 and not started, found)
    option("Running tasks stop, and new").holds_if(before == 0 and started, found)
    option("Running tasks stop, and the").holds_if(before == 0 and status == "INACTIVE", found)


def rule(lab: ProofLab, group: str, port: int, source: dict[str, Any]) -> None:
    """Let a source in at a port of a security group."""
    asked = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    lab.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[asked])


def files(lab: ProofLab, zones: int) -> tuple[str, str]:
    """A file system with mount targets in so many zones, open to the tasks: id and group."""
    ec2, efs = lab.client("ec2"), lab.client("efs")
    vpc = {"VpcId": lab.network.vpc_id}
    group = ec2.create_security_group(GroupName="files", Description="files", **vpc)["GroupId"]
    tasks = {"UserIdGroupPairs": [{"GroupId": lab.network.security_groups["tasks"]}]}
    rule(lab, group, 2049, tasks)
    made = efs.create_file_system(CreationToken="files")["FileSystemId"]
    for subnet in lab.network.private_subnets[:zones]:
        efs.create_mount_target(FileSystemId=made, SubnetId=subnet, SecurityGroups=[group])
    lab.wait(120)
    return str(made), str(group)


def mounts(lab: ProofLab, file_system: str, zone: int, **settings: Any) -> str:
    """ "" if a task in a zone gets the file system at /data, else why it stopped."""
    volume = {"fileSystemId": file_system, **settings}
    point = {"sourceVolume": "data", "containerPath": "/data"}
    scene.fargate_definition(
        lab, clinic.web(mountPoints=[point]), taskRoleArn=lab.roles["shopTaskRole"],
        volumes=[{"name": "data", "efsVolumeConfiguration": volume}],
    )  # fmt: skip
    network = scene.network(lab)
    network["awsvpcConfiguration"]["subnets"] = [lab.network.private_subnets[zone]]
    (task,) = scene.run_task(lab, launchType="FARGATE", networkConfiguration=network)["tasks"]
    return str(task.get("stoppedReason", ""))


@proof
def third_zone_files(lab: ProofLab, option: Options) -> None:
    """Mount targets in two zones: try each remedy for a task in the third."""
    scene.cluster(lab)
    made, group = files(lab, 2)
    first = mounts(lab, made, 2)
    assert "Failed to resolve" in first, first
    rule(lab, group, 2049, {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]})
    found = mounts(lab, made, 2)
    option("A rule for port").holds_if(not found, found)
    may_do(lab, "shopTaskRole", ["elasticfilesystem:ClientMount"], "*")
    found = mounts(lab, made, 2)
    option("The permission").holds_if(not found, found)
    subnet = lab.network.private_subnets[2]
    target = {"FileSystemId": made, "SubnetId": subnet, "SecurityGroups": [group]}
    lab.client("efs").create_mount_target(**target)
    lab.wait(120)
    found = mounts(lab, made, 2)
    option("A mount target").holds_if(not found, found or "the task runs")


def may_do(lab: ProofLab, role: str, actions: list[str], resource: str) -> None:
    """Give a role one statement, in place of the one from before."""
    allow = {"Effect": "Allow", "Action": actions, "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    lab.client("iam").put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=document)


@proof
def mount_role(lab: ProofLab, option: Options) -> None:
    """Name one role after the other in the file system's policy, and run a task."""
    scene.cluster(lab)
    made, _ = files(lab, 1)
    settings = {"transitEncryption": "ENABLED", "authorizationConfig": {"iam": "ENABLED"}}
    roles = {
        "The role in taskRoleArn": "shopTaskRole",
        "The role in executionRoleArn": "ecsTaskExecutionRole",
        "The container instance": "ecsInstanceRole",
    }
    for text, name in roles.items():
        only = {"Effect": "Allow", "Principal": {"AWS": lab.roles[name]},
                "Action": "elasticfilesystem:ClientMount"}  # fmt: skip
        policy = json.dumps({"Version": "2012-10-17", "Statement": [only]})
        lab.client("efs").put_file_system_policy(FileSystemId=made, Policy=policy)
        found = mounts(lab, made, 0, **settings)
        option(text).holds_if(not found, found or "the task runs")


@proof
def least_secret(lab: ProofLab, option: Options) -> None:
    """Give the execution role each statement; start a task, and try what else it may do."""
    scene.cluster(lab)
    secrets = lab.client("secretsmanager")
    own = secrets.create_secret(Name="shop/db", SecretString="tea")["ARN"]
    secrets.create_secret(Name="payroll/db", SecretString="x")
    reference = {"secrets": [{"name": "DB_PASSWORD", "valueFrom": own}]}
    scene.fargate_definition(lab, clinic.web(**reference))
    for text in option:
        action, resource = text.removeprefix("Action ").split(", resource ")
        on = "*" if resource == "*" else own
        may_do(lab, "ecsTaskExecutionRole", [f"secretsmanager:{action}"], on)
        (task,) = scene.run_task(lab, launchType="FARGATE")["tasks"]
        more = capstone.may(
            lab, "ecsTaskExecutionRole",
            ("secretsmanager", "get_secret_value", {"SecretId": "payroll/db"}),
            ("secretsmanager", "put_secret_value", {"SecretId": "shop/db", "SecretString": "tea"}),
        )  # fmt: skip
        starts = task["lastStatus"] == "RUNNING"
        found = f"the task is {task['lastStatus']}; the role may also: {', '.join(more) or 'no'}"
        option(text).holds_if(starts and not more, found)


@proof
def only_balancer(lab: ProofLab, option: Options) -> None:
    """Try each source: does the load balancer reach the tasks, and does another machine?"""
    shop(lab, list(lab.network.private_subnets), 1)
    tasks, front = (lab.network.security_groups[name] for name in ("tasks", "web"))
    sources = {
        "The CIDR block": {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]},
        "The addresses": {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        "The load balancer's": {"UserIdGroupPairs": [{"GroupId": front}]},
        "The tasks' own": {"UserIdGroupPairs": [{"GroupId": tasks}]},
    }
    ec2 = lab.client("ec2")
    for text, source in sources.items():
        (group,) = ec2.describe_security_groups(GroupIds=[tasks])["SecurityGroups"]
        ec2.revoke_security_group_ingress(GroupId=tasks, IpPermissions=group["IpPermissions"])
        rule(lab, tasks, 80, source)
        lab.wait(TEN_MINUTES_S)
        by_front, by_machine = answered(lab) == 6, machine_gets_in(lab)
        found = f"load balancer: {by_front}, another machine: {by_machine}"
        option(text).holds_if(by_front and not by_machine, found)


def machine_gets_in(lab: ProofLab) -> bool:
    """Whether a machine with the VPC's default security group reaches a task of web."""
    machine = lab.http.from_subnet(lab.network.private_subnets[0])
    for task in scene.tasks(lab):
        for interface in task["containers"][0]["networkInterfaces"]:
            with suppress(UnreachableError):
                machine.get(f"http://{interface['privateIpv4Address']}/")
                return True
    return False


@proof
def crowd(lab: ProofLab, option: Options) -> None:
    """Three tasks with 80 percent of CPU each, a target of 40, at most five."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    scene.service(lab, count=3, launchType="FARGATE")
    scaling = lab.client("application-autoscaling")
    resource = {"ServiceNamespace": "ecs", "ResourceId": "service/shop/web",
                "ScalableDimension": "ecs:service:DesiredCount"}  # fmt: skip
    scaling.register_scalable_target(**resource, MinCapacity=3, MaxCapacity=5)
    cpu = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    scaling.put_scaling_policy(
        **resource, PolicyName="cpu", PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 40, "PredefinedMetricSpecification": cpu},
    )  # fmt: skip
    lab.set_load("shop", "web", vcpus=3 * 0.25 * 0.8)
    lab.wait(3600)
    running = len(scene.tasks(lab))
    option.values(running, {str(number): number for number in (3, 4, 5, 6)}, "{} tasks run")


@proof
def two_statements(lab: ProofLab, option: Options) -> None:
    """A program that reads a bucket: give each role the statement, and ask for the menu."""
    scene.cluster(lab)
    lab.registry.push("cafe:1", capstone_app.app, port=80)
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="cafe-menu")
    s3.put_object(Bucket="cafe-menu", Key="menu.txt", Body=b"tea 3")
    may_do(lab, "ecsTaskExecutionRole", ["s3:GetObject"], "arn:aws:s3:::cafe-menu/*")
    image = f"123456789012.dkr.ecr.{lab.region}.amazonaws.com/cafe:1"
    bucket = [{"name": "BUCKET", "value": "cafe-menu"}]
    scene.fargate_definition(
        lab, clinic.web(image=image, environment=bucket), taskRoleArn=lab.roles["shopTaskRole"]
    )
    group = clinic.target_group(lab)
    scene.service(lab, count=2, launchType="FARGATE", networkConfiguration=clinic.in_two_zones(lab),
                  loadBalancers=clinic.targets(group))  # fmt: skip
    assert capstone.ask(lab, "web").status == 200, "the program answers"

    def menu() -> str:
        reply = capstone.ask(lab, "web", "/menu")
        return reply if isinstance(reply, str) else reply.text

    assert "AccessDenied" in menu(), menu()
    everyone = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    rule(lab, lab.network.security_groups["tasks"], 443, everyone)
    option("An inbound rule").holds_if("tea 3" in menu(), menu())
    may_do(lab, "ecsTaskExecutionRole", ["s3:*"], "*")
    option("All actions of Amazon S3").holds_if("tea 3" in menu(), menu())
    may_do(lab, "ecsInstanceRole", ["s3:GetObject"], "*")
    option("The statement on the container").holds_if("tea 3" in menu(), menu())
    may_do(lab, "shopTaskRole", ["s3:GetObject"], "arn:aws:s3:::cafe-menu/*")
    option("The statement on the role").holds_if("tea 3" in menu(), menu())


@proof
def room_for_a_release(lab: ProofLab, option: Options) -> None:
    """Three tasks, bounds of 100 and 150 percent: count all tasks while a release runs."""
    shop(lab, list(lab.network.private_subnets),
         deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150})  # fmt: skip
    lab.client("ecs").update_service(cluster="shop", service="web", forceNewDeployment=True)
    most, least = 0, 99
    for _ in range(120):
        lab.wait(5)
        running = len(scene.tasks(lab))
        most, least = max(most, running), min(least, running)
    found = f"never fewer than {least} and never more than {most} tasks ran"
    option("Three run").holds_if((least, most) == (3, 4), found)
    option("Three stay, and up to three").holds_if((least, most) == (3, 6), found)
    option("Three stay, and up to two").holds_if((least, most) == (3, 5), found)
    option("Two run").holds_if(least == 2, found)
