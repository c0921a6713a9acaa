"""A learner stops the ECS agent of an instance, and starts it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from test_agent import launch, messages, registered, remarks, shop

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

CONTAINER = {"name": "web", "image": "nginx", "memory": 256}


def one_instance(lab: Lab) -> tuple[Any, str]:
    """An ECS client, and the id of an instance registered with `shop`."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    ecs = lab.client("ecs")
    ecs.register_task_definition(family="web", containerDefinitions=[CONTAINER])
    return ecs, instance_id


def test_a_stopped_agent_takes_no_tasks_and_leaves_those_there_are(lab: Lab) -> None:
    """RunTask fails with AGENT, the service's event says so, and what runs runs on."""
    ecs, instance_id = one_instance(lab)
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1)
    lab.settle()
    lab.stop_agent(instance_id)
    (instance,) = registered(lab)
    assert (instance["status"], instance["agentConnected"]) == ("ACTIVE", False)
    assert messages(lab, instance_id)[-1] == "Agent received termination signal: terminated"
    made = ecs.run_task(cluster="shop", taskDefinition="web", launchType="EC2")
    arn = instance["containerInstanceArn"]
    assert (made["tasks"], made["failures"]) == ([], [{"arn": arn, "reason": "AGENT"}])
    ecs.update_service(cluster="shop", service="web", desiredCount=2)
    lab.wait(60)
    (service,) = ecs.describe_services(cluster="shop", services=["web"])["services"]
    assert (service["runningCount"], service["pendingCount"]) == (1, 0)
    assert service["events"][0]["message"] == (
        "(service web) was unable to place a task because no container instance met all of its "
        f"requirements. The closest matching container-instance {arn.rpartition('/')[2]} "
        'encountered error "AGENT".'
    )


def test_a_started_agent_connects_as_the_same_instance(lab: Lab) -> None:
    """The service gets its task."""
    ecs, instance_id = one_instance(lab)
    before = registered(lab)[0]["containerInstanceArn"]
    lab.stop_agent(instance_id)
    lab.stop_agent(instance_id)
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1)
    lab.wait(600)
    assert registered(lab)[0]["runningTasksCount"] == 0
    lab.start_agent(instance_id)
    lab.start_agent(instance_id)
    lab.settle()
    (instance,) = registered(lab)
    assert (instance["agentConnected"], instance["runningTasksCount"]) == (True, 1)
    assert instance["containerInstanceArn"] == before
    assert messages(lab, instance_id).count("Restored from checkpoint file") == 1


def test_a_stopped_agent_stays_so_until_the_instance_boots(lab: Lab) -> None:
    """A reboot starts it, as systemd does."""
    _, instance_id = one_instance(lab)
    lab.stop_agent(instance_id)
    lab.wait(7200)
    assert not registered(lab)[0]["agentConnected"]
    lab.client("ec2").reboot_instances(InstanceIds=[instance_id])
    lab.settle()
    assert registered(lab)[0]["agentConnected"]


def test_an_agent_stopped_while_it_boots_does_not_register(lab: Lab) -> None:
    """It registers when it is started."""
    shop(lab)
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.stop_agent(instance_id)
    lab.wait(600)
    assert registered(lab) == []
    lab.start_agent(instance_id)
    lab.settle()
    assert len(registered(lab)) == 1


def test_an_agent_that_has_given_up_can_be_started(lab: Lab) -> None:
    """Once its error is put right; its log says how."""
    instance_id = launch(lab, "ECS_CLUSTER=shop")
    lab.settle()
    assert "lab.start_agent" in remarks(lab, instance_id)
    shop(lab)
    lab.start_agent(instance_id)
    lab.settle()
    assert len(registered(lab)) == 1


def test_an_instance_terminated_with_its_agent_stopped_stays_registered(lab: Lab) -> None:
    """ECS deregisters by itself only what it is connected to."""
    _, instance_id = one_instance(lab)
    lab.stop_agent(instance_id)
    lab.client("ec2").terminate_instances(InstanceIds=[instance_id])
    lab.settle()
    assert [each["agentConnected"] for each in registered(lab)] == [False]


@pytest.mark.parametrize("ask", ["stop_agent", "start_agent"])
def test_an_instance_without_an_agent_is_a_clear_error(lab: Lab, ask: str) -> None:
    """The message names the instances that have one."""
    _, instance_id = one_instance(lab)
    with pytest.raises(ValueError, match=f"instance 'i-0' with an ECS agent; .*: {instance_id}."):
        getattr(lab, ask)("i-0")
    lab.client("ec2").stop_instances(InstanceIds=[instance_id])
    with pytest.raises(ValueError, match="there are: none"):
        getattr(lab, ask)(instance_id)


def test_a_copied_lab_has_its_own_stopped_agent(lab: Lab) -> None:
    """What waits in the copy for its agent does not happen here."""
    ecs, instance_id = one_instance(lab)
    ecs.run_task(cluster="shop", taskDefinition="web", launchType="EC2")
    lab.stop_agent(instance_id)
    lab.wait(60)
    with lab.copy() as other:
        other.start_agent(instance_id)
        other.settle()
        assert registered(other)[0]["runningTasksCount"] == 1
    (instance,) = registered(lab)
    assert (instance["runningTasksCount"], instance["pendingTasksCount"]) == (0, 1)
