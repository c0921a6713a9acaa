"""Service Auto Scaling by boto3: load, metrics, policies and scheduled actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecs_lab import Lab

RESOURCE = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/shop/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}


@pytest.fixture
def scaling(lab: Lab) -> Any:
    """Application Auto Scaling, with a Fargate service of two tasks as its target (1 to 10)."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="1024",
        memory="2048",
        containerDefinitions=[{"name": "web", "image": "nginx"}],
    )
    network = {"subnets": list(lab.network.public_subnets), "assignPublicIp": "ENABLED"}
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )
    lab.settle()
    client = lab.client("application-autoscaling")
    client.register_scalable_target(**RESOURCE, MinCapacity=1, MaxCapacity=10)
    return client


def track(scaling: Any, target: float = 50, metric: str = "CPU", **settings: Any) -> None:
    """Put a target tracking policy on average CPU or memory."""
    scaling.put_scaling_policy(
        **RESOURCE,
        PolicyName=f"track-{metric}",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": f"ECSServiceAverage{metric}Utilization"
            },
            **settings,
        },
    )


def desired(lab: Lab) -> int:
    """The service's desired count."""
    found = lab.client("ecs").describe_services(cluster="shop", services=["web"])["services"]
    return int(found[0]["desiredCount"])


def counts(lab: Lab, minutes: int) -> list[int]:
    """The desired counts that the minutes bring, without repetitions."""
    seen = [desired(lab)]
    for _ in range(minutes):
        lab.wait(60)
        now = desired(lab)
        if now != seen[-1]:
            seen.append(now)
    return seen


def average(lab: Lab, name: str) -> float:
    """The average of a metric of the service over the last minute, after two more."""
    lab.wait(125)
    points = lab.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ECS",
        MetricName=name,
        Dimensions=[
            {"Name": "ClusterName", "Value": "shop"},
            {"Name": "ServiceName", "Value": "web"},
        ],
        StartTime=lab.now - timedelta(seconds=60),
        EndTime=lab.now,
        Period=60,
        Statistics=["Average"],
    )["Datapoints"]
    return float(points[-1]["Average"])


def test_load_becomes_metrics_that_more_tasks_bring_down(lab: Lab, scaling: Any) -> None:
    """1.5 vCPUs on two tasks of 1 vCPU are 75 %; on three they are 50 %."""
    assert scaling
    lab.set_load("shop", "web", vcpus=1.5, memory_mib=1024)
    assert average(lab, "CPUUtilization") == 75.0
    assert average(lab, "MemoryUtilization") == 25.0
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=3)
    assert average(lab, "CPUUtilization") == 50.0


def test_target_tracking_scales_out_after_three_minutes(lab: Lab, scaling: Any) -> None:
    """Two tasks at 100 % of CPU with a target of 50 become four, which is enough."""
    track(scaling)
    lab.set_load("shop", "web", vcpus=2)
    assert counts(lab, 2) == [2]
    assert counts(lab, 20) == [2, 4]


def test_target_tracking_scales_in_after_fifteen_minutes(lab: Lab, scaling: Any) -> None:
    """And not below the target's least count."""
    track(scaling)
    lab.set_load("shop", "web", vcpus=0.1)
    assert counts(lab, 13) == [2]
    assert counts(lab, 5) == [2, 1]
    lab.set_load("shop", "web")
    assert counts(lab, 20) == [1]


def test_scaling_out_ends_at_the_most_tasks(lab: Lab, scaling: Any) -> None:
    """However much load there is."""
    scaling.register_scalable_target(**RESOURCE, MinCapacity=1, MaxCapacity=3)
    track(scaling)
    lab.set_load("shop", "web", vcpus=50)
    assert counts(lab, 20) == [2, 3]


def test_scaling_in_can_be_switched_off(lab: Lab, scaling: Any) -> None:
    """DisableScaleIn leaves the tasks where they are."""
    track(scaling, DisableScaleIn=True)
    lab.set_load("shop", "web", vcpus=0.1)
    assert counts(lab, 30) == [2]


