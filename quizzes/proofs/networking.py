"""Proofs of the questions on networking."""

from typing import Any

from ecs_lab.exercises import clinic
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab
from ecs_lab.runtime.inside import UnreachableError


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


@proof
def own_security_group(lab: ProofLab, option: Options) -> None:
    """One instance, and in each network mode a task that is to have a security group of its own."""
    scene.cluster(lab, instances=1)
    vpc = {
        "subnets": lab.network.private_subnets[:1],
        "securityGroups": [new_group(lab, "own")],
    }
    asked = {"networkConfiguration": {"awsvpcConfiguration": vpc}}
    for mode in option:
        scene.definition(lab, family=mode, networkMode=mode)
        said = scene.refusal(scene.run_task, lab, mode, **asked)
        option(mode).holds_if(not said, said or "the task runs with an interface in the group")


def new_group(lab: ProofLab, name: str) -> str:
    """A security group that lets nobody in; gives its id."""
    made = lab.client("ec2").create_security_group(
        GroupName=name, Description=name, VpcId=lab.network.vpc_id
    )
    return str(made["GroupId"])


def heard(lab: ProofLab, task: dict[str, Any], url: str) -> str:
    """The text of a 200 that a task's first container gets from a URL; "" for anything else."""
    try:
        reply = lab.http.from_task(task["taskArn"]).get(url)
    except UnreachableError:
        return ""
    return str(reply.text) if reply.status == 200 else ""


def address(task: dict[str, Any]) -> str:
    """The private address of a task in awsvpc mode."""
    return str(task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"])


def let_in(lab: ProofLab, port: int) -> None:
    """Let the members of the security group tasks reach each other on a port."""
    group = lab.network.security_groups["tasks"]
    pair = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=group, IpPermissions=[pair | {"UserIdGroupPairs": [{"GroupId": group}]}]
    )


@proof
def nothing_in_or_out(lab: ProofLab, option: Options) -> None:
    """A task with mode none, another in the same VPC that it may call, and what it may map."""
    scene.cluster(lab, instances=1)
    scene.fargate_definition(lab, clinic.web(memory=None), family="near")
    (near,) = scene.run_task(lab, "near", launchType="FARGATE")["tasks"]
    let_all_in(lab)
    mapped = scene.refusal(scene.definition, lab, clinic.web(), networkMode="none")
    seen = {}
    for mode in ("none", "bridge"):
        scene.definition(lab, family=mode, networkMode=mode)
        (seen[mode],) = scene.run_task(lab, mode)["tasks"]
    reached = heard(lab, seen["none"], f"http://{address(near)}/")
    assert heard(lab, seen["bridge"], f"http://{address(near)}/"), "a task in bridge mode gets out"
    option("It has no connectivity").holds_if(mapped and not reached, f"no answer; {mapped}")
    option("It gets the default").holds_if(reached, "it reaches nobody; a task in bridge mode does")
    option("It has an interface").holds_if(seen["none"]["attachments"], "it has no interface")
    said = scene.refusal(scene.fargate_definition, lab, networkMode="none")
    option("It can run on Fargate").holds_if(not said, said)


def let_all_in(lab: ProofLab) -> None:
    """Let the whole VPC reach the security group tasks on port 80."""
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=lab.network.security_groups["tasks"],
        IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="10.0.0.0/16",
    )  # fmt: skip


# ------------------------------------------------------------------ ways out


def route_table(lab: ProofLab) -> str:
    """The route table of the private subnets."""
    where = [{"Name": "association.subnet-id", "Values": [lab.network.private_subnets[0]]}]
    return str(
        lab.client("ec2").describe_route_tables(Filters=where)["RouteTables"][0]["RouteTableId"]
    )


def no_way_out(lab: ProofLab) -> dict[str, str]:
    """Take the private subnets' default route away; gives what names it again."""
    ec2 = lab.client("ec2")
    gateway = ec2.describe_nat_gateways()["NatGateways"][0]["NatGatewayId"]
    where = {"RouteTableId": route_table(lab), "DestinationCidrBlock": "0.0.0.0/0"}
    ec2.delete_route(**where)
    return where | {"NatGatewayId": gateway}


def endpoint(lab: ProofLab, name: str) -> str:
    """An interface endpoint with private DNS that lets HTTPS in from the VPC; a gateway for s3."""
    ec2 = lab.client("ec2")
    request: dict[str, Any] = {
        "VpcId": lab.network.vpc_id,
        "ServiceName": f"com.amazonaws.{lab.region}.{name}",
    }
    if name == "s3":
        request |= {"VpcEndpointType": "Gateway", "RouteTableIds": [route_table(lab)]}
    else:
        group = new_group(lab, f"to-{name}")
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/16"
        )
        request |= {
            "VpcEndpointType": "Interface",
            "SubnetIds": lab.network.private_subnets,
            "SecurityGroupIds": [group],
            "PrivateDnsEnabled": True,
        }
    return str(ec2.create_vpc_endpoint(**request)["VpcEndpoint"]["VpcEndpointId"])


