"""Load balancers and file systems in pictures: where requests go, how targets are, what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecs_lab.diagram import draw
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab import Lab

KEY = "load-balancer:application/web"


def balanced(lab: Lab, kind: str = "ip") -> dict[str, Any]:
    """A load balancer `web` with a listener and a group without targets; gives `loadBalancers`."""
    elb = lab.client("elbv2")
    (group,) = elb.create_target_group(
        Name="web", Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType=kind
    )["TargetGroups"]
    (balancer,) = elb.create_load_balancer(
        Name="web", Subnets=lab.network.public_subnets[:2],
        SecurityGroups=[lab.network.security_groups["web"]],
    )["LoadBalancers"]  # fmt: skip
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
    )  # fmt: skip
    return {"targetGroupArn": group["TargetGroupArn"], "containerName": "web", "containerPort": 80}


def ends(snapshot: dict[str, Any]) -> list[str]:
    """What the load balancers' lines lead to."""
    return [e.head for e in draw(snapshot).graph.edges if e.says == "sends requests to"]


def test_a_load_balancer_leads_to_the_tasks_that_are_its_targets(lab: Lab) -> None:
    """New without targets, then changed: two healthy ones, by their addresses."""
    before = draw(lab.snapshot())
    target = balanced(lab)
    empty = draw(lab.snapshot(), previous=before)
    assert empty.changes.new == {KEY}
    assert "Load balancer web (no targets): application, internet-facing" in empty.text
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(portMappings=[{"containerPort": 80}]))
    scene.service(
        lab, launchType="FARGATE", loadBalancers=[target],
        networkConfiguration=_two_zones(lab),
    )  # fmt: skip
    full = draw(lab.snapshot(), previous=empty)
    assert full.changes.changed[KEY] == "no targets"
    assert "(2 of 2 targets healthy)" in full.text
    running = {f"task:{task['taskArn'].rpartition('/')[2]}" for task in scene.tasks(lab)}
    assert set(ends(lab.snapshot())) == running
    assert len(running) == 2


def test_on_instances_the_lines_lead_to_the_instances(lab: Lab) -> None:
    """A target is an instance with a port, and an instance has one line for all its ports."""
    target = balanced(lab, "instance")
    scene.cluster(lab, instances=1)
    scene.definition(lab, scene.container(portMappings=[{"containerPort": 80}]))
    scene.service(lab, loadBalancers=[target])
    (instance,) = [each["ec2InstanceId"] for each in scene.instances(lab)]
    assert ends(lab.snapshot()) == [f"instance:{instance}"]


def test_a_group_without_weight_gets_no_line(lab: Lab) -> None:
    """The old tasks of a blue/green deployment are there, but nothing is sent to them."""
    target = balanced(lab)
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(portMappings=[{"containerPort": 80}]))
    scene.service(
        lab, launchType="FARGATE", loadBalancers=[target],
        networkConfiguration=_two_zones(lab),
    )  # fmt: skip
    elb = lab.client("elbv2")
    (other,) = elb.create_target_group(
        Name="other", Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType="ip"
    )["TargetGroups"]
    weights = {target["targetGroupArn"]: 0, other["TargetGroupArn"]: 1}
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
    balancer = elb.describe_load_balancers(Names=["web"])["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    assert len(ends(lab.snapshot())) == 2
    elb.modify_listener(ListenerArn=listener, DefaultActions=[forward])
    assert ends(lab.snapshot()) == []
    assert "Load balancer web (no targets)" in draw(lab.snapshot()).text


def test_many_load_balancers_are_counted() -> None:
    """Four are drawn, and the others are still known, so that none is called gone."""
    balancers = [_bare(number) for number in range(6)]
    picture = draw({"region": "us-east-1", "loadBalancers": balancers})
    assert picture.text.count("- Load balancer") == 4
    assert "and 2 more load balancers" in picture.text
    fewer = draw({"region": "us-east-1", "loadBalancers": balancers[:-1]}, previous=picture)
    assert fewer.changes.gone == {"load-balancer:network/web-5"}


def test_a_classic_load_balancer_names_its_instances() -> None:
    """It has no target groups."""
    classic = _bare(1) | {"Type": "classic", "Instances": ["i-1", "i-2"], "Listeners": []}
    text = draw({"region": "us-east-1", "loadBalancers": [classic]}).text
    assert "Load balancer web-1 (2 targets): classic, internal; no listener" in text


def test_a_file_system_and_its_mount_targets_are_marked_as_new(lab: Lab) -> None:
    """As all else that is drawn."""
    before = draw(lab.snapshot())
    efs = lab.client("efs")
    files = efs.create_file_system(CreationToken="files")["FileSystemId"]
    lab.wait(10)
    efs.create_mount_target(FileSystemId=files, SubnetId=lab.network.private_subnets[0])
    picture = draw(lab.snapshot(), previous=before)
    assert {key.partition(":")[0] for key in picture.changes.new} == {"file-system", "mount-target"}
    assert "EFS file system" in picture.text
    assert picture.text.count("[new]") == 2


def _bare(number: int) -> dict[str, Any]:
    name = f"web-{number}"
    listener = {"Port": 80, "Protocol": "TCP", "TargetGroupArns": []}
    return {
        "LoadBalancerArn": f"arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/{name}/1",
        "LoadBalancerName": name, "DNSName": f"{name}.example", "Type": "network",
        "Scheme": "internal", "Listeners": [listener],
    }  # fmt: skip


def _two_zones(lab: Lab) -> dict[str, Any]:
    """The network of tasks in the zones of the load balancer."""
    vpc = scene.network(lab)["awsvpcConfiguration"]
    return {"awsvpcConfiguration": vpc | {"subnets": list(lab.network.private_subnets[:2])}}