def test_policies_scale_in_only_together(lab: Lab, scaling: Any) -> None:
    """CPU is idle, memory is not: nothing is taken away."""
    track(scaling)
    track(scaling, metric="Memory")
    lab.set_load("shop", "web", vcpus=0.1, memory_mib=2000)
    assert counts(lab, 30) == [2]
    lab.set_load("shop", "web", vcpus=0.1, memory_mib=100)
    assert counts(lab, 30) == [2, 1]


def test_a_cooldown_holds_back_the_next_scaling_in(lab: Lab, scaling: Any) -> None:
    """After scaling out, scaling in waits for its cooldown."""
    track(scaling, ScaleInCooldown=3600)
    lab.set_load("shop", "web", vcpus=2)
    assert counts(lab, 5) == [2, 4]
    lab.set_load("shop", "web", vcpus=0.1)
    assert counts(lab, 30) == [4]
    assert counts(lab, 40) == [4, 1]


def test_nothing_scales_in_during_a_deployment(lab: Lab, scaling: Any) -> None:
    """While new tasks cannot start, the count stays; scaling out goes on."""
    track(scaling)
    ecs = lab.client("ecs")
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/none:1"
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="1024",
        memory="2048",
        executionRoleArn=lab.roles["ecsTaskExecutionRole"],
        containerDefinitions=[{"name": "web", "image": image}],
    )
    ecs.update_service(cluster="shop", service="web", taskDefinition="web")
    lab.set_load("shop", "web", vcpus=0.1)
    assert counts(lab, 30) == [2]
    lab.set_load("shop", "web", vcpus=2)
    assert counts(lab, 5) == [2, 4]


def step(scaling: Any, lab: Lab) -> None:
    """Add one task above 70 % of CPU, two above 90 %."""
    policy = scaling.put_scaling_policy(
        **RESOURCE,
        PolicyName="steps",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 60,
            "StepAdjustments": [
                {
                    "MetricIntervalLowerBound": 0,
                    "MetricIntervalUpperBound": 20,
                    "ScalingAdjustment": 1,
                },
                {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 2},
            ],
        },
    )
    lab.client("cloudwatch").put_metric_alarm(
        AlarmName="busy",
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Dimensions=[
            {"Name": "ClusterName", "Value": "shop"},
            {"Name": "ServiceName", "Value": "web"},
        ],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=70,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[policy["PolicyARN"]],
    )


def test_step_scaling_follows_its_alarm(lab: Lab, scaling: Any) -> None:
    """At 100 % two tasks come, at 75 % one; at 60 % the alarm is over."""
    step(scaling, lab)
    lab.set_load("shop", "web", vcpus=3)
    assert counts(lab, 10) == [2, 4, 5]
    alarm = lab.client("cloudwatch").describe_alarms(AlarmNames=["busy"])["MetricAlarms"][0]
    assert alarm["StateValue"] == "OK"


def test_scheduled_actions_set_new_bounds(lab: Lab, scaling: Any) -> None:
    """The count moves to the least that the action asks for, once and every day."""
    at = (lab.now + timedelta(minutes=10)).replace(second=0, microsecond=0)
    scaling.put_scheduled_action(
        **RESOURCE,
        ScheduledActionName="morning",
        Schedule=f"at({at:%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": 5, "MaxCapacity": 8},
    )
    scaling.put_scheduled_action(
        **RESOURCE,
        ScheduledActionName="night",
        Schedule="cron(0 22 * * ? *)",
        ScalableTargetAction={"MinCapacity": 0, "MaxCapacity": 1},
    )
    assert counts(lab, 12) == [2, 5]
    lab.wait(14 * 3600)
    assert desired(lab) == 1
    target = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 1)


