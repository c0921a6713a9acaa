"""What clinic-task-states gives: three rules that wait for the wrong state of a task."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """A service behind a load balancer, and a queue and a rule for each lamp."""
    group = clinic.target_group(lab)
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "30"}
    lab.client("elbv2").modify_target_group_attributes(TargetGroupArn=group, Attributes=[delay])
    clinic.on_fargate(
        lab, variant.cluster, desiredCount=1, loadBalancers=clinic.targets(group),
        networkConfiguration=clinic.in_two_zones(lab), availabilityZoneRebalancing="DISABLED",
    )  # fmt: skip
    for name, state in (
        (variant.lamps.first, variant.lamps.first_wrong),
        (variant.lamps.second, variant.lamps.second_wrong),
        (variant.lamps.third, variant.lamps.third_wrong),
    ):
        _lamp(lab, name, state)


def _lamp(lab: Lab, name: str, state: str) -> None:
    sqs, events = lab.client("sqs"), lab.client("events")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    cluster = f"arn:aws:ecs:{lab.region}:123456789012:cluster/{variant.cluster}"
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {"clusterArn": [cluster], "lastStatus": [state]},
    }
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "lamp", "Arn": found["QueueArn"]}])
