"""Proofs of the questions on load balancing."""

from typing import Any

from ecs_lab.exercises import clinic
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

ECHO = "traefik/whoami"
"""A program that answers on every path, and tells who asked."""
GRACE_S = 3600


def group(lab: ProofLab, name: str, **changes: Any) -> str:
    """A target group of addresses; gives its ARN."""
    request = {"Protocol": "HTTP", "Port": 80, "TargetType": "ip", "VpcId": lab.network.vpc_id}
    made = lab.client("elbv2").create_target_group(Name=name, **request | changes)
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def balancer(lab: ProofLab, name: str = "front", zones: int = 2, **changes: Any) -> dict[str, Any]:
    """A load balancer with the security group web in so many zones."""
    request = {"SecurityGroups": [lab.network.security_groups["web"]]} | changes
    subnets = lab.network.public_subnets[:zones]
    made = lab.client("elbv2").create_load_balancer(Name=name, Subnets=subnets, **request)
    return dict(made["LoadBalancers"][0])


def listen(lab: ProofLab, where: dict[str, Any], to: str, port: int = 80, **changes: Any) -> str:
    """A listener that forwards to a target group; gives its ARN."""
    network = where["Type"] == "network"
    request = {"Protocol": "TCP" if network else "HTTP", "Port": port} | changes
    forward = {"Type": "forward", "TargetGroupArn": to}
    made = lab.client("elbv2").create_listener(
        LoadBalancerArn=where["LoadBalancerArn"], DefaultActions=[forward], **request
    )
    return str(made["Listeners"][0]["ListenerArn"])


def rule(lab: ProofLab, listener: str, pattern: str, to: str, priority: int = 10) -> None:
    """A rule that forwards a path pattern to a target group."""
    lab.client("elbv2").create_rule(
        ListenerArn=listener,
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "Values": [pattern]}],
        Actions=[{"Type": "forward", "TargetGroupArn": to}],
    )


def put_behind(lab: ProofLab, *groups: str, family: str = "web", **changes: Any) -> None:
    """A Fargate service of two tasks in the target groups, called like its task definition."""
    targets = [each for arn in groups for each in clinic.targets(arn)]
    asked = {"launchType": "FARGATE", "networkConfiguration": clinic.in_two_zones(lab)}
    scene.service(
        lab, family, 2, **{"serviceName": family, "loadBalancers": targets} | asked | changes
    )


def families(lab: ProofLab, url: str) -> set[str]:
    """The families of the tasks that answer eight requests."""
    replies = [lab.http.get(url) for _ in range(8)]
    return {str(reply.revision).partition(":")[0] for reply in replies}


def states(lab: ProofLab, arn: str) -> list[str]:
    """The states of a target group's targets that are not draining."""
    found = lab.client("elbv2").describe_target_health(TargetGroupArn=arn)
    all_states = [each["TargetHealth"]["State"] for each in found["TargetHealthDescriptions"]]
    return [each for each in all_states if each != "draining"]


def two_families(lab: ProofLab, *names: str) -> None:
    """A cluster, and task definitions whose program answers on every path."""
    scene.cluster(lab)
    for name in names:
        scene.fargate_definition(lab, clinic.web(image=ECHO), family=name)


@proof
def two_services_one_port(lab: ProofLab, option: Options) -> None:
    """Two services in one target group, then in one each with a rule; and a rule without paths."""
    two_families(lab, "shop", "orders")
    front = balancer(lab)
    url = f"http://{front['DNSName']}/orders/1"
    shop, orders = group(lab, "shop"), group(lab, "orders")
    listener = listen(lab, front, shop)
    for family in ("shop", "orders"):
        put_behind(lab, shop, family=family)
    together = families(lab, url)
    option("One Application Load Balancer, with one target group").holds_if(
        together == {"orders"}, f"/orders/1 is answered by {sorted(together)}"
    )
    rule(lab, listener, "/orders/*", orders)
    ecs = lab.client("ecs")
    ecs.update_service(cluster="shop", service="orders", loadBalancers=clinic.targets(orders))
    lab.settle()
    lab.diagram("A target group for each service")
    apart = families(lab, url), families(lab, f"http://{front['DNSName']}/")
    option("One Application Load Balancer, with a target group for each").holds_if(
        apart == ({"orders"}, {"shop"}), f"/orders/1 by {apart[0]}, / by {apart[1]}"
    )
    fast = balancer(lab, "fast", Type="network")
    tcp = group(lab, "tcp", Protocol="TCP")
    refused = scene.refusal(rule, lab, listen(lab, fast, tcp), "/orders/*", tcp)
    option("One Network Load Balancer").holds_if(refused == "", refused)


