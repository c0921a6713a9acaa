"""ECS Managed Instances on moto's EC2, by boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_lab import Lab
from ecs_lab.aws.managed_machines import machine_types

STRATEGY = [{"capacityProvider": "managed", "weight": 1}]
POLICY = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances"


def make_role(lab: Lab, name: str, service: str) -> str:
    """Make a role that a service may assume; gives its ARN."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = lab.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def settings(lab: Lab, role: str, profile: str = "ecsInstanceRole", **changes: Any) -> Any:
    """A managedInstancesProvider in the lab's private subnets."""
    prefix = role.partition(":role/")[0]
    network = {
        "subnets": list(lab.network.private_subnets),
        "securityGroups": [lab.network.security_groups["tasks"]],
    }
    template = {
        "ec2InstanceProfileArn": f"{prefix}:instance-profile/{profile}",
        "networkConfiguration": network,
        **changes,
    }
    return {"infrastructureRoleArn": role, "instanceLaunchTemplate": template}


@pytest.fixture
def role(lab: Lab) -> str:
    """The infrastructure role with AWS's policy, a cluster, and a small definition `web`."""
    made = make_role(lab, "ecsInfrastructureRole", "ecs.amazonaws.com")
    lab.client("iam").attach_role_policy(RoleName="ecsInfrastructureRole", PolicyArn=POLICY)
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["MANAGED_INSTANCES"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "nginx"}],
    )
    return made


def create(lab: Lab, provider: Any, **request: Any) -> Any:
    """Create the provider and wait until it is ACTIVE; gives the ECS client."""
    ecs = lab.client("ecs")
    ecs.create_capacity_provider(
        name="managed", cluster="shop", managedInstancesProvider=provider, **request
    )
    lab.wait(15)
    return ecs


def run(lab: Lab, ecs: Any, count: int = 1) -> list[dict[str, Any]]:
    """Run tasks of `web` in one subnet."""
    network = {"awsvpcConfiguration": {"subnets": [lab.network.private_subnets[0]]}}
    tasks: list[dict[str, Any]] = ecs.run_task(
        cluster="shop",
        taskDefinition="web",
        count=count,
        capacityProviderStrategy=STRATEGY,
        networkConfiguration=network,
    )["tasks"]
    return tasks


def machines(lab: Lab) -> list[dict[str, Any]]:
    """The EC2 instances that are not terminated."""
    answer = lab.client("ec2").describe_instances()
    found = [each for group in answer["Reservations"] for each in group["Instances"]]
    return [each for each in found if each["State"]["Name"] != "terminated"]


def test_a_service_brings_its_instances_and_idle_ones_go(lab: Lab, role: str) -> None:
    """Three zones, three instances; none is left some minutes after the service is deleted."""
    ecs = create(lab, settings(lab, role))
    network = {"awsvpcConfiguration": {"subnets": list(lab.network.private_subnets)}}
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=3,
        capacityProviderStrategy=STRATEGY,
        networkConfiguration=network,
    )
    ecs.get_waiter("services_stable").wait(cluster="shop", services=["web"])
    assert {each["Placement"]["AvailabilityZone"] for each in machines(lab)} == set(
        lab.network.zones
    )
    assert {each["capacityProviderName"] for each in lab.snapshot()["containerInstances"]} == {
        "managed"
    }
    ecs.delete_service(cluster="shop", service="web", force=True)
    lab.wait(600)
    assert machines(lab) == []
    assert lab.snapshot()["containerInstances"] == []


def test_ec2_shows_who_manages_an_instance_and_with_which_tags(lab: Lab, role: str) -> None:
    """Operator, AWS's tags, and those of the provider that propagate."""
    provider = {**settings(lab, role), "propagateTags": "CAPACITY_PROVIDER"}
    ecs = create(lab, provider, tags=[{"key": "team", "value": "blue"}])
    run(lab, ecs)
    lab.settle()
    (machine,) = machines(lab)
    tags = {each["Key"]: each["Value"] for each in machine["Tags"]}
    assert machine["Operator"] == {"Managed": True, "Principal": "ecs.amazonaws.com"}
    assert tags["aws:ecs:clusterName"] == "shop"
    assert tags["aws:ecs:capacityProviderName"] == "managed"
    assert tags["aws:ec2:managed-launch"] == "ecs-managed-instances"
    assert tags["team"] == "blue"
    assert lab.snapshot()["containerInstances"][0]["tags"] == [{"key": "team", "value": "blue"}]
    image = lab.client("ec2").describe_images(ImageIds=[machine["ImageId"]])["Images"][0]
    assert image["Name"].startswith("ecs-managed-instances-standard-x86_64-")


def test_nobody_but_ecs_ends_or_changes_a_managed_instance(lab: Lab, role: str) -> None:
    """TerminateInstances is refused, tags are free, DeregisterContainerInstance ends it."""
    ecs, ec2 = create(lab, settings(lab, role)), lab.client("ec2")
    run(lab, ecs)
    lab.settle()
    (machine,) = machines(lab)
    names = [machine["InstanceId"]]
    with pytest.raises(ec2.exceptions.ClientError, match="UnauthorizedOperation"):
        ec2.terminate_instances(InstanceIds=names)
    with pytest.raises(ec2.exceptions.ClientError, match="UnauthorizedOperation"):
        ec2.modify_instance_attribute(InstanceId=names[0], InstanceType={"Value": "m7i.xlarge"})
    ec2.create_tags(Resources=names, Tags=[{"Key": "mine", "Value": "yes"}])
    arn = lab.snapshot()["containerInstances"][0]["containerInstanceArn"]
    ecs.deregister_container_instance(cluster="shop", containerInstance=arn, force=True)
    assert machines(lab) == []


