"""ECS's changes reach the targets of EventBridge rules, in AWS's form and in virtual time."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

STOPPED = {
    "source": ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    "detail": {"lastStatus": ["STOPPED"]},
}


def fargate(lab: Lab, **container: Any) -> dict[str, Any]:
    """Make cluster `shop` and a Fargate definition `web`; gives a RunTask request for it."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "nginx", **container}],
    )
    vpc = {"subnets": lab.network.public_subnets, "assignPublicIp": "ENABLED"}
    return {
        "cluster": "shop",
        "taskDefinition": "web",
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": vpc},
    }


def queue_for(lab: Lab, pattern: dict[str, Any], **target: Any) -> str:
    """A queue that gets the events of a pattern; gives its URL."""
    sqs, events = lab.client("sqs"), lab.client("events")
    url: str = sqs.create_queue(QueueName="changes")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name="changes", EventPattern=json.dumps(pattern))
    events.put_targets(
        Rule="changes", Targets=[{"Id": "queue", "Arn": attributes["QueueArn"], **target}]
    )
    return url


def messages(lab: Lab, url: str) -> list[str]:
    """The bodies of all that is in the queue, in order; they are taken out."""
    sqs, found = lab.client("sqs"), []
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [each["Body"] for each in got]
        for each in got:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return found


def events_of(lab: Lab, url: str) -> list[dict[str, Any]]:
    """The events in the queue."""
    return [json.loads(each) for each in messages(lab, url)]


def test_a_queue_gets_the_event_of_a_stopped_task(lab: Lab) -> None:
    """A rule for STOPPED sends one event, with head and detail as AWS documents them."""
    request = fargate(lab)
    url = queue_for(lab, STOPPED)
    ecs = lab.client("ecs")
    arn = ecs.run_task(**request)["tasks"][0]["taskArn"]
    lab.settle()
    assert events_of(lab, url) == []
    ecs.stop_task(cluster="shop", task=arn, reason="enough")
    lab.settle()
    (event,) = events_of(lab, url)
    task = ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"][0]
    assert {key: event[key] for key in ("version", "source", "account", "region", "resources")} == {
        "version": "0",
        "source": "aws.ecs",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [arn],
    }
    detail = event["detail"]
    assert (detail["desiredStatus"], detail["stopCode"]) == ("STOPPED", "UserInitiated")
    assert detail["version"] == task["version"]
    assert detail["stoppedReason"] == "enough"
    assert datetime.fromisoformat(detail["stoppedAt"]) == task["stoppedAt"]
    assert datetime.fromisoformat(event["time"]) == task["stoppedAt"]
    assert detail["attachments"][0]["type"] == "eni"
    assert "tags" not in detail