def ours(lab: ProofLab) -> None:
    """The family web with an image in Amazon ECR."""
    image = lab.registry.push("web:1", like="nginx:1.27")
    scene.fargate_definition(lab, clinic.web(image=image, memory=None))


def began(lab: ProofLab, **network: Any) -> tuple[bool, str]:
    """Whether a task of web on Fargate comes up, and its state with the reason if it does not."""
    answer = scene.run_task(
        lab, launchType="FARGATE", networkConfiguration=scene.network(lab, **network)
    )
    (task,) = answer["tasks"]
    return task["lastStatus"] == "RUNNING", f"{task['lastStatus']} {task.get('stoppedReason', '')}"


@proof
def out_and_not_in(lab: ProofLab, option: Options) -> None:
    """Each set-up, with a task that fetches its image from a registry on the internet."""
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web(memory=None))
    out, found = began(lab)
    option("A route to a NAT gateway").holds_if(out, f"{found}, with a private address only")
    out, found = began(lab, public=True, assign_public_ip=False)
    option("A route to an internet gateway, with assignPublicIp DISABLED").holds_if(out, found)
    scene.run_task(
        lab, launchType="FARGATE",
        networkConfiguration=scene.network(lab, public=True, assign_public_ip=True),
    )  # fmt: skip
    interfaces = lab.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    public = [each["Association"]["PublicIp"] for each in interfaces if "Association" in each]
    option("A route to an internet gateway, with assignPublicIp ENABLED").holds_if(
        not public, f"public addresses: {', '.join(public)}"
    )
    no_way_out(lab)
    endpoint(lab, "s3")
    out, found = began(lab)
    option("A gateway endpoint").holds_if(out, found)


@proof
def layers_in_s3(lab: ProofLab, option: Options) -> None:
    """Subnets without a way out, both endpoints of ECR, and each addition by itself."""
    scene.cluster(lab)
    ours(lab)
    no_way_out(lab)
    for name in ("ecr.api", "ecr.dkr"):
        endpoint(lab, name)
    well, found = began(lab)
    assert not well, "with the two endpoints alone the pull times out"
    assert "starport-layer-bucket" in found, "the time-out is that of the question"
    made = endpoint(lab, "ecs")
    option("An interface endpoint for ECS").holds_if(*began(lab))
    lab.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made])
    policy = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
    role = {"RoleName": "ecsTaskExecutionRole", "PolicyArn": policy}
    lab.client("iam").attach_role_policy(**role)
    option("A bucket policy").holds_if(*began(lab))
    lab.client("iam").detach_role_policy(**role)
    option("A public IP address").holds_if(*began(lab, assign_public_ip=True))
    endpoint(lab, "s3")
    option("A gateway endpoint").holds_if(*began(lab))


@proof
def two_ways_to_ecr(lab: ProofLab, option: Options) -> None:
    """Private subnets without a way to ECR, and each change by itself."""
    scene.cluster(lab)
    ours(lab)
    ec2, iam = lab.client("ec2"), lab.client("iam")
    nat = no_way_out(lab)
    well, _ = began(lab)
    assert not well, "without a way out no task starts"
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="ecsTaskExecutionRole", PolicyArn=policy)
    option("More permissions").holds_if(*began(lab))
    iam.detach_role_policy(RoleName="ecsTaskExecutionRole", PolicyArn=policy)
    ec2.authorize_security_group_ingress(
        GroupId=lab.network.security_groups["tasks"],
        IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="0.0.0.0/0",
    )  # fmt: skip
    option("An inbound rule").holds_if(*began(lab))
    where = {key: nat[key] for key in ("RouteTableId", "DestinationCidrBlock")}
    mine = [{"Name": "attachment.vpc-id", "Values": [lab.network.vpc_id]}]
    (gateway,) = ec2.describe_internet_gateways(Filters=mine)["InternetGateways"]
    ec2.create_route(**where, GatewayId=gateway["InternetGatewayId"])
    option("An internet gateway").holds_if(*began(lab))
    ec2.delete_route(**where)
    ec2.create_route(**nat)
    option("A NAT gateway").holds_if(*began(lab))
    ec2.delete_route(**where)
    for name in ("ecr.api", "ecr.dkr", "s3"):
        endpoint(lab, name)
    option("VPC endpoints").holds_if(*began(lab))


# ------------------------------------------------------------------ names


def namespace(lab: ProofLab) -> Any:
    """The private DNS namespace shop.local in AWS Cloud Map."""
    cloud_map = lab.client("servicediscovery")
    cloud_map.create_private_dns_namespace(Name="shop.local", Vpc=lab.network.vpc_id)
    return cloud_map.list_namespaces()["Namespaces"][0]


def registry(lab: ProofLab, place: Any, kind: str) -> dict[str, Any]:
    """A service of AWS Cloud Map with records of a kind, as serviceRegistries names it."""
    config: dict[str, Any] = {"DnsRecords": [{"Type": kind, "TTL": 60}]}
    if kind == "CNAME":
        config["RoutingPolicy"] = "WEIGHTED"
    made = lab.client("servicediscovery").create_service(
        Name=f"by-{kind.lower()}", NamespaceId=place["Id"], DnsConfig=config
    )
    return {"registryArn": made["Service"]["Arn"]}