@proof
def a_rule_without_a_star(lab: ProofLab, option: Options) -> None:
    """Two services, a rule for /api alone, and a request for what is below it."""
    two_families(lab, "shop", "api")
    front = balancer(lab)
    shop, api = group(lab, "shop"), group(lab, "api")
    rule(lab, listen(lab, front, shop), "/api", api)
    put_behind(lab, shop, family="shop")
    put_behind(lab, api, family="api")
    url = f"http://{front['DNSName']}/api"
    assert families(lab, url) == {"api"}, "the pattern fits /api itself"
    found, status = families(lab, url + "/orders"), lab.http.get(url + "/orders").status
    option("The service shop").holds_if(found == {"shop"}, f"{sorted(found)} answers")
    option("The service api").holds_if(found == {"api"}, f"{sorted(found)} answers")
    option("Both services").holds_if(len(found) == 2, f"{sorted(found)} answers")
    option("The load balancer itself").holds_if(status == 404, f"the status is {status}")


def bridge(lab: ProofLab, security_group: str, **changes: Any) -> str:
    """A service of two tasks with host port 0 on two instances; the ARN of its target group."""
    arn = clinic.target_group(lab, TargetType="instance")
    scene.cluster(lab)
    for number in range(2):
        config = f"ECS_CLUSTER={scene.CLUSTER}"
        scene.launch(lab, config, number, SecurityGroupIds=[security_group])
    lab.wait(scene.BOOT_S)
    scene.definition(lab, clinic.web(portMappings=[{"containerPort": 80, "hostPort": 0}]))
    grace = {"healthCheckGracePeriodSeconds": GRACE_S}
    scene.service(lab, loadBalancers=clinic.targets(arn), **grace | changes)
    return arn


def security_group(lab: ProofLab, name: str = "own") -> str:
    """A security group that lets nobody in."""
    made = lab.client("ec2").create_security_group(
        GroupName=name, Description=name, VpcId=lab.network.vpc_id
    )
    return str(made["GroupId"])


def let_web_in(lab: ProofLab, name: str, first: int, last: int) -> dict[str, Any]:
    """Let the load balancer's group in on these ports; what one says to take it back."""
    source = {"UserIdGroupPairs": [{"GroupId": lab.network.security_groups["web"]}]}
    permission = {"IpProtocol": "tcp", "FromPort": first, "ToPort": last} | source
    asked = {"GroupId": name, "IpPermissions": [permission]}
    lab.client("ec2").authorize_security_group_ingress(**asked)
    return asked


@proof
def which_ports_to_open(lab: ProofLab, option: Options) -> None:
    """Two instances that let nobody in, and one rule after the other."""
    own = security_group(lab)
    arn = bridge(lab, own)
    assert states(lab, arn) == ["unhealthy"] * 2, "without a rule the targets are unhealthy"
    for text in option:
        first, _, last = text.split()[1].partition("-")
        asked = let_web_in(lab, own, int(first), int(last or first))
        lab.wait(300)
        found = states(lab, arn)
        option(text).holds_if(found == ["healthy"] * 2, f"the targets are {found}")
        lab.client("ec2").revoke_security_group_ingress(**asked)
        lab.wait(300)


@proof
def what_is_registered(lab: ProofLab, option: Options) -> None:
    """Two tasks in bridge mode behind a load balancer: the targets that ECS has registered."""
    arn = bridge(lab, lab.network.security_groups["instances"])
    found = lab.client("elbv2").describe_target_health(TargetGroupArn=arn)
    target = found["TargetHealthDescriptions"][0]["Target"]
    saw = f"{target['Id']}:{target['Port']}"
    instance, fixed = target["Id"].startswith("i-"), target["Port"] == 80
    option("The instance's id and port 80").holds_if(instance and fixed, saw)
    option("The instance's id and an ephemeral port").holds_if(instance and not fixed, saw)
    option("The container's own address").holds_if(not instance and fixed, saw)
    option("The task's address").holds_if(not instance and not fixed, saw)


