"""What appears where in a picture of a lab."""

from __future__ import annotations

import pytest
import snapshots as lab

from ecs_lab.diagram import Graph, Node, draw


def graph_of(snapshot: lab.Snapshot) -> Graph:
    """The graph of a picture without a picture before it."""
    return draw(snapshot).graph


def place_of(graph: Graph, node: Node) -> list[str]:
    """The kinds of the boxes around a node, from the inside out."""
    around = []
    while node.group is not None:
        outer = graph.find(node.group)
        assert outer is not None
        around.append(outer.kind)
        node = outer
    return around


def of_kind(graph: Graph, kind: str) -> list[Node]:
    """All nodes and groups of a kind."""
    return [item for item in graph if item.kind == kind]


def test_an_empty_lab_shows_its_zones_and_says_that_there_is_no_cluster() -> None:
    """The first picture of a lab has the network, and one line in place of the ECS clusters."""
    graph = graph_of(lab.empty_lab())
    assert [z.label for z in of_kind(graph, "zone")] == list(lab.ZONES)
    assert [n.label for n in of_kind(graph, "more")] == ["no ECS cluster yet"]


def test_a_bridge_task_stands_inside_its_instance() -> None:
    """Region, VPC, zone, public subnet, EC2 instance, task: from the outside in."""
    graph = graph_of(lab.two_instances())
    places = [place_of(graph, task) for task in of_kind(graph, "task")]
    assert places == [["instance", "public-subnet", "zone", "vpc", "region"]] * 4


def test_a_fargate_task_stands_in_its_subnet_with_its_address() -> None:
    """A Fargate task has no instance around it; its network interface's address is shown."""
    graph = graph_of(lab.fargate(3))
    tasks = of_kind(graph, "task")
    assert {place_of(graph, task)[0] for task in tasks} == {"private-subnet"}
    assert [task.detail for task in tasks] == [("10.0.128.20",), ("10.0.129.21",), ("10.0.130.22",)]


def test_zones_and_their_subnets_stand_in_order_public_before_private() -> None:
    """The order in which a snapshot lists subnets does not matter."""
    shuffled = lab.empty_lab()
    shuffled["subnets"].reverse()
    graph = graph_of(shuffled)
    assert [z.label for z in of_kind(graph, "zone")] == list(lab.ZONES)
    for zone in of_kind(graph, "zone"):
        assert [s.kind for s in graph.inside(zone.key)] == ["public-subnet", "private-subnet"]


def test_a_vpc_that_holds_nothing_is_left_out_beside_one_that_does() -> None:
    """The default VPC does not crowd the picture."""
    snapshot = lab.two_instances()
    snapshot["vpcs"].insert(0, {"VpcId": "vpc-default", "CidrBlock": "172.31.0.0/16", "Tags": []})
    assert [v.note for v in of_kind(graph_of(snapshot), "vpc")] == ["vpc-0lab"]


def test_a_vpc_without_subnets_is_drawn() -> None:
    """A VPC that was just made has no zone to show yet."""
    snapshot = lab.empty_lab() | {"subnets": []}
    picture = draw(snapshot)
    assert "lab 10.0.0.0/16" in picture.text
    assert "10.0.0.0/16" in picture.svg


def test_a_service_leads_to_its_tasks_and_its_task_definition_to_the_service() -> None:
    """Lines run from the task definition to the service and from there to every task."""
    graph = graph_of(lab.two_instances())
    tasks = {task.key for task in of_kind(graph, "task")}
    assert {e.head for e in graph.edges if e.tail == "service:shop/web"} == tasks
    assert ("task-definition:web:1", "service:shop/web") in {(e.tail, e.head) for e in graph.edges}


def test_a_service_says_how_many_of_its_tasks_run() -> None:
    """The state of a service is its running count out of its desired count."""
    service = graph_of(lab.instance_lost()).find("service:shop/web")
    assert service is not None
    assert (service.status, service.tone) == ("3 of 4 running, 1 pending", "busy")


def test_tasks_without_a_service_come_from_a_card_of_their_own() -> None:
    """RunTask and StartTask leave tasks that nothing replaces."""
    snapshot = lab.add_task(lab.two_instances(), 9, instance=0, service=None)
    graph = graph_of(snapshot)
    (card,) = of_kind(graph, "run-task")
    (edge,) = [e for e in graph.edges if e.tail == card.key]
    assert edge.head == f"task:{snapshot['tasks'][-1]['taskArn'].rsplit('/', 1)[-1]}"


def test_a_task_without_a_place_waits_in_its_cluster() -> None:
    """A task that is PROVISIONING has no subnet or instance yet."""
    snapshot = lab.add_task(lab.fargate(0), 1, status="PROVISIONING")
    graph = graph_of(snapshot)
    (task,) = of_kind(graph, "task")
    assert place_of(graph, task) == ["waiting", "ecs-cluster", "region"]