def test_a_task_tells_of_each_state(lab: Lab) -> None:
    """The events of one task are its life, with a version that grows."""
    request = fargate(lab, command=["true"])
    url = queue_for(lab, {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"]})
    lab.client("ecs").run_task(**request)
    lab.settle()
    details = [each["detail"] for each in events_of(lab, url)]
    assert [each["lastStatus"] for each in details] == [
        "PROVISIONING",
        "PENDING",
        "ACTIVATING",
        "RUNNING",
        "DEACTIVATING",
        "STOPPING",
        "DEPROVISIONING",
        "STOPPED",
    ]
    versions = [each["version"] for each in details]
    assert versions == sorted(set(versions))


def test_a_service_tells_of_deployment_and_steady_state(lab: Lab) -> None:
    """Service actions and deployments have their own detail types, names and kinds."""
    request = fargate(lab)
    url = queue_for(lab, {"detail-type": ["ECS Service Action", "ECS Deployment State Change"]})
    lab.client("ecs").create_service(serviceName="web", desiredCount=1, **request)
    lab.settle()
    found = events_of(lab, url)
    named = {each["detail"]["eventName"]: each for each in found}
    steady, completed = named["SERVICE_STEADY_STATE"], named["SERVICE_DEPLOYMENT_COMPLETED"]
    assert steady["resources"] == ["arn:aws:ecs:us-east-1:123456789012:service/shop/web"]
    assert steady["detail"]["eventType"] == "INFO"
    assert steady["detail"]["clusterArn"].endswith(":cluster/shop")
    assert completed["detail-type"] == "ECS Deployment State Change"
    assert completed["detail"]["deploymentId"].startswith("ecs-svc/")
    assert completed["detail"]["reason"].endswith(" completed.")


def test_a_placement_failure_is_an_error_event(lab: Lab) -> None:
    """A service without room for its tasks sends SERVICE_TASK_PLACEMENT_FAILURE with a reason."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web", containerDefinitions=[{"name": "web", "image": "nginx", "memory": 64}]
    )
    url = queue_for(lab, {"detail": {"eventType": ["ERROR"]}})
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1)
    lab.wait(30)
    event = events_of(lab, url)[0]
    assert event["detail"]["eventName"] == "SERVICE_TASK_PLACEMENT_FAILURE"
    assert "No Container Instances were found in your cluster" in event["detail"]["reason"]


def test_a_container_instance_tells_of_its_registration(lab: Lab) -> None:
    """A new container instance sends an event with its resources and its cluster."""
    lab.client("ecs").create_cluster(clusterName="shop")
    url = queue_for(lab, {"detail-type": ["ECS Container Instance State Change"]})
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.public_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n",
    )
    lab.settle()
    detail = events_of(lab, url)[0]["detail"]
    assert detail["status"] == "ACTIVE"
    assert detail["clusterArn"].endswith(":cluster/shop")
    assert {each["name"] for each in detail["registeredResources"]} >= {"CPU", "MEMORY"}


def test_a_log_group_gets_events(lab: Lab) -> None:
    """Each event is a message in the log group, dated in the lab's time."""
    request = fargate(lab)
    logs, events = lab.client("logs"), lab.client("events")
    logs.create_log_group(logGroupName="/aws/events/ecs")
    events.put_rule(Name="stopped", EventPattern=json.dumps(STOPPED))
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/ecs"
    events.put_targets(Rule="stopped", Targets=[{"Id": "logs", "Arn": arn}])
    task = lab.client("ecs").run_task(**request)["tasks"][0]["taskArn"]
    lab.settle()
    lab.client("ecs").stop_task(cluster="shop", task=task)
    lab.settle()
    (line,) = logs.filter_log_events(logGroupName="/aws/events/ecs")["events"]
    event = json.loads(line["message"])
    assert event["resources"] == [task]
    told_s = datetime.fromisoformat(event["time"]).timestamp()
    assert abs(line["timestamp"] / 1000 - told_s) < 2


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_a_rule_that_is_off_sends_nothing(lab: Lab, how: str) -> None:
    """A disabled rule, or one whose target was removed, delivers no event."""
    request = fargate(lab, command=["true"])
    url = queue_for(lab, STOPPED)
    events = lab.client("events")
    if how == "disabled":
        events.disable_rule(Name="changes")
    else:
        events.remove_targets(Rule="changes", Ids=["queue"])
        events.delete_rule(Name="changes")
    lab.client("ecs").run_task(**request)
    lab.settle()
    assert messages(lab, url) == []


def test_a_target_gets_what_its_transformer_makes(lab: Lab) -> None:
    """An InputTransformer picks values and fills a template."""
    request = fargate(lab, command=["sh", "-c", "exit 3"])
    transformer = {
        "InputPathsMap": {"code": "$.detail.containers[0].exitCode", "group": "$.detail.group"},
        "InputTemplate": '{"code": <code>, "text": "<group> ended", "group": <group>}',
    }
    url = queue_for(lab, STOPPED, InputTransformer=transformer)
    lab.client("ecs").run_task(**request)
    lab.settle()
    assert [json.loads(each) for each in messages(lab, url)] == [
        {"code": 3, "text": "family:web ended", "group": "family:web"}
    ]


def test_put_events_reaches_the_same_targets(lab: Lab) -> None:
    """An application's own event is delivered whole, with its account."""
    url = queue_for(lab, {"source": ["shop.orders"]})
    entry = {"Source": "shop.orders", "DetailType": "Order", "Detail": '{"id": 7}'}
    lab.client("events").put_events(Entries=[entry])
    lab.wait(1)
    (event,) = events_of(lab, url)
    assert (event["detail"], event["account"]) == ({"id": 7}, "123456789012")
    assert event["detail-type"] == "Order"


def test_an_event_that_cannot_be_delivered_is_in_the_timeline(lab: Lab) -> None:
    """What EventBridge counts as a failed invocation, the lab's timeline says in words."""
    request = fargate(lab, command=["true"])
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    lab.client("events").put_rule(Name="stopped", EventPattern=json.dumps(STOPPED))
    lab.client("events").put_targets(Rule="stopped", Targets=[{"Id": "1", "Arn": gone}])
    lab.client("ecs").run_task(**request)
    lab.settle()
    told = [each["what"] for each in lab.timeline() if each["kind"] == "event"]
    assert told == [f"not delivered to {gone}: there is no such queue"]


def test_a_copy_of_the_lab_has_its_own_deliveries(lab: Lab) -> None:
    """An event on its way when the lab is copied arrives in both, each in its own queue."""
    request = fargate(lab)
    url = queue_for(lab, STOPPED)
    arn = lab.client("ecs").run_task(**request)["tasks"][0]["taskArn"]
    lab.settle()
    lab.client("ecs").stop_task(cluster="shop", task=arn)
    with lab.copy() as copied:
        copied.settle()
        assert len(messages(copied, url)) == 1
        assert messages(lab, url) == []
        lab.settle()
        assert len(messages(lab, url)) == 1


def test_another_bus_gets_the_event_as_it_is(lab: Lab) -> None:
    """A rule on the second bus sees the same source, resources and time."""
    request = fargate(lab)
    events = lab.client("events")
    bus = events.create_event_bus(Name="audit")["EventBusArn"]
    events.put_rule(Name="on", EventPattern=json.dumps(STOPPED))
    events.put_targets(Rule="on", Targets=[{"Id": "bus", "Arn": bus}])
    url = lab.client("sqs").create_queue(QueueName="audit")["QueueUrl"]
    events.put_rule(Name="all", EventBusName="audit", EventPattern='{"source": ["aws.ecs"]}')
    queue = "arn:aws:sqs:us-east-1:123456789012:audit"
    events.put_targets(Rule="all", EventBusName="audit", Targets=[{"Id": "queue", "Arn": queue}])
    task = lab.client("ecs").run_task(**request)["tasks"][0]["taskArn"]
    lab.settle()
    lab.client("ecs").stop_task(cluster="shop", task=task)
    lab.settle()
    (event,) = events_of(lab, url)
    assert (event["source"], event["resources"]) == ("aws.ecs", [task])


def test_an_archive_keeps_what_matches(lab: Lab) -> None:
    """Stopped tasks are archived, and nothing else."""
    request = fargate(lab, command=["true"])
    events = lab.client("events")
    events.create_archive(
        ArchiveName="stops",
        EventSourceArn="arn:aws:events:us-east-1:123456789012:event-bus/default",
        EventPattern=json.dumps(STOPPED),
    )
    lab.client("ecs").run_task(**request)
    lab.settle()
    assert events.describe_archive(ArchiveName="stops")["EventCount"] == 1


@pytest.mark.parametrize(
    ("containers", "told"),
    [
        ({"exitCode": [3]}, 1),
        ({"exitCode": [{"anything-but": 0}]}, 1),
        ({"exitCode": [{"numeric": [">", 3]}]}, 0),
        ({"exitCode": [3], "name": ["other"]}, 0),
    ],
)
def test_a_pattern_looks_into_a_list_of_objects(
    lab: Lab, containers: dict[str, Any], told: int
) -> None:
    """One container of the task has to fit, with all that is asked of it."""
    request = fargate(lab, command=["sh", "-c", "exit 3"], image="busybox")
    detail = {"lastStatus": ["STOPPED"], "containers": containers}
    url = queue_for(lab, STOPPED | {"detail": detail})
    lab.client("ecs").run_task(**request)
    lab.settle()
    assert len(events_of(lab, url)) == told


def test_an_alternative_of_a_pattern_looks_into_a_list_too(lab: Lab) -> None:
    """`$or` between a reason and an exit code."""
    request = fargate(lab, command=["sh", "-c", "exit 3"], image="busybox")
    either = [{"stoppedReason": [{"wildcard": "*ailed*"}]}, {"containers": {"exitCode": [3]}}]
    url = queue_for(lab, STOPPED | {"detail": {"lastStatus": ["STOPPED"], "$or": either}})
    lab.client("ecs").run_task(**request)
    lab.settle()
    assert len(events_of(lab, url)) == 1