@proof
def fargate_wants_addresses(lab: ProofLab, option: Options) -> None:
    """A Fargate service with a target group of instances, with one of addresses, and in bridge."""
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    front = balancer(lab)
    instances, addresses = group(lab, "wrong", TargetType="instance"), group(lab, "right")
    listen(lab, front, instances)
    listen(lab, front, addresses, 8080)
    assert "incompatible" in scene.refusal(put_behind, lab, instances), "type instance is refused"
    refused = scene.refusal(scene.fargate_definition, lab, clinic.web(), networkMode="bridge")
    option("Register the task definition again").holds_if(refused == "", refused)
    accepted = scene.refusal(put_behind, lab, addresses)
    found = states(lab, addresses)
    option("Make another target group").holds_if(
        accepted == "" and found == ["healthy"] * 2, f"the targets are {found}"
    )


@proof
def awsvpc_on_instances(lab: ProofLab, option: Options) -> None:
    """A service in awsvpc mode on two instances, with a target group of each type."""
    scene.cluster(lab, instances=2)
    scene.definition(lab, clinic.web(), networkMode="awsvpc")
    front = balancer(lab)
    accepted = {}
    for port, kind in ((80, "instance"), (8080, "ip")):
        arn = group(lab, kind, TargetType=kind)
        listen(lab, front, arn, port)
        asked = {"launchType": "EC2", "serviceName": kind}
        accepted[kind] = scene.refusal(put_behind, lab, arn, **asked) == ""
    saw = f"accepted: {[kind for kind, yes in accepted.items() if yes]}"
    option("ip,").holds_if(accepted == {"instance": False, "ip": True}, saw)
    option("instance,").holds_if(accepted == {"instance": True, "ip": False}, saw)
    option("instance or ip").holds_if(all(accepted.values()), saw)


@proof
def a_protocol_over_tcp(lab: ProofLab, option: Options) -> None:
    """A listener for TCP on port 1883 at each load balancer, with a Fargate service behind it."""
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    tcp = group(lab, "tcp", Protocol="TCP")
    refused = scene.refusal(listen, lab, balancer(lab), tcp, 1883, Protocol="TCP")
    option("An Application").holds_if(refused == "", refused)
    listen(lab, balancer(lab, "fast", Type="network"), tcp, 1883)
    put_behind(lab, tcp)
    found = states(lab, tcp)
    option("A Network").holds_if(found == ["healthy"] * 2, f"the targets are {found}")
    old = [{"loadBalancerName": "old", "containerName": "web", "containerPort": 80}]
    refused = scene.refusal(put_behind, lab, serviceName="old", loadBalancers=old)
    option("A Classic").holds_if(refused == "", refused)


@proof
def who_seems_to_ask(lab: ProofLab, option: Options) -> None:
    """A program that tells who asked it, behind a Network Load Balancer."""
    two_families(lab, "web")
    tcp, fast = group(lab, "tcp", Protocol="TCP"), balancer(lab, Type="network")
    listen(lab, fast, tcp)
    put_behind(lab, tcp)
    text = lab.http.get(f"http://{fast['DNSName']}/").text
    source = next(line for line in text.splitlines() if line.startswith("RemoteAddr"))
    interfaces = lab.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    address = source.split()[1]
    owner = [each["Description"] for each in interfaces if each["PrivateIpAddress"] == address]
    found = f"{source}, the interface of {owner}"
    option("The public IP address of the client").holds_if(not owner, found)
    option("The private IP address of the NAT gateway").holds_if("NAT" in str(owner), found)
    option("The address in the header").holds_if("X-Forwarded-For" in text, text)
    option("The private IP address of the load balancer").holds_if(
        "ELB net/front" in str(owner), found
    )


def offer(lab: ProofLab, where: dict[str, Any], *principals: str) -> dict[str, Any]:
    """An endpoint service for a load balancer, with permissions for these principals."""
    ec2 = lab.client("ec2")
    made = ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[where["LoadBalancerArn"]], AcceptanceRequired=False
    )["ServiceConfiguration"]
    if principals:
        ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=made["ServiceId"], AddAllowedPrincipals=list(principals)
        )
    return dict(made)


def customer(lab: ProofLab) -> dict[str, Any]:
    """A subnet in a VPC of its own, with the same addresses as the lab's."""
    ec2 = lab.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zone = lab.network.zones[0]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=zone)
    return dict(made["Subnet"])


