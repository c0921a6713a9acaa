"""Load balancers and target groups in a picture, and where their lines lead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import snapshots as made

from ecs_lab.diagram import Graph, Node, draw

if TYPE_CHECKING:
    from ecs_lab import Lab


def drawn(snapshot: made.Snapshot, name: str) -> Node:
    """The card of a load balancer or target group, by its kind and name."""
    found = [each for each in draw(snapshot).graph if f"{each.kind} {each.label}" == name]
    assert len(found) == 1
    return found[0]


def lines(graph: Graph, kind: str) -> dict[str, list[str]]:
    """Where lines from the cards of a kind lead: the labels, by the card's own."""
    labels = {item.key: item.label for item in graph}
    tails = [item for item in graph if item.kind == kind]
    return {
        tail.label: [labels[edge.head] for edge in graph.edges if edge.tail == tail.key]
        for tail in tails
    }


def test_a_request_can_be_followed_from_the_load_balancer_to_the_tasks() -> None:
    """Listener, target group, tasks: the cards say what they are, the lines which comes next."""
    snapshot = made.balanced()
    graph = draw(snapshot).graph
    tasks = [item.label for item in graph if item.kind == "task"]
    assert lines(graph, "load-balancer") == {"front": ["web"]}
    assert lines(graph, "target-group") == {"web": tasks}
    front = drawn(snapshot, "load-balancer front")
    assert front.status == "internet-facing"
    assert front.detail == ("Application Load Balancer", "listens on HTTP:80")


def test_a_target_group_says_how_many_targets_are_healthy() -> None:
    """One that is not asks for attention; with none, or before the first checks, nothing does."""
    group = drawn(made.balanced(), "target-group web")
    assert (group.status, group.tone) == ("2 of 3 healthy", "bad")
    assert group.detail == ("ip targets", "health check /health")
    snapshot = made.add_balancer(made.two_instances())
    snapshot = made.add_target_group(snapshot, {("10.0.0.9", 80): "initial"}, name="new")
    snapshot = made.add_target_group(snapshot, {}, name="alone", balancers=())
    found = [drawn(snapshot, f"target-group {name}") for name in ("new", "alone")]
    assert [(each.status, each.tone) for each in found] == [
        ("0 of 1 healthy", "busy"),
        ("no targets", "busy"),
    ]
    assert found[1].detail[-1] == "no load balancer"


def test_a_dynamic_host_port_leads_to_the_task_that_has_it() -> None:
    """An instance's target is the task behind its port; a port that no task has, the instance."""
    snapshot = made.add_balancer(made.two_instances())
    first, second = (each["InstanceId"] for each in snapshot["ec2Instances"])
    snapshot = made.add_target_group(
        snapshot, {(first, 32768): "healthy", (second, 8080): "unhealthy"}, kind="instance"
    )
    graph = draw(snapshot).graph
    task = next(item for item in graph if item.kind == "task")
    assert lines(graph, "target-group") == {"web": [task.label, second]}


def test_classic_load_balancers_lead_to_their_instances() -> None:
    """They have no target groups."""
    snapshot = made.two_instances()
    ids = [each["InstanceId"] for each in snapshot["ec2Instances"]]
    snapshot = made.add_balancer(snapshot, "old", Type="classic", Instances=ids)
    snapshot["loadBalancers"][0].pop("LoadBalancerArn")
    assert lines(draw(snapshot).graph, "load-balancer") == {"old": ids}


def test_a_load_balancer_can_be_the_target_of_another() -> None:
    """A Network Load Balancer in front of an Application Load Balancer."""
    snapshot = made.add_balancer(made.balanced(), "net", Type="network", Scheme="internal")
    behind = snapshot["loadBalancers"][0]["LoadBalancerArn"]
    snapshot = made.add_target_group(
        snapshot, {(behind, 80): "healthy"}, name="to-front", kind="alb", balancers=(1,)
    )
    graph = draw(snapshot).graph
    assert lines(graph, "load-balancer") == {"front": ["web"], "net": ["to-front"]}
    assert lines(graph, "target-group")["to-front"] == ["front"]