def test_small_tasks_share_an_instance_with_a_trunk(lab: Lab, role: str) -> None:
    """Eight tasks of a quarter vCPU with an interface each on one instance."""
    ecs = create(lab, settings(lab, role))
    run(lab, ecs, count=8)
    lab.settle()
    assert len(machines(lab)) == 1
    assert {each["lastStatus"] for each in lab.snapshot()["tasks"]} == {"RUNNING"}


def test_requirements_choose_the_type(lab: Lab, role: str) -> None:
    """At least four vCPUs of the families named."""
    asked = {"vCpuCount": {"min": 4}, "memoryMiB": {"min": 1}, "allowedInstanceTypes": ["c7i.*"]}
    ecs = create(lab, settings(lab, role, instanceRequirements=asked))
    run(lab, ecs)
    lab.settle()
    assert [each["InstanceType"] for each in machines(lab)] == ["c7i.xlarge"]


def test_what_a_provider_names_has_to_exist(lab: Lab, role: str) -> None:
    """The infrastructure role, the instance profile, the subnets."""
    ecs = lab.client("ecs")
    wrong = {
        "infrastructure role": settings(lab, role.replace("ecsInfra", "noInfra")),
        "instance profile": settings(lab, role, "nobody"),
        "subnet": settings(lab, role, networkConfiguration={"subnets": ["subnet-0"]}),
    }
    for told, provider in wrong.items():
        with pytest.raises(ecs.exceptions.ClientException, match=told):
            ecs.create_capacity_provider(
                name="managed", cluster="shop", managedInstancesProvider=provider
            )
    assert len(ecs.describe_capacity_providers()["capacityProviders"]) == 2


def test_the_instance_role_is_named_as_awss_policy_has_it(lab: Lab, role: str) -> None:
    """AWS's policy passes roles ecsInstanceRole* only: with another, tasks fail to launch."""
    iam = lab.client("iam")
    make_role(lab, "machineRole", "ec2.amazonaws.com")
    iam.create_instance_profile(InstanceProfileName="machines")
    iam.add_role_to_instance_profile(InstanceProfileName="machines", RoleName="machineRole")
    ecs = create(lab, settings(lab, role, "machines"))
    (task,) = run(lab, ecs)
    lab.settle()
    stopped = ecs.describe_tasks(cluster="shop", tasks=[task["taskArn"]])["tasks"][0]
    assert stopped["stopCode"] == "TaskFailedToStart"
    assert stopped["stoppedReason"].startswith("ResourceInitializationError")
    assert "iam:PassRole" in stopped["stoppedReason"]
    assert machines(lab) == []


def test_a_lab_with_managed_instances_can_be_copied(lab: Lab, role: str) -> None:
    """The copy goes its own way."""
    ecs = create(lab, settings(lab, role))
    run(lab, ecs)
    lab.settle()
    other = lab.copy()
    arn = other.snapshot()["tasks"][0]["taskArn"]
    other.client("ecs").stop_task(cluster="shop", task=arn)
    other.wait(600)
    assert other.snapshot()["containerInstances"] == []
    other.close()
    assert len(machines(lab)) == 1


def test_every_instance_type_of_moto_is_read() -> None:
    """Sizes, accelerators and storage of all of them."""
    types = {each.name: each for each in machine_types()}
    assert types["inf2.xlarge"].accelerator_types == ("inference",)
    assert types["inf2.xlarge"].accelerator_manufacturers == ("amazon-web-services",)
    assert (types["g5.xlarge"].gpus, types["g5.xlarge"].local_storage_types) == (1, ("ssd",))
    assert types["m7g.large"].architecture == "arm64"


def test_a_stack_has_a_provider_and_a_service_on_it(lab: Lab, role: str) -> None:
    """CloudFormation makes both at once, and takes all away again."""
    profile = f"{role.partition(':role/')[0]}:instance-profile/ecsInstanceRole"
    provider = {
        "InfrastructureRoleArn": role,
        "InstanceLaunchTemplate": {
            "Ec2InstanceProfileArn": profile,
            "NetworkConfiguration": {"Subnets": list(lab.network.private_subnets)},
        },
    }
    service = {
        "Cluster": "shop",
        "TaskDefinition": "web",
        "DesiredCount": 1,
        "CapacityProviderStrategy": [{"CapacityProvider": {"Ref": "Provider"}, "Weight": 1}],
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {"Subnets": list(lab.network.private_subnets)}
        },
    }
    resources = {
        "Provider": {
            "Type": "AWS::ECS::CapacityProvider",
            "Properties": {"ClusterName": "shop", "ManagedInstancesProvider": provider},
        },
        "Service": {"Type": "AWS::ECS::Service", "Properties": service},
    }
    stacks = lab.client("cloudformation")
    stacks.create_stack(StackName="shop", TemplateBody=json.dumps({"Resources": resources}))
    stacks.get_waiter("stack_create_complete").wait(StackName="shop")
    assert len(machines(lab)) == 1
    stacks.delete_stack(StackName="shop")
    stacks.get_waiter("stack_delete_complete").wait(StackName="shop")
    lab.wait(600)
    assert machines(lab) == []