def test_metric_of_ones_own_sets_off_its_alarm(lab: Lab) -> None:
    """Without a load or a scalable target; the alarm goes back when the metric does."""
    cloudwatch = lab.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="queue",
        Namespace="Shop",
        MetricName="Depth",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
    )
    states = []
    for depth in (10.0, 1.0):
        for _ in range(2):
            data = [{"MetricName": "Depth", "Value": depth}]
            cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
            lab.wait(60)
        states.append(cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"])
    assert states == ["ALARM", "OK"]


def test_what_programs_use_scales_their_service(lab: Lab, scaling: Any) -> None:
    """CPUUtilization is what the programs keep busy of what their tasks reserve, beside a load."""
    source = "container.use_cpu(0.9); container.use_memory(512); import time; time.sleep(9**6)"
    image = lab.registry.push("busy:1", script=source)
    ecs = lab.client("ecs")
    definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu=definition["cpu"],
        memory=definition["memory"],
        executionRoleArn=lab.roles["ecsTaskExecutionRole"],
        containerDefinitions=[{"name": "web", "image": image}],
    )
    ecs.update_service(cluster="shop", service="web", taskDefinition="web")
    lab.settle()
    assert average(lab, "CPUUtilization") == 90.0
    assert average(lab, "MemoryUtilization") == 25.0
    track(scaling, 50)
    assert counts(lab, 6)[-1] > 2


def test_load_on_nothing_is_refused(lab: Lab) -> None:
    """A service that is not there has no load."""
    lab.client("ecs").create_cluster(clusterName="shop")
    with pytest.raises(ValueError, match="no service 'web'"):
        lab.set_load("shop", "web", vcpus=1)
    with pytest.raises(ValueError, match="Cluster not found"):
        lab.set_load("nowhere", "web", vcpus=1)
    with pytest.raises(ValueError, match="give 0 or more"):
        lab.set_load("shop", "web", vcpus=-1)


def test_requests_per_target_scale_a_service_behind_a_load_balancer(lab: Lab) -> None:
    """3,000 requests a minute and a target of 1,000 for each task make three tasks."""
    elb, ecs = lab.client("elbv2"), lab.client("ecs")
    balancer = elb.create_load_balancer(Name="shop", Subnets=list(lab.network.public_subnets))
    balancer_arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    group_arn = elb.create_target_group(
        Name="web", Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group_arn}]
    elb.create_listener(
        LoadBalancerArn=balancer_arn, Protocol="HTTP", Port=80, DefaultActions=forward
    )
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {"name": "web", "image": "nginx", "portMappings": [{"containerPort": 80}]}
        ],
    )
    network = {"subnets": list(lab.network.public_subnets), "assignPublicIp": "ENABLED"}
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
        loadBalancers=[{"targetGroupArn": group_arn, "containerName": "web", "containerPort": 80}],
    )
    lab.settle()
    scaling = lab.client("application-autoscaling")
    scaling.register_scalable_target(**RESOURCE, MinCapacity=1, MaxCapacity=10)
    label = f"{balancer_arn.partition(':loadbalancer/')[2]}/{group_arn.rpartition(':')[2]}"
    scaling.put_scaling_policy(
        **RESOURCE,
        PolicyName="requests",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 1000,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ALBRequestCountPerTarget",
                "ResourceLabel": label,
            },
        },
    )
    lab.set_load("shop", "web", requests_per_minute=3000)
    assert counts(lab, 10) == [1, 3]


def test_policy_needs_its_scalable_target_first(lab: Lab, scaling: Any) -> None:
    """Without one it is refused in AWS's words, and nothing is kept."""
    scaling.deregister_scalable_target(**RESOURCE)
    with pytest.raises(ClientError, match=r"ObjectNotFoundException.*No scalable target reg.* ecs"):
        track(scaling)
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []


def test_metric_that_no_service_has_is_refused(lab: Lab, scaling: Any) -> None:
    """A misspelt one is named, with those that there are; the minutes go on."""
    with pytest.raises(ClientError, match="ECSServiceAverageLuckUtilization cannot be tracked"):
        track(scaling, metric="Luck")
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    lab.wait(120)


def test_policy_that_is_put_again_has_its_two_alarms_at_once(lab: Lab, scaling: Any) -> None:
    """They have the new target from the start, and the old pair is gone."""
    track(scaling, 50)
    track(scaling, 70)
    alarms = lab.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert sorted(each["Threshold"] for each in alarms) == [63.0, 70.0]