def connect(lab: ProofLab, subnet: dict[str, Any], name: str) -> str:
    """An interface endpoint for a service in a subnet; gives its name."""
    made = lab.client("ec2").create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=subnet["VpcId"],
        ServiceName=name,
        SubnetIds=[subnet["SubnetId"]],
    )
    return str(made["VpcEndpoint"]["DnsEntries"][0]["DnsName"])


@proof
def who_may_stand_behind_an_endpoint_service(lab: ProofLab, option: Options) -> None:
    """A customer with the same CIDR block, and an endpoint service for each load balancer."""
    two_families(lab, "web")
    tcp, fast = group(lab, "tcp", Protocol="TCP"), balancer(lab, "fast", Type="network")
    listen(lab, fast, tcp)
    put_behind(lab, tcp)
    refused = scene.refusal(offer, lab, balancer(lab))
    option("An Application Load Balancer, and an endpoint").holds_if(refused == "", refused)
    subnet = customer(lab)
    name = connect(lab, subnet, offer(lab, fast, "*")["ServiceName"])
    reply = lab.http.from_subnet(subnet["SubnetId"]).get(f"http://{name}/")
    lab.diagram("Two VPCs with the same addresses")
    option("A Network Load Balancer, and an endpoint").holds_if(reply.task, reply)


@proof
def a_service_that_is_not_found(lab: ProofLab, option: Options) -> None:
    """An endpoint service without permissions, and what a customer hears before and after."""
    fast = balancer(lab, Type="network")
    made, subnet = offer(lab, fast), customer(lab)
    before = scene.refusal(connect, lab, subnet, made["ServiceName"])
    assert "does not exist" in before, before
    ec2 = lab.client("ec2")
    waiting = ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    option("The acceptance").holds_if(waiting, f"{len(waiting)} requests wait to be accepted")
    let_all_in = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(
        GroupId=lab.network.security_groups["web"], IpPermissions=[let_all_in]
    )
    opened = scene.refusal(connect, lab, subnet, made["ServiceName"])
    option("A rule of the load balancer").holds_if(opened == "", opened)
    ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=made["ServiceId"], AddAllowedPrincipals=["*"]
    )
    allowed = scene.refusal(connect, lab, subnet, made["ServiceName"])
    option("The permission").holds_if(allowed == "", allowed or "the endpoint is made")


def classic(lab: ProofLab, *names: str) -> list[dict[str, Any]]:
    """Classic Load Balancers, and how a service names them."""
    for name in names:
        lab.client("elb").create_load_balancer(
            LoadBalancerName=name,
            Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}],
            Subnets=lab.network.public_subnets[:1],
        )
    target = {"containerName": "web", "containerPort": 80}
    return [{"loadBalancerName": name, **target} for name in names]


@proof
def classic_and_fargate(lab: ProofLab, option: Options) -> None:
    """A Fargate service with the Classic Load Balancer, and with an Application one."""
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    refused = scene.refusal(put_behind, lab, loadBalancers=classic(lab, "old"))
    option("It stays, with the tasks' addresses").holds_if(refused == "", refused)
    one_each = scene.refusal(put_behind, lab, loadBalancers=classic(lab, "one", "two"))
    option("It is replaced by one Classic").holds_if(one_each == "", one_each)
    arn = group(lab, "web")
    listen(lab, balancer(lab), arn)
    put_behind(lab, arn)
    found = states(lab, arn)
    option("It is replaced by an Application").holds_if(found == ["healthy"] * 2, found)


@proof
def what_can_be_attached(lab: ProofLab, option: Options) -> None:
    """A service in bridge mode and one in awsvpc mode, with each set of load balancers."""
    scene.cluster(lab)
    ports = [{"containerPort": 80, "hostPort": 8080}]
    scene.definition(lab, clinic.web(portMappings=ports), family="bridge")
    scene.fargate_definition(lab, clinic.web(), family="awsvpc")
    old, front = classic(lab, "old", "older"), balancer(lab)
    groups = [group(lab, f"web-{number}") for number in range(6)]
    for number, arn in enumerate(groups):
        listen(lab, front, arn, 8080 + number)
    targets = [each for arn in groups for each in clinic.targets(arn)]
    sets = {"Two Classic": old, "One Classic": old[:1], "Three": targets[:3], "Six": targets}
    for text in option:
        words, mode = " ".join(text.split()[:2]), text.split()[-2]
        wanted = sets.get(words, sets.get(words.split()[0], []))
        asked = {"launchType": "EC2", "networkConfiguration": None} if mode == "bridge" else {}
        asked |= {"serviceName": f"{mode}-{len(wanted)}", "loadBalancers": wanted}
        refused = scene.refusal(put_behind, lab, family=mode, **asked)
        option(text).holds_if(refused == "", refused or "accepted")


