"""Capacity providers on moto's Auto Scaling groups, by boto3."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from ecs_lab import Lab
from ecs_lab.lab import Lab as CoreLab

USER_DATA = "#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n"


def make_group(lab: Lab) -> str:
    """Make an empty group `fleet` of ECS-optimized instances for the cluster `shop`: its ARN."""
    lab.client("ecs").create_cluster(clusterName="shop")
    lab.client("ec2").create_launch_template(
        LaunchTemplateName="fleet",
        LaunchTemplateData={
            "ImageId": lab.ecs_ami,
            "InstanceType": "t3.small",
            "IamInstanceProfile": {"Name": "ecsInstanceRole"},
            "UserData": base64.b64encode(USER_DATA.encode()).decode(),
        },
    )
    scaling = lab.client("autoscaling")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="fleet",
        LaunchTemplate={"LaunchTemplateName": "fleet"},
        MinSize=0,
        MaxSize=6,
        VPCZoneIdentifier=",".join(lab.network.public_subnets),
    )
    found = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    return str(found["AutoScalingGroupARN"])


@pytest.fixture
def group(lab: Lab) -> str:
    """The ARN of the group."""
    return make_group(lab)


def size(lab: CoreLab) -> int:
    """How many instances the group has."""
    found = lab.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]
    return len(found["Instances"])


def use(lab: Lab, arn: str, **settings: Any) -> Any:
    """Give the cluster a capacity provider on the group; gives the ECS client."""
    ecs = lab.client("ecs")
    ecs.create_capacity_provider(
        name="machines",
        autoScalingGroupProvider={
            "autoScalingGroupArn": arn,
            "managedScaling": {"status": "ENABLED"},
            **settings,
        },
    )
    ecs.put_cluster_capacity_providers(
        cluster="shop",
        capacityProviders=["machines"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "machines", "weight": 1}],
    )
    container = {"name": "web", "image": "nginx", "cpu": 1024, "memory": 256}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    return ecs


def test_instances_of_a_group_register_in_all_its_zones(lab: Lab, group: str) -> None:
    """Its launch template's user data names the cluster; the zones are kept even."""
    assert group
    lab.client("autoscaling").set_desired_capacity(AutoScalingGroupName="fleet", DesiredCapacity=6)
    lab.settle()
    instances = lab.snapshot()["containerInstances"]
    zones = Counter(
        attribute["value"]
        for each in instances
        for attribute in each["attributes"]
        if attribute["name"] == "ecs.availability-zone"
    )
    assert zones == dict.fromkeys(lab.network.zones, 2)


def test_a_service_brings_its_instances_and_lets_them_go(lab: Lab, group: str) -> None:
    """From no instance to four tasks on two, and back to nothing when the service is gone."""
    ecs = use(lab, group)
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=6)
    lab.settle()
    assert size(lab) == 3
    service = ecs.describe_services(cluster="shop", services=["web"])["services"][0]
    assert service["runningCount"] == 6
    instances = lab.snapshot()["containerInstances"]
    assert {each["capacityProviderName"] for each in instances} == {"machines"}
    ecs.delete_service(cluster="shop", service="web", force=True)
    lab.wait(20 * 60)
    assert size(lab) == 0
    lab.settle()
    assert lab.snapshot()["containerInstances"] == []


def test_the_reservation_stands_in_cloudwatch(lab: Lab, group: str) -> None:
    """CapacityProviderReservation in AWS/ECS/ManagedScaling, by cluster and provider."""
    ecs = use(lab, group)
    ecs.run_task(cluster="shop", taskDefinition="web", count=2)
    lab.wait(70)
    points = lab.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ECS/ManagedScaling",
        MetricName="CapacityProviderReservation",
        Dimensions=[
            {"Name": "ClusterName", "Value": "shop"},
            {"Name": "CapacityProviderName", "Value": "machines"},
        ],
        StartTime=lab.now - timedelta(minutes=5),
        EndTime=lab.now,
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert [each["Maximum"] for each in points] == [200.0]


def test_a_copy_scales_for_itself(lab: Lab, group: str) -> None:
    """A check's copy of the lab may grow without the learner's lab doing so."""
    ecs = use(lab, group)
    ecs.run_task(cluster="shop", taskDefinition="web", count=1)
    with lab.copy() as other:
        other.settle()
        assert size(other) == 2
    assert size(lab) == 0


def test_the_same_seed_scales_the_same_way() -> None:
    """Which instance goes first is no matter of chance."""

    def history() -> list[str]:
        with Lab(seed=3) as lab:
            ecs = use(lab, make_group(lab))
            ecs.run_task(cluster="shop", taskDefinition="web", count=3)
            lab.settle()
            lab.wait(3600)
            return [f"{each['at']} {each['what']}" for each in lab.timeline()]

    assert history() == history()


