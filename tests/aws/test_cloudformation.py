"""CloudFormation's ECS resources do what the ECS API does, and stacks wait for their services."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

CONTAINER: dict[str, Any] = {
    "Name": "web",
    "Image": "nginx:1.27",
    "Essential": "true",
    "PortMappings": [{"ContainerPort": "80"}],
    "Environment": [{"Name": "COLOUR", "Value": "green"}],
    "DockerLabels": {"Team": "shop"},
}


def template(lab: Lab, **service: Any) -> dict[str, Any]:
    """A cluster, a task definition and a Fargate service of two tasks."""
    network = {
        "Subnets": list(lab.network.public_subnets),
        "SecurityGroups": [lab.network.security_groups["tasks"]],
        "AssignPublicIp": "ENABLED",
    }
    return {
        "Resources": {
            "Cluster": {
                "Type": "AWS::ECS::Cluster",
                "Properties": {
                    "ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]
                },
            },
            "Definition": {
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {
                    "RequiresCompatibilities": ["FARGATE"],
                    "NetworkMode": "awsvpc",
                    "Cpu": 256,
                    "Memory": "512",
                    "ContainerDefinitions": [CONTAINER],
                    "Tags": [{"Key": "by", "Value": "ann"}],
                },
            },
            "Service": {
                "Type": "AWS::ECS::Service",
                "Properties": {
                    "Cluster": {"Ref": "Cluster"},
                    "TaskDefinition": {"Ref": "Definition"},
                    "DesiredCount": 2,
                    "LaunchType": "FARGATE",
                    "DeploymentConfiguration": {
                        "MinimumHealthyPercent": "50",
                        "DeploymentCircuitBreaker": {"Enable": True, "Rollback": False},
                    },
                    "NetworkConfiguration": {"AwsvpcConfiguration": network},
                    **service,
                },
            },
        },
        "Outputs": {
            "Name": {"Value": {"Fn::GetAtt": ["Service", "Name"]}},
            "Arn": {"Value": {"Fn::GetAtt": ["Service", "ServiceArn"]}},
            "ClusterArn": {"Value": {"Fn::GetAtt": ["Cluster", "Arn"]}},
        },
    }


def create(lab: Lab, body: dict[str, Any]) -> str:
    """The id of a new stack `shop`."""
    made = lab.client("cloudformation").create_stack(
        StackName="shop", TemplateBody=json.dumps(body)
    )
    return str(made["StackId"])


def status(lab: Lab, stack: str = "shop") -> str:
    """The state that a stack is in."""
    with lab.quiet():
        found = lab.client("cloudformation").describe_stacks(StackName=stack)
    return str(found["Stacks"][0]["StackStatus"])


def history(lab: Lab, stack: str) -> list[str]:
    """The states of a stack, oldest first."""
    events = lab.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return [each["ResourceStatus"] for each in reversed(events)]


def the_service(lab: Lab) -> dict[str, Any]:
    """The only service of the only cluster."""
    ecs = lab.client("ecs")
    cluster = ecs.list_clusters()["clusterArns"][0]
    names = ecs.list_services(cluster=cluster)["serviceArns"]
    found: dict[str, Any] = ecs.describe_services(cluster=cluster, services=names)["services"][0]
    return found


def test_stack_is_complete_when_its_service_is_steady(lab: Lab) -> None:
    """CREATE_IN_PROGRESS until the tasks run, then CREATE_COMPLETE; every property has arrived."""
    stack = create(lab, template(lab))
    assert status(lab) == "CREATE_IN_PROGRESS"
    lab.settle()
    assert status(lab) == "CREATE_COMPLETE"
    service = the_service(lab)
    assert (service["runningCount"], service["launchType"]) == (2, "FARGATE")
    assert service["deploymentConfiguration"]["minimumHealthyPercent"] == 50
    assert service["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"] is True
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert network["assignPublicIp"] == "ENABLED"
    described = lab.client("ecs").describe_task_definition(
        taskDefinition=service["taskDefinition"], include=["TAGS"]
    )
    assert described["tags"] == [{"key": "by", "value": "ann"}]
    assert described["taskDefinition"]["cpu"] == "256"
    container = described["taskDefinition"]["containerDefinitions"][0]
    assert container["portMappings"][0]["containerPort"] == 80
    assert container["dockerLabels"] == {"Team": "shop"}
    found = lab.client("cloudformation").describe_stacks(StackName="shop")["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
    assert outputs["Name"] == service["serviceName"]
    assert outputs["Arn"] == service["serviceArn"]
    assert outputs["ClusterArn"] == service["clusterArn"]
    assert history(lab, stack) == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


def test_new_image_rolls_through_the_service(lab: Lab) -> None:
    """The task definition gets a new revision, and the service that refers to it is deployed."""
    body = template(lab)
    create(lab, body)
    lab.settle()
    before = the_service(lab)
    newer = {**CONTAINER, "Image": "nginx:1.28"}
    body["Resources"]["Definition"]["Properties"]["ContainerDefinitions"] = [newer]
    lab.client("cloudformation").update_stack(StackName="shop", TemplateBody=json.dumps(body))
    assert status(lab) == "UPDATE_IN_PROGRESS"
    lab.settle()
    assert status(lab) == "UPDATE_COMPLETE"
    after = the_service(lab)
    assert after["serviceArn"] == before["serviceArn"]
    assert after["taskDefinition"] != before["taskDefinition"]
    assert (after["runningCount"], len(after["deployments"])) == (2, 1)


def test_property_that_cannot_be_updated_replaces_the_service(lab: Lab) -> None:
    """The new one has another name; the old one drains."""
    body = template(lab)
    create(lab, body)
    lab.settle()
    before = the_service(lab)["serviceName"]
    body["Resources"]["Service"]["Properties"]["SchedulingStrategy"] = "REPLICA"
    lab.client("cloudformation").update_stack(StackName="shop", TemplateBody=json.dumps(body))
    lab.settle()
    assert status(lab) == "UPDATE_COMPLETE"
    assert the_service(lab)["serviceName"] != before


def test_deleted_stack_waits_for_its_tasks_and_leaves_nothing(lab: Lab) -> None:
    """DELETE_IN_PROGRESS while the tasks stop, then all is gone."""
    stack = create(lab, template(lab))
    lab.settle()
    lab.client("cloudformation").delete_stack(StackName="shop")
    assert status(lab) == "DELETE_IN_PROGRESS"
    lab.settle()
    assert status(lab, stack) == "DELETE_COMPLETE"
    assert lab.client("ecs").list_clusters()["clusterArns"] == []
    assert lab.client("ecs").list_task_definitions(status="ACTIVE")["taskDefinitionArns"] == []


def test_resource_that_cannot_be_made_rolls_the_stack_back(lab: Lab) -> None:
    """The reason is ECS's own, and what was made before is taken away."""
    body = template(lab)
    body["Resources"]["Definition"]["Properties"]["Cpu"] = "300"
    stack = create(lab, body)
    lab.settle()
    assert status(lab) == "ROLLBACK_COMPLETE"
    assert history(lab, stack)[1:3] == ["CREATE_FAILED", "ROLLBACK_IN_PROGRESS"]
    events = lab.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    reasons = " ".join(each.get("ResourceStatusReason", "") for each in events)
    assert "RegisterTaskDefinition error: No Fargate configuration exists" in reasons
    assert lab.client("ecs").list_clusters()["clusterArns"] == []