@proof
def inside_and_outside(lab: ProofLab, option: Options) -> None:
    """One target group for two load balancers, and a service in two target groups."""
    two_families(lab, "web")
    outside, inside = balancer(lab), balancer(lab, "inside", Scheme="internal")
    one, two = group(lab, "one"), group(lab, "two")
    listen(lab, outside, one)
    refused = scene.refusal(listen, lab, inside, one)
    option("One service in one target group").holds_if(refused == "", refused)
    listen(lab, inside, two)
    put_behind(lab, one, two)
    lab.diagram("Two load balancers, one service")
    near = lab.http.from_subnet(lab.network.private_subnets[0])
    replies = [
        lab.http.get(f"http://{outside['DNSName']}/"),
        near.get(f"http://{inside['DNSName']}/"),
    ]
    tasks = len(scene.tasks(lab))
    option("One service in two target groups").holds_if(
        all(reply.status == 200 for reply in replies) and tasks == 2, f"200 and 200, {tasks} tasks"
    )


@proof
def three_minutes_after_the_start(lab: ProofLab, option: Options) -> None:
    """A program that listens after five minutes, and a look at target and task after three."""
    arn = clinic.target_group(lab)
    slow = clinic.web(command=["sh", "-c", "sleep 300 && nginx"])
    scene.cluster(lab)
    scene.fargate_definition(lab, slow)
    lab.client("ecs").create_service(
        cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1,
        launchType="FARGATE", networkConfiguration=clinic.in_two_zones(lab),
        loadBalancers=clinic.targets(arn), healthCheckGracePeriodSeconds=600,
    )  # fmt: skip
    lab.wait(210)
    found, stopped = states(lab, arn), len(scene.tasks(lab, "STOPPED"))
    saw = f"the targets are {found}, {stopped} tasks were stopped"
    option("The target is unhealthy, and ECS lets").holds_if(
        found == ["unhealthy"] and not stopped, saw
    )
    option("The target is healthy").holds_if(found == ["healthy"], saw)
    option("The target is unhealthy, and ECS has").holds_if(stopped, saw)
    option("The target is not registered").holds_if(not found, saw)


@proof
def grace_for_the_container_too(lab: ProofLab, option: Options) -> None:
    """Services with one failing check or both, with and without a grace period."""
    two_families(lab, "target")
    failing = {"command": ["CMD-SHELL", "exit 1"], "interval": 10, "retries": 2}
    scene.fargate_definition(lab, clinic.web(healthCheck=failing), family="container")
    front, good = balancer(lab), group(lab, "good")
    bad = group(lab, "bad", HealthCheckPort="81")
    listen(lab, front, good)
    listen(lab, front, bad, 8080)
    ignored = {}
    for family, arn in (("target", bad), ("container", good)):
        for grace_s in (0, 900):
            name = f"{family}-{grace_s}"
            asked = {"cluster": "shop", "serviceName": name, "taskDefinition": family}
            lab.client("ecs").create_service(
                **asked, desiredCount=1, launchType="FARGATE",
                networkConfiguration=clinic.in_two_zones(lab),
                loadBalancers=clinic.targets(arn), healthCheckGracePeriodSeconds=grace_s,
            )  # fmt: skip
            lab.wait(400)
            ignored[name] = not scene.tasks(lab, "STOPPED", serviceName=name)
    without = [ignored["target-0"], ignored["container-0"]]
    assert not any(without), "without a grace period both are replaced"
    target, container = ignored["target-900"], ignored["container-900"]
    saw = f"ignored for the target group: {target}, for the container: {container}"
    option("Only that of the target group").holds_if(target and not container, saw)
    option("Both of them").holds_if(target and container, saw)
    option("Only that of the container").holds_if(container and not target, saw)
    option("Neither of them").holds_if(not target and not container, saw)