def test_only_the_newest_stopped_tasks_are_shown_with_their_reason() -> None:
    """Three stopped tasks are drawn faded, the newest first; the rest is a number."""
    snapshot = lab.two_instances(0)
    for number in range(5):
        at = f"2026-01-05T10:00:0{number}+00:00"
        reason = {"stoppedReason": f"reason {number}", "stoppedAt": at}
        lab.add_task(snapshot, number, instance=0, status="STOPPED", **reason)
    graph = graph_of(snapshot)
    assert [t.detail[0] for t in of_kind(graph, "task")] == ["reason 4", "reason 3", "reason 2"]
    assert all(task.faded for task in of_kind(graph, "task"))
    assert [n.label for n in of_kind(graph, "more")] == ["and 2 more stopped tasks"]


def test_a_stopped_task_says_which_container_failed() -> None:
    """The exit code stands behind the reason where a container's end was the reason."""
    snapshot = lab.two_instances(0)
    lab.add_task(snapshot, 0, status="STOPPED", stoppedReason="Essential container in task exited")
    lab.add_task(snapshot, 1, status="STOPPED", stoppedReason="Task stopped by user")
    for task, code in zip(snapshot["tasks"], (3, 143), strict=True):
        task["containers"][0]["exitCode"] = code
    shown = {detail for task in of_kind(graph_of(snapshot), "task") for detail in task.detail}
    because = "Essential container in task exited (app exited with 3)"
    assert shown == {because, "Task stopped by user"}


@pytest.mark.parametrize(
    ("more", "status", "tone"),
    [
        ({}, "ACTIVE, agent connected", "good"),
        ({"agent": False}, "ACTIVE, agent disconnected", "bad"),
        ({"cluster": None}, "running, not registered", "busy"),
        ({"cluster": None, "State": "pending"}, "pending", "busy"),
    ],
)
def test_an_instance_shows_its_state(more: dict[str, object], status: str, tone: str) -> None:
    """EC2's state until the agent has registered, the container instance's from then on."""
    snapshot = lab.add_instance(lab.add_cluster(lab.empty_lab()), **more)  # type: ignore[arg-type]  # each case sets another argument
    (instance,) = of_kind(graph_of(snapshot), "instance")
    assert (instance.status, instance.tone) == (status, tone)


def test_roles_stand_where_they_are_set() -> None:
    """The instance carries its profile's role, the task definition task and execution role."""
    graph = graph_of(lab.two_instances())
    assert of_kind(graph, "instance")[0].roles == ("instance role ecsInstanceRole",)
    assert of_kind(graph, "task-definition")[0].roles == (
        "task role shopTaskRole",
        "execution role ecsTaskExecutionRole",
    )


def test_an_instance_without_a_profile_says_so() -> None:
    """It is the usual reason why an instance does not register."""
    snapshot = lab.add_instance(lab.empty_lab(), cluster=None, IamInstanceProfileArn=None)
    (instance,) = of_kind(graph_of(snapshot), "instance")
    assert "no instance profile" in instance.detail
    assert instance.roles == ()


def test_only_task_definitions_that_matter_are_drawn() -> None:
    """Revisions in use, and of other families the newest active one."""
    snapshot = lab.two_instances()
    for revision in (2, 3):
        lab.add_task_definition(snapshot, "job", revision)
    lab.add_task_definition(snapshot, "web", 2)
    lab.add_task_definition(snapshot, "old", 1, status="INACTIVE")
    drawn = [d.label for d in of_kind(graph_of(snapshot), "task-definition")]
    assert drawn == ["job:3", "web:1", "web:2"]


def test_a_rolling_deployment_shows_both_revisions() -> None:
    """While two deployments run, the service says how far each one is."""
    snapshot = lab.add_task_definition(lab.two_instances(), "web", 2)
    counts = {"desiredCount": 4, "runningCount": 2, "pendingCount": 0}
    snapshot["services"][0]["deployments"] = [
        {"taskDefinition": lab.arn("task-definition", f"web:{revision}"), **counts}
        for revision in (2, 1)
    ]
    service = graph_of(snapshot).find("service:shop/web")
    assert service is not None
    assert service.detail[1:] == ("web:2: 2 of 4 running", "web:1: 2 of 4 running")


def test_deleted_clusters_and_services_are_left_out() -> None:
    """ECS keeps what was deleted as INACTIVE for a while; the picture does not."""
    snapshot = lab.add_cluster(lab.two_instances(0), "old")
    snapshot["clusters"][1]["status"] = "INACTIVE"
    snapshot["services"][0]["status"] = "INACTIVE"
    graph = graph_of(snapshot)
    assert [c.label for c in of_kind(graph, "ecs-cluster")] == ["shop"]
    assert of_kind(graph, "service") == []


def test_an_unknown_view_names_the_views_there_are() -> None:
    """The error says what can be chosen."""
    with pytest.raises(ValueError, match="choose one of architecture, responsibility"):
        draw(lab.empty_lab(), view="plan")