def test_service_whose_circuit_breaker_trips_rolls_the_stack_back(lab: Lab) -> None:
    """An image that nobody pushed never becomes a running task."""
    body = template(lab)
    missing = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nobody/pushed:1"
    properties = body["Resources"]["Definition"]["Properties"]
    properties["ContainerDefinitions"] = [{**CONTAINER, "Image": missing}]
    properties["ExecutionRoleArn"] = lab.roles["ecsTaskExecutionRole"]
    stack = create(lab, body)
    lab.settle(3 * 3600)
    assert status(lab) == "ROLLBACK_COMPLETE"
    events = lab.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [each.get("ResourceStatusReason", "") for each in events]
    assert any("ECS Deployment Circuit Breaker was triggered" in each for each in reasons)


def test_busy_stack_cannot_be_updated(lab: Lab) -> None:
    """AWS's words for it."""
    body = template(lab)
    create(lab, body)
    with pytest.raises(ClientError, match="is in CREATE_IN_PROGRESS state and can not be updated"):
        lab.client("cloudformation").update_stack(StackName="shop", TemplateBody=json.dumps(body))


def test_unknown_resource_types_are_named_before_anything_is_made(lab: Lab) -> None:
    """Nothing is left out silently."""
    body = template(lab)
    body["Resources"]["Mesh"] = {"Type": "AWS::AppMesh::Mesh"}
    with pytest.raises(ClientError, match="Not simulated in the lab: the resource types AWS::App"):
        create(lab, body)
    assert lab.client("ecs").list_clusters()["clusterArns"] == []


def test_unknown_property_is_refused(lab: Lab) -> None:
    """A misspelt property does not vanish."""
    stack = create(lab, template(lab, DesiredCuont=3))
    lab.settle()
    events = lab.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    reasons = " ".join(each.get("ResourceStatusReason", "") for each in events)
    assert "Encountered unsupported property DesiredCuont" in reasons


