"""Containers with apps in them, for the tests of what goes on inside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecs_lab import Lab


def trust(service: str = "ecs-tasks.amazonaws.com") -> str:
    """A trust policy for a service of AWS."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(lab: Lab, name: str, *actions: str) -> str:
    """A role that tasks may have, and that allows these actions; gives its ARN."""
    iam = lab.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())
    if actions:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy)
    return str(made["Role"]["Arn"])


def cluster(lab: Lab) -> None:
    """The cluster `shop`, once."""
    lab.client("ecs").create_cluster(clusterName="shop")


def on_fargate(lab: Lab, *containers: dict[str, Any], **definition: Any) -> str:
    """Run one task of these containers on Fargate; gives its ARN."""
    cluster(lab)
    ecs = lab.client("ecs")
    ecs.register_task_definition(
        family="job",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        **{
            "cpu": "256",
            "memory": "512",
            "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
            **definition,
        },
        containerDefinitions=[{"name": "app", **each} for each in containers],
    )
    vpc = {"subnets": lab.network.public_subnets, "assignPublicIp": "ENABLED"}
    answer = ecs.run_task(
        cluster="shop",
        taskDefinition="job",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    lab.settle()
    return str(answer["tasks"][0]["taskArn"])


def instance(lab: Lab, *settings: str, **more: Any) -> str:
    """An EC2 instance of the cluster with these lines in ecs.config; gives its id."""
    cluster(lab)
    lines = "".join(f"\necho {each} >> /etc/ecs/ecs.config" for each in settings)
    made = lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.public_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=f"#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config{lines}",
        **more,
    )
    lab.wait(180)
    return str(made["Instances"][0]["InstanceId"])


def on_ec2(lab: Lab, *containers: dict[str, Any], **definition: Any) -> str:
    """Run one task of these containers on an instance; gives its ARN."""
    ecs = lab.client("ecs")
    overrides = definition.pop("overrides", {})
    ecs.register_task_definition(
        family="job",
        containerDefinitions=[{"name": "app", "memory": 128, **each} for each in containers],
        **definition,
    )
    network: dict[str, Any] = {}
    if definition.get("networkMode") == "awsvpc":
        network = {
            "networkConfiguration": {
                "awsvpcConfiguration": {"subnets": lab.network.private_subnets[:1]}
            }
        }
    answer = ecs.run_task(
        cluster="shop",
        taskDefinition="job",
        launchType="EC2",
        overrides=overrides,
        **network,
    )
    assert answer["failures"] == [], answer["failures"]
    lab.settle()
    return str(answer["tasks"][0]["taskArn"])


def described(lab: Lab, arn: str) -> dict[str, Any]:
    """The task now."""
    found: dict[str, Any] = lab.client("ecs").describe_tasks(cluster="shop", tasks=[arn])
    task: dict[str, Any] = found["tasks"][0]
    return task


def output(lab: Lab, arn: str, name: str = "app") -> list[str]:
    """The lines that a container of a task has written."""
    world: Any = lab.world
    task = world.ecs.state.clusters["shop"].tasks[arn.rpartition("/")[2]]
    found = next(each for each in task.containers if each.name == name)
    return [each.text for each in world.logs.lines(found)]