@proof
def records_for_bridge(lab: ProofLab, option: Options) -> None:
    """A service in bridge mode, and a Cloud Map service with each type of record."""
    scene.cluster(lab, instances=1)
    scene.definition(lab, clinic.web())
    place = namespace(lab)
    for text in option:
        kind = text.split()[1]
        asked = registry(lab, place, kind) | {"containerName": "web", "containerPort": 80}
        said = scene.refusal(
            scene.service, lab, count=1, serviceName=f"by-{kind}", serviceRegistries=[asked]
        )
        option(text).holds_if(not said, said or "the service was created")


@proof
def records_for_awsvpc(lab: ProofLab, option: Options) -> None:
    """A service on Fargate with each type of record, and a client that asks for addresses only."""
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web(memory=None))
    let_in(lab, 80)
    (client,) = scene.run_task(lab, launchType="FARGATE")["tasks"]
    place = namespace(lab)
    port = {"containerName": "web", "containerPort": 80}
    for kind, more in (("A", {}), ("SRV", port)):
        listed = [registry(lab, place, kind) | more]
        scene.service(lab, launchType="FARGATE", serviceName=f"by-{kind}", serviceRegistries=listed)
        name = f"http://by-{kind.lower()}.shop.local/"
        reached = bool(heard(lab, client, name))
        option(f"Service discovery with {kind} ").holds_if(reached, f"GET {name}: {reached}")
    entry = [{"hostname": "api", "ipAddress": "10.0.10.9"}]
    said = scene.refusal(scene.fargate_definition, lab, clinic.web(memory=None, extraHosts=entry))
    option("A host entry").holds_if(not said, said)


@proof
def a_name_after_the_client(lab: ProofLab, option: Options) -> None:
    """A client with Service Connect, then a server of the same namespace, and each remedy."""
    scene.cluster(lab)
    ports = [{"containerPort": 80, "name": "http"}]
    scene.fargate_definition(lab, clinic.web(memory=None, portMappings=ports))
    let_in(lab, 80)
    member = {"enabled": True, "namespace": namespace(lab)["Arn"]}
    alias = {"portName": "http", "clientAliases": [{"port": 80, "dnsName": "api"}]}
    for name, connect in (("front", member), ("api", member | {"services": [alias]})):
        scene.service(
            lab,
            count=1,
            launchType="FARGATE",
            serviceName=name,
            serviceConnectConfiguration=connect,
        )

    def known() -> str:
        (front,) = scene.tasks(lab, serviceName="front")
        return heard(lab, front, "http://api/")

    assert not known(), "the tasks of front do not know the name"
    lab.wait(7 * 24 * 3600)
    option("Wait until").holds_if(known(), "a week later the name is as unknown")
    let_in(lab, 53)
    option("Add an inbound rule").holds_if(known(), "with the rule the name is as unknown")
    lab.client("ecs").update_service(cluster="shop", service="front", forceNewDeployment=True)
    lab.wait(900)
    option("Deploy the service").holds_if(known(), "after the deployment the name leads to api")


# ------------------------------------------------------------------ within a task


@proof
def two_within_a_task(lab: ProofLab, option: Options) -> None:
    """An application on port 9404, a sidecar in the same task, and each address tried from it."""
    scene.cluster(lab)
    served = clinic.web(
        name="app",
        image=lab.registry.push("app:1", metrics, port=9404),
        memory=None,
        portMappings=None,
    )
    sidecar = scene.container("sidecar", memory=None)
    scene.fargate_definition(lab, sidecar, served)
    (task,) = scene.run_task(lab, launchType="FARGATE")["tasks"]
    for start, host in (("localhost", "localhost"), ("169.254", "169.254.170.2")):
        text = heard(lab, task, f"http://{host}:9404/")
        option(start).holds_if(text == "requests 7", text or f"no metrics from {host}")
    linked = scene.refusal(scene.fargate_definition, lab, sidecar | {"links": ["app"]}, served)
    option("The name of the container").holds_if(not linked, linked)


def metrics(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as an application does that counts its requests."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"requests 7"]


@proof
def one_port_twice(lab: ProofLab, option: Options) -> None:
    """Two containers of a task that map the same port, two different ones, and one alone."""
    scene.cluster(lab)

    def pair(*ports: int) -> str:
        mapped = [
            clinic.web(name=f"web{place}", memory=None, portMappings=[{"containerPort": port}])
            for place, port in enumerate(ports)
        ]
        return scene.refusal(scene.fargate_definition, lab, *mapped)

    same, different = pair(80, 80), pair(80, 81)
    option("Both share").holds_if(same and not different, same)
    option("A task can have one").holds_if(different, "80 beside 81 is accepted")
    scene.fargate_definition(lab, clinic.web(memory=None))
    alone, found = began(lab)
    option("Port 80 is reserved").holds_if(not alone, f"one container on port 80: {found}")
    option("A port below 1024").holds_if(not alone, f"not privileged, on port 80: {found}")