def test_service_scales_by_a_template(lab: Lab) -> None:
    """Application Auto Scaling's resources find the service of the same stack."""
    body = template(lab)
    resource_id = {"Fn::Sub": "service/${Cluster}/${Service.Name}"}
    body["Resources"]["Target"] = {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {
            "ServiceNamespace": "ecs",
            "ScalableDimension": "ecs:service:DesiredCount",
            "ResourceId": resource_id,
            "MinCapacity": 2,
            "MaxCapacity": "6",
        },
    }
    create(lab, body)
    lab.settle()
    assert status(lab) == "CREATE_COMPLETE"
    scaling = lab.client("application-autoscaling")
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert [(each["MinCapacity"], each["MaxCapacity"]) for each in found] == [(2, 6)]
    assert found[0]["ResourceId"].endswith(the_service(lab)["serviceName"])


def test_scalable_target_needs_a_service_of_the_lab(lab: Lab) -> None:
    """moto asks its own ECS, which passes on to the lab's."""
    with pytest.raises(ClientError, match="ECS service doesn't exist"):
        lab.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs",
            ScalableDimension="ecs:service:DesiredCount",
            ResourceId="service/default/nothing",
            MinCapacity=1,
            MaxCapacity=2,
        )


def test_change_sets_do_the_same(lab: Lab) -> None:
    """`aws cloudformation deploy` and CDK work by change sets."""
    cloudformation = lab.client("cloudformation")
    cloudformation.create_change_set(
        StackName="shop",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template(lab)),
    )
    assert lab.client("ecs").list_clusters()["clusterArns"] == []
    cloudformation.execute_change_set(ChangeSetName="first", StackName="shop")
    assert status(lab) == "CREATE_IN_PROGRESS"
    lab.settle()
    assert status(lab) == "CREATE_COMPLETE"
    assert the_service(lab)["runningCount"] == 2


def test_copy_of_a_lab_goes_on_with_its_stack(lab: Lab) -> None:
    """A stack under way is part of the world."""
    create(lab, template(lab))
    with lab.copy() as other:
        other.settle()
        assert status(other) == "CREATE_COMPLETE"
    assert status(lab) == "CREATE_IN_PROGRESS"


def test_subnet_has_the_route_table_that_a_stack_gives_it(lab: Lab) -> None:
    """A subnet's association is seen by EC2, and goes with its stack."""
    vpc, association = {"Ref": "Vpc"}, "AWS::EC2::SubnetRouteTableAssociation"
    subnet = {"VpcId": vpc, "CidrBlock": "10.9.1.0/24"}
    both = {"RouteTableId": {"Ref": "Table"}, "SubnetId": {"Ref": "Subnet"}}
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": subnet},
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": vpc}},
        "Way": {"Type": association, "Properties": both},
    }
    cloudformation, ec2 = lab.client("cloudformation"), lab.client("ec2")
    cloudformation.create_stack(StackName="net", TemplateBody=json.dumps({"Resources": resources}))
    made = cloudformation.describe_stack_resources(StackName="net")["StackResources"]
    ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in made}
    tables = ec2.describe_route_tables(RouteTableIds=[ids["Table"]])["RouteTables"]
    assert [each["SubnetId"] for each in tables[0]["Associations"]] == [ids["Subnet"]]
    assert tables[0]["Associations"][0]["RouteTableAssociationId"] == ids["Way"]

    cloudformation.delete_stack(StackName="net")
    lab.wait(60)
    left = {each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]}
    assert ids["Subnet"] not in left


def test_arn_of_a_log_group_takes_in_its_streams(lab: Lab) -> None:
    """Fn::GetAtt gives the Arn with `:*`, which is what a role's policy on it needs."""
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": "7"}}
    shown = {"Value": {"Fn::GetAtt": ["Group", "Arn"]}}
    body = {"Resources": {"Group": group}, "Outputs": {"Arn": shown}}
    cloudformation, logs = lab.client("cloudformation"), lab.client("logs")
    cloudformation.create_stack(StackName="logs", TemplateBody=json.dumps(body))
    stack = cloudformation.describe_stacks(StackName="logs")["Stacks"][0]
    made = logs.describe_log_groups(logGroupNamePrefix="logs-Group")["logGroups"][0]
    assert made["retentionInDays"] == 7
    assert stack["Outputs"][0]["OutputValue"] == (
        f"arn:aws:logs:us-east-1:123456789012:log-group:{made['logGroupName']}:*"
    )

    group["Properties"] = {}
    cloudformation.update_stack(StackName="logs", TemplateBody=json.dumps(body))
    kept = logs.describe_log_groups(logGroupNamePrefix="logs-Group")["logGroups"][0]
    assert (kept["logGroupName"], "retentionInDays" in kept) == (made["logGroupName"], False)
    cloudformation.delete_stack(StackName="logs")
    lab.wait(60)
    assert not logs.describe_log_groups(logGroupNamePrefix="logs-Group")["logGroups"]