@proof
def a_zone_that_is_not_enabled(lab: ProofLab, option: Options) -> None:
    """Two tasks in the third zone, a load balancer in the others, and each change by itself."""
    arn = clinic.target_group(lab)
    scene.cluster(lab)
    scene.fargate_definition(lab, clinic.web())
    network = scene.network(lab)
    network["awsvpcConfiguration"]["subnets"] = lab.network.private_subnets[2:]
    ecs, elb = lab.client("ecs"), lab.client("elbv2")
    lab.client("ecs").create_service(
        cluster="shop", serviceName="web", taskDefinition="web", desiredCount=2,
        launchType="FARGATE", networkConfiguration=network, loadBalancers=clinic.targets(arn),
    )  # fmt: skip
    lab.wait(600)
    assert scene.tasks(lab, "STOPPED"), "the tasks are stopped"
    ecs.update_service(cluster="shop", service="web", healthCheckGracePeriodSeconds=600)
    lab.wait(900)
    found = states(lab, arn)
    option("Raise the health check").holds_if("healthy" in found, f"the targets are {found}")
    let_web_in(lab, lab.network.security_groups["tasks"], 0, 65535)
    lab.wait(900)
    found = states(lab, arn)
    option("Allow the third").holds_if("healthy" in found, f"the targets are {found}")
    (front,) = elb.describe_load_balancers(Names=["web"])["LoadBalancers"]
    elb.set_subnets(LoadBalancerArn=front["LoadBalancerArn"], Subnets=lab.network.public_subnets)
    lab.wait(900)
    found = states(lab, arn)
    option("Add a subnet of the third").holds_if(
        found == ["healthy"] * 2, f"the targets are {found}"
    )


@proof
def which_group_rule(lab: ProofLab, option: Options) -> None:
    """A service on port 8080, one rule after the other, and a neighbour that asks its task."""
    own, arn = security_group(lab), clinic.target_group(lab)
    scene.cluster(lab)
    scene.fargate_definition(
        lab, clinic.web(image="shop/web:1", portMappings=[{"containerPort": 8080}])
    )
    network = clinic.in_two_zones(lab)
    network["awsvpcConfiguration"]["securityGroups"] = [own]
    asked = {"networkConfiguration": network, "healthCheckGracePeriodSeconds": GRACE_S}
    put_behind(lab, loadBalancers=clinic.targets(arn, 8080), **asked)
    ec2 = lab.client("ec2")
    for text in option:
        port = int(text.split()[1])
        blocks = {"the whole VPC": "10.0.0.0/16", "anywhere": "0.0.0.0/0"}
        block = next((cidr for words, cidr in blocks.items() if words in text), None)
        if block is None:
            asked = let_web_in(lab, own, port, port)
        else:
            rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
            asked = {"GroupId": own, "IpPermissions": [rule | {"IpRanges": [{"CidrIp": block}]}]}
            ec2.authorize_security_group_ingress(**asked)
        lab.wait(300)
        works = states(lab, arn) == ["healthy"] * 2
        stranger = neighbour_reaches(lab)
        saw = f"targets: {states(lab, arn)}, a neighbour gets through: {stranger}"
        option(text).holds_if(works and not stranger, saw)
        ec2.revoke_security_group_ingress(**asked)
        lab.wait(300)


def neighbour_reaches(lab: ProofLab) -> bool:
    """Whether a machine of another security group reaches a task itself."""
    interface = scene.tasks(lab)[0]["containers"][0]["networkInterfaces"][0]
    near = lab.http.from_subnet(lab.network.private_subnets[0])
    try:
        return near.get(f"http://{interface['privateIpv4Address']}:8080/").status == 200
    except OSError:
        return False


@proof
def one_address(lab: ProofLab, option: Options) -> None:
    """Ask the name of a load balancer while the tasks behind it grow in number, and one is lost."""
    two_families(lab, "web")
    front = balancer(lab)
    arn, url = group(lab, "web"), f"http://{front['DNSName']}/"
    listen(lab, front, arn)
    put_behind(lab, arn)
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=5)
    lab.settle()
    lost = scene.tasks(lab)[0]["taskArn"]
    lab.client("ecs").stop_task(cluster="shop", task=lost)
    lab.wait(120)
    replies = [lab.http.get(url) for _ in range(20)]
    answered = {reply.task for reply in replies if reply.status == 200}
    all_well = all(reply.status == 200 for reply in replies) and lost not in answered
    found = f"{len(replies)} requests to one name, answered by {len(answered)} tasks"
    option("Elastic Load Balancing").holds_if(all_well and len(answered) == 5, found)
