"""`aws ecs deploy` of the AWS CLI: a blue/green deployment through CodeDeploy, unmodified."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from installed import Command
    from served import Served

pytestmark = pytest.mark.clients

DEFINITION: dict[str, Any] = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [
        {"name": "web", "image": "nginx:1.27", "portMappings": [{"containerPort": 80}]}
    ],
}


def front(served: Served, vpc: str, subnets: list[str]) -> tuple[list[str], str]:
    """A load balancer with two target groups; their ARNs, and that of its listener."""
    elb = served.client("elbv2")
    balancer = elb.create_load_balancer(Name="front", Subnets=subnets)["LoadBalancers"][0]
    groups = []
    for name in ("blue", "green"):
        made = elb.create_target_group(
            Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
        )["TargetGroups"][0]
        groups.append(str(made["TargetGroupArn"]))
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": groups[0]}],
    )["Listeners"][0]["ListenerArn"]
    return groups, str(listener)


def prepare(served: Served) -> None:
    """A service with the CODE_DEPLOY controller, its application and its deployment group."""
    ecs, ec2, deploy = (served.client(name) for name in ("ecs", "ec2", "codedeploy"))
    named = [{"Name": "tag:Name", "Values": ["public-*"]}]
    shown = ec2.describe_subnets(Filters=named)["Subnets"]
    subnets, vpc = [each["SubnetId"] for each in shown], shown[0]["VpcId"]
    groups, listener = front(served, vpc, subnets)
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(**DEFINITION)
    target = {"targetGroupArn": groups[0], "containerName": "web", "containerPort": 80}
    open_to_all = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])
    network = {
        "subnets": subnets,
        "securityGroups": [open_to_all["SecurityGroups"][0]["GroupId"]],
        "assignPublicIp": "ENABLED",
    }
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        launchType="FARGATE",
        deploymentController={"type": "CODE_DEPLOY"},
        loadBalancers=[target],
        networkConfiguration={"awsvpcConfiguration": network},
    )
    deploy.create_application(applicationName="AppECS-shop-web", computePlatform="ECS")
    pair = {
        "targetGroups": [{"name": "blue"}, {"name": "green"}],
        "prodTrafficRoute": {"listenerArns": [listener]},
    }
    deploy.create_deployment_group(
        applicationName="AppECS-shop-web",
        deploymentGroupName="DgpECS-shop-web",
        deploymentConfigName="CodeDeployDefault.ECSAllAtOnce",
        serviceRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        deploymentStyle={
            "deploymentType": "BLUE_GREEN",
            "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        blueGreenDeploymentConfiguration={
            "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
            "terminateBlueInstancesOnDeploymentSuccess": {
                "action": "TERMINATE",
                "terminationWaitTimeInMinutes": 0,
            },
        },
        loadBalancerInfo={"targetGroupPairInfoList": [pair]},
        ecsServices=[{"clusterName": "shop", "serviceName": "web"}],
    )


def test_aws_ecs_deploy_moves_the_traffic_to_a_new_revision(
    served: Served, aws: Command, tmp_path: Path
) -> None:
    """The command registers the definition, makes the deployment and waits until it is done."""
    prepare(served)
    changed = {**DEFINITION}
    changed["containerDefinitions"] = [
        {**DEFINITION["containerDefinitions"][0], "image": "nginx:1.28"}
    ]
    definition, app_spec = tmp_path / "definition.json", tmp_path / "appspec.json"
    definition.write_text(json.dumps(changed), "utf-8")
    properties = {
        "TaskDefinition": "PLACEHOLDER",
        "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80},
    }
    service = {"Type": "AWS::ECS::Service", "Properties": properties}
    content = {"version": 0.0, "Resources": [{"TargetService": service}]}
    app_spec.write_text(json.dumps(content), "utf-8")
    said = aws.run(
        *("ecs", "deploy", "--cluster", "shop", "--service", "web"),
        *("--task-definition", str(definition), "--codedeploy-appspec", str(app_spec)),
    )
    assert "Successfully deployed" in said
    found = served.client("ecs").describe_services(cluster="shop", services=["web"])
    shown = found["services"][0]
    primary = next(each for each in shown["taskSets"] if each["status"] == "PRIMARY")
    assert primary["taskDefinition"].endswith("web:2")