def spot(lab: Lab, *, drains: bool) -> tuple[Any, str]:
    """Run two instances with a service on them; gives the ECS client and one instance's id."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    more = "echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config\n" if drains else ""
    made = lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        MinCount=2,
        MaxCount=2,
        InstanceType="t3.small",
        SubnetId=lab.network.public_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData=USER_DATA + more,
        InstanceMarketOptions={"MarketType": "spot"},
    )["Instances"]
    lab.settle()
    container = {"name": "web", "image": "nginx", "cpu": 256, "memory": 256}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=2)
    lab.settle()
    return ecs, str(made[0]["InstanceId"])


def instance_statuses(lab: Lab) -> dict[str, str]:
    """The status of each container instance by its EC2 id."""
    found = lab.snapshot()["containerInstances"]
    return {each["ec2InstanceId"]: each["status"] for each in found}


def test_a_spot_instance_drains_at_its_notice(lab: Lab) -> None:
    """With ECS_ENABLE_SPOT_INSTANCE_DRAINING its tasks have moved before it ends."""
    ecs, instance_id = spot(lab, drains=True)
    lab.interrupt_spot_instance(instance_id)
    assert instance_statuses(lab)[instance_id] == "DRAINING"
    assert "setting state to DRAINING" in lab.agent_log(instance_id)[-1]
    lab.wait(110)
    arns = ecs.list_tasks(cluster="shop")["taskArns"]
    tasks = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]
    assert [each["lastStatus"] for each in tasks] == ["RUNNING", "RUNNING"]
    assert len({each["containerInstanceArn"] for each in tasks}) == 1
    lab.wait(15)
    assert instance_id not in instance_statuses(lab)


def test_without_the_setting_a_spot_instance_just_ends(lab: Lab) -> None:
    """It stays ACTIVE to the last, and takes its task with it."""
    _, instance_id = spot(lab, drains=False)
    lab.interrupt_spot_instance(instance_id)
    lab.wait(110)
    assert instance_statuses(lab)[instance_id] == "ACTIVE"
    lab.wait(15)
    assert instance_id not in instance_statuses(lab)
    reasons = [each.get("stoppedReason") for each in lab.snapshot()["tasks"]]
    assert f"Host EC2 (instance {instance_id}) terminated" in reasons


def test_an_instance_that_is_not_there_cannot_be_taken(lab: Lab) -> None:
    """The lab names those there are."""
    with pytest.raises(ValueError, match="no running EC2 instance 'i-1'; there are: none"):
        lab.interrupt_spot_instance("i-1")


def test_a_group_without_an_instance_type_can_be_used_too(lab: Lab) -> None:
    """Its launch template names none: EC2 takes its default, and so does the reckoning."""
    lab.client("ecs").create_cluster(clusterName="shop")
    data = {"ImageId": lab.ecs_ami}
    lab.client("ec2").create_launch_template(LaunchTemplateName="bare", LaunchTemplateData=data)
    scaling = lab.client("autoscaling")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="bare",
        LaunchTemplate={"LaunchTemplateName": "bare"},
        MinSize=0,
        MaxSize=1,
        VPCZoneIdentifier=lab.network.public_subnets[0],
    )
    found = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    ecs = use(lab, found["AutoScalingGroupARN"])
    ecs.run_task(cluster="shop", taskDefinition="web")
    lab.wait(61)
    assert size(lab) == 1


def test_another_provider_takes_over_the_instances_of_a_deleted_one(lab: Lab, group: str) -> None:
    """A group's instances run the tasks of the provider that is on the group now."""
    ecs = use(lab, group)
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=1)
    lab.settle()
    ecs.delete_service(cluster="shop", service="web", force=True)
    lab.wait(60)
    ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=[], defaultCapacityProviderStrategy=[]
    )
    ecs.delete_capacity_provider(capacityProvider="machines")
    lab.wait(60)
    ecs.create_capacity_provider(
        name="others", autoScalingGroupProvider={"autoScalingGroupArn": group}
    )
    ecs.put_cluster_capacity_providers(
        cluster="shop",
        capacityProviders=["others"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "others", "weight": 1}],
    )
    ecs.create_service(cluster="shop", serviceName="new", taskDefinition="web", desiredCount=1)
    lab.settle()
    service = ecs.describe_services(cluster="shop", services=["new"])["services"][0]
    assert service["runningCount"] == 1


def test_attachments_of_a_cluster_name_the_scaling_of_its_providers(lab: Lab, group: str) -> None:
    """Only who asks for them sees them, and a provider that does not scale has none."""
    ecs = use(lab, group)
    assert "attachments" not in ecs.describe_clusters(clusters=["shop"])["clusters"][0]
    asked = {"clusters": ["shop"], "include": ["ATTACHMENTS"]}
    cluster = ecs.describe_clusters(**asked)["clusters"][0]
    (attached,) = cluster["attachments"]
    assert (attached["type"], cluster["attachmentsStatus"]) == ("as_policy", "UPDATE_COMPLETE")
    assert attached["details"][0] == {"name": "capacityProviderName", "value": "machines"}

    off = {"managedScaling": {"status": "DISABLED"}}
    ecs.update_capacity_provider(name="machines", autoScalingGroupProvider=off)
    lab.wait(60)
    assert "attachments" not in ecs.describe_clusters(**asked)["clusters"][0]