def test_lines_to_many_tasks_become_one_to_their_card() -> None:
    """And many load balancers become a number."""
    snapshot = made.fargate(30)
    for number in range(9):
        made.add_balancer(snapshot, f"lb-{number}")
    addresses = [each["attachments"][0]["details"][1]["value"] for each in snapshot["tasks"]]
    made.add_target_group(snapshot, {(each, 80): "healthy" for each in addresses})
    graph = draw(snapshot).graph
    assert lines(graph, "target-group") == {"web": ["10 tasks"] * 3}
    assert sum(item.kind == "load-balancer" for item in graph) == 6
    assert [i.label for i in graph if i.kind == "more"] == ["and 3 more load balancers"]


def test_what_is_new_and_what_changed_is_marked() -> None:
    """A load balancer that was made, and a target that became healthy."""
    before, after = made.fargate(3), made.balanced()
    assert "Load balancer front (internet-facing)" in draw(after).text
    picture = draw(after, previous=before)
    front = drawn(after, "load-balancer front")
    assert front.key in picture.changes.new
    mended = made.balanced()
    mended["targetGroups"][0]["Targets"][2]["TargetHealth"]["State"] = "healthy"
    changed = draw(mended, previous=after).changes.changed
    assert changed[drawn(after, "target-group web").key] == "2 of 3 healthy"


def test_two_groups_of_a_load_balancer_get_a_line_each() -> None:
    """And no line leads to the Region, in which they stand."""
    snapshot = made.add_target_group(made.balanced(), {}, name="blog")
    picture = draw(snapshot)
    assert lines(picture.graph, "load-balancer") == {"front": ["web", "blog"]}
    ports = {item.key: f"n{number}" for number, item in enumerate(picture.graph)}
    [region] = [item.key for item in picture.graph if item.kind == "region"]
    assert not re.search(rf"\b{ports[region]}:", picture.dot)
    for group in (item.key for item in picture.graph if item.kind == "target-group"):
        assert re.search(rf"-> {ports[group]}:", picture.dot)


def test_a_group_of_weight_0_gets_no_line(lab: Lab) -> None:
    """As the idle one of a blue/green deployment: it is there, and nothing is sent to it."""
    elb, network = lab.client("elbv2"), lab.network
    blue, green = (
        elb.create_target_group(
            Name=name, Protocol="HTTP", Port=80, VpcId=network.vpc_id, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        for name in ("blue", "green")
    )
    balancer = elb.create_load_balancer(Name="front", Subnets=network.public_subnets)
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": blue}],
    )["Listeners"][0]["ListenerArn"]
    assert lines(draw(lab.snapshot()).graph, "load-balancer") == {"front": ["blue"]}
    weights = [{"TargetGroupArn": blue, "Weight": 0}, {"TargetGroupArn": green, "Weight": 1}]
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": weights}}
    elb.modify_listener(ListenerArn=listener, DefaultActions=[forward])
    assert lines(draw(lab.snapshot()).graph, "load-balancer") == {"front": ["green"]}
    assert drawn(lab.snapshot(), "target-group blue").detail[-1] == "weight 0: gets no requests"


def test_load_balancers_beyond_the_picture_are_known() -> None:
    """One that is not drawn is not called gone, and one that is gone is."""
    snapshot = made.fargate(1)
    for number in range(8):
        made.add_balancer(snapshot, f"lb-{number}")
    picture = draw(snapshot)
    gone = snapshot["loadBalancers"].pop()
    assert draw(snapshot, previous=picture).changes.gone == {
        f"load-balancer:{gone['LoadBalancerArn']}"
    }


def test_a_file_system_and_its_mount_targets_are_marked_as_new(lab: Lab) -> None:
    """As all else that is drawn."""
    before = draw(lab.snapshot())
    efs = lab.client("efs")
    files = efs.create_file_system(CreationToken="files")["FileSystemId"]
    lab.wait(10)
    efs.create_mount_target(FileSystemId=files, SubnetId=lab.network.private_subnets[0])
    picture = draw(lab.snapshot(), previous=before)
    assert {key.partition(":")[0] for key in picture.changes.new} == {"file-system", "mount-target"}
    assert picture.text.count("[new]") == 2
