"""Proofs of the questions on auto scaling and capacity providers."""

import base64
from collections import Counter
from datetime import timedelta
from typing import Any

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

THE_COUNT = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/shop/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
MEMORY = {
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}
}
BACKLOG = {
    "CustomizedMetricSpecification": {
        "Namespace": "Shop",
        "MetricName": "Work",
        "Statistic": "Average",
    }
}
HALF_AN_HOUR_S = 1800
STEADY = {"availabilityZoneRebalancing": "DISABLED"}


def on_fargate(lab: ProofLab, count: int = 2, **changes: Any) -> None:
    """A Fargate service web whose tasks have 1 vCPU and 2 GB."""
    scene.cluster(lab)
    scene.fargate_definition(lab, cpu="1024", memory="2048")
    scene.service(lab, count=count, launchType="FARGATE", **changes)


def track(lab: ProofLab, target: float, metric: dict[str, Any], least: int = 1) -> None:
    """A policy that keeps the metric of the service web at a value; up to 50 tasks."""
    scaling = lab.client("application-autoscaling")
    scaling.register_scalable_target(**THE_COUNT, MinCapacity=least, MaxCapacity=50)
    scaling.put_scaling_policy(
        **THE_COUNT,
        PolicyName="track",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": target, **metric},
    )


def desired(lab: ProofLab) -> int:
    """The desired count of the service web."""
    return int(scene.describe_service(lab)["desiredCount"])


def fleet(lab: ProofLab, least: int = 1, most: int = 10, **settings: Any) -> str:
    """The cluster shop with an Auto Scaling group of m5.large and its capacity provider; gives
    the group's ARN.
    """
    scene.cluster(lab)
    join = base64.b64encode(b"#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n").decode()
    machine = {
        "ImageId": lab.ecs_ami,
        "InstanceType": "m5.large",
        "IamInstanceProfile": {"Name": "ecsInstanceRole"},
        "UserData": join,
    }
    template = {"LaunchTemplateName": "fleet"}
    lab.client("ec2").create_launch_template(**template, LaunchTemplateData=machine)
    groups = lab.client("autoscaling")
    groups.create_auto_scaling_group(
        AutoScalingGroupName="fleet",
        LaunchTemplate=template,
        MinSize=least,
        MaxSize=most,
        VPCZoneIdentifier=",".join(lab.network.private_subnets),
    )
    found = groups.describe_auto_scaling_groups(AutoScalingGroupNames=["fleet"])
    arn = str(found["AutoScalingGroups"][0]["AutoScalingGroupARN"])
    managed = {"status": "ENABLED", **settings}
    ecs = lab.client("ecs")
    provider = {"autoScalingGroupArn": arn, "managedScaling": managed}
    ecs.create_capacity_provider(name="fleet", autoScalingGroupProvider=provider)
    ecs.put_cluster_capacity_providers(
        cluster="shop",
        capacityProviders=["FARGATE", "FARGATE_SPOT", "fleet"],
        defaultCapacityProviderStrategy=[],
    )
    lab.wait(scene.BOOT_S)
    scene.definition(lab, scene.container(cpu=1024))
    return arn


def on_fleet(lab: ProofLab, count: int) -> None:
    """A service web of the capacity provider fleet; two tasks fill an instance."""
    lab.client("ecs").create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=count,
        capacityProviderStrategy=[{"capacityProvider": "fleet", "weight": 1}],
        **STEADY,
    )


def size(lab: ProofLab) -> int:
    """How many instances the Auto Scaling group fleet wants."""
    groups = lab.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return int(groups[0]["DesiredCapacity"])


def divided(lab: ProofLab, strategy: list[dict[str, Any]], count: int) -> Counter[str]:
    """How many tasks of a service with this strategy run on which capacity provider."""
    ecs = lab.client("ecs")
    names = ["FARGATE", "FARGATE_SPOT"]
    ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=names, defaultCapacityProviderStrategy=[]
    )
    scene.service(lab, count=count, capacityProviderStrategy=strategy)
    found = Counter(task["capacityProviderName"] for task in scene.tasks(lab, serviceName="web"))
    ecs.delete_service(cluster="shop", service="web", force=True)
    lab.settle()
    return found


def on(name: str, weight: int = 1, **base: int) -> dict[str, Any]:
    """One item of a strategy."""
    return {"capacityProvider": name, "weight": weight, **base}


@proof
def who_changes_the_count(lab: ProofLab, option: Options) -> None:
    """A service of two with a policy on CPU, and work for more than two tasks."""
    on_fargate(lab)
    lab.set_load("shop", "web", vcpus=1.8)
    lab.wait(HALF_AN_HOUR_S)
    assert desired(lab) == 2, "without a policy the count stays"
    track(lab, 60, CPU)
    lab.wait(HALF_AN_HOUR_S)
    option("Application Auto").holds_if(desired(lab) == 3, f"{desired(lab)} tasks are wanted")


@proof
def known_hours(lab: ProofLab, option: Options) -> None:
    """A scheduled action half an hour from now, and a service without load."""
    on_fargate(lab)
    scaling = lab.client("application-autoscaling")
    scaling.register_scalable_target(**THE_COUNT, MinCapacity=2, MaxCapacity=10)
    at = lab.now + timedelta(seconds=HALF_AN_HOUR_S)
    scaling.put_scheduled_action(
        **THE_COUNT,
        ScheduledActionName="morning",
        Schedule=f"at({at:%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": 6, "MaxCapacity": 10},
    )
    lab.wait(HALF_AN_HOUR_S - 60)
    assert desired(lab) == 2, "before its time nothing changes"
    lab.wait(300)
    running = len(scene.tasks(lab, serviceName="web"))
    option("A scheduled action").holds_if(running == 6, f"{running} tasks run without any load")


@proof
def memory_bound(lab: ProofLab, option: Options) -> None:
    """Two tasks whose memory is nearly full and whose CPU is idle."""
    on_fargate(lab)
    track(lab, 60, CPU, least=2)
    lab.set_load("shop", "web", vcpus=0.4, memory_mib=3600)
    lab.wait(HALF_AN_HOUR_S)
    assert desired(lab) == 2, "the policy on CPU does nothing"
    scaling = lab.client("application-autoscaling")
    scaling.register_scalable_target(**THE_COUNT, MinCapacity=2, MaxCapacity=100)
    lab.wait(HALF_AN_HOUR_S)
    option("A larger maximum").holds_if(desired(lab) > 2, f"{desired(lab)} tasks are wanted")
    track(lab, 60, MEMORY, least=2)
    lab.wait(HALF_AN_HOUR_S)
    option("A policy on").holds_if(desired(lab) == 3, f"{desired(lab)} tasks are wanted")


@proof
def how_many_tasks(lab: ProofLab, option: Options) -> None:
    """Three tasks at 80 percent, a target of 60, and half an hour."""
    on_fargate(lab, 3)
    lab.set_load("shop", "web", vcpus=2.4)
    track(lab, 60, CPU, least=2)
    lab.wait(HALF_AN_HOUR_S)
    option.values(
        desired(lab), {"Three": 3, "Four": 4, "Five": 5, "Ten": 10}, "{} tasks are wanted"
    )


@proof
def tasks_without_machines(lab: ProofLab, option: Options) -> None:
    """Three instances with two places each, and ten tasks; then the same on the provider."""
    fleet(lab, least=3)
    tight = {"minimumHealthyPercent": 100, "maximumPercent": 120}
    scene.service(lab, count=10, deploymentConfiguration=tight, **STEADY)
    lab.wait(HALF_AN_HOUR_S)
    lab.diagram("Ten tasks wanted, launch type EC2")
    assert scene.describe_service(lab)["runningCount"] == 6, "the others find no room"
    ecs = lab.client("ecs")
    bounds = {"minimumHealthyPercent": 100, "maximumPercent": 200}
    ecs.update_service(cluster="shop", service="web", deploymentConfiguration=bounds)
    lab.wait(HALF_AN_HOUR_S)
    running = scene.describe_service(lab)["runningCount"]
    option("A larger maximum percent").holds_if(running == 10, f"{running} tasks run")
    ecs.delete_service(cluster="shop", service="web", force=True)
    lab.settle()
    on_fleet(lab, 10)
    lab.wait(HALF_AN_HOUR_S)
    running = scene.describe_service(lab)["runningCount"]
    lab.diagram("Ten tasks wanted, capacity provider")
    option("A capacity provider").holds_if(running == 10, f"{running} tasks run")


@proof
def waiting_state(lab: ProofLab, option: Options) -> None:
    """One full instance, and four tasks more."""
    fleet(lab)
    on_fleet(lab, 2)
    lab.settle()
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=6)
    lab.wait(30)
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"]
    tasks = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]
    states = Counter(task["lastStatus"] for task in tasks)
    elsewhere = [task for task in tasks if task["capacityProviderName"] != "fleet"]
    failed = ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    option("They fail").holds_if(bool(failed), f"{len(failed)} tasks have stopped")
    option("They are placed").holds_if(bool(elsewhere), f"{len(elsewhere)} tasks are elsewhere")
    option("They wait").holds_if(states["PROVISIONING"] == 4, f"{dict(states)}")


@proof
def reservation_value(lab: ProofLab, option: Options) -> None:
    """Four instances with eight tasks, and four more tasks that find no room."""
    fleet(lab, least=4)
    on_fleet(lab, 8)
    lab.settle()
    lab.client("ecs").update_service(cluster="shop", service="web", desiredCount=12)
    lab.wait(125)
    points = lab.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ECS/ManagedScaling",
        MetricName="CapacityProviderReservation",
        Dimensions=[
            {"Name": "ClusterName", "Value": "shop"},
            {"Name": "CapacityProviderName", "Value": "fleet"},
        ],
        StartTime=lab.now - timedelta(seconds=180),
        EndTime=lab.now,
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    highest = round(max(point["Maximum"] for point in points))
    found = {"67": 67, "150": 150, "200": 200, "100": 100}
    option.values(highest, found, "CapacityProviderReservation is {}")


@proof
def keep_spare(lab: ProofLab, option: Options) -> None:
    """Eight tasks fill four instances; each change is tried for half an hour."""
    fleet(lab, least=0)
    on_fleet(lab, 8)
    lab.wait(HALF_AN_HOUR_S)
    assert size(lab) == 4, "no instance is spare"
    ecs = lab.client("ecs")
    tried = {
        "Raise maximumScalingStepSize": {"maximumScalingStepSize": 10_000},
        "Raise instanceWarmupPeriod": {"instanceWarmupPeriod": 900},
        "Lower targetCapacity": {"targetCapacity": 80},
    }
    bounds = {"minimumHealthyPercent": 80, "maximumPercent": 200}
    ecs.update_service(cluster="shop", service="web", deploymentConfiguration=bounds)
    lab.wait(HALF_AN_HOUR_S)
    option("Lower minimumHealthyPercent").holds_if(size(lab) > 4, f"{size(lab)} instances")
    for text, change in tried.items():
        managed = {"managedScaling": {"status": "ENABLED", **change}}
        ecs.update_capacity_provider(name="fleet", autoScalingGroupProvider=managed)
        lab.wait(HALF_AN_HOUR_S)
        option(text).holds_if(size(lab) > 4, f"{size(lab)} instances")


@proof
def termination_needs(lab: ProofLab, option: Options) -> None:
    """Turn managed termination protection on, before and after the group protects instances."""
    fleet(lab)
    ecs = lab.client("ecs")
    asked = {
        "managedScaling": {"status": "ENABLED"},
        "managedTerminationProtection": "ENABLED",
    }
    update = {"name": "fleet", "autoScalingGroupProvider": asked}
    assert scene.refusal(ecs.update_capacity_provider, **update), "it is refused at first"
    lab.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName="fleet", NewInstancesProtectedFromScaleIn=True
    )
    refused = scene.refusal(ecs.update_capacity_provider, **update)
    option("Scale-in protection of new").holds_if(not refused, refused or "it is accepted")


@proof
def base_and_weight(lab: ProofLab, option: Options) -> None:
    """Run the service, and count its tasks by capacity provider."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    strategy = [on("FARGATE", base=2), on("FARGATE_SPOT", 2)]
    found = divided(lab, strategy, 14)["FARGATE_SPOT"]
    counts = {"Eight": 8, "Nine": 9, "Ten": 10, "Twelve": 12}
    option.values(found, counts, "{} tasks are on FARGATE_SPOT")


@proof
def always_four(lab: ProofLab, option: Options) -> None:
    """Try each strategy with six and with twelve tasks."""
    scene.cluster(lab)
    scene.fargate_definition(lab)
    strategies = {
        "FARGATE with weight 4": [on("FARGATE", 4), on("FARGATE_SPOT")],
        "FARGATE with weight 1": [on("FARGATE"), on("FARGATE_SPOT", base=4)],
        "FARGATE_SPOT alone": [on("FARGATE_SPOT")],
        "FARGATE with base 4": [on("FARGATE", 0, base=4), on("FARGATE_SPOT")],
    }
    for text, strategy in strategies.items():
        safe = [divided(lab, strategy, count)["FARGATE"] for count in (6, 12)]
        option(text).holds_if(safe == [4, 4], f"{safe} of 6 and of 12 tasks are on FARGATE")


@proof
def two_types(lab: ProofLab, option: Options) -> None:
    """Ask for a service with each strategy; green is a provider on a second group."""
    arn = fleet(lab)
    groups, ecs = lab.client("autoscaling"), lab.client("ecs")
    groups.create_auto_scaling_group(
        AutoScalingGroupName="other",
        LaunchTemplate={"LaunchTemplateName": "fleet"},
        MinSize=0,
        MaxSize=2,
        VPCZoneIdentifier=",".join(lab.network.private_subnets),
    )
    listed = groups.describe_auto_scaling_groups()["AutoScalingGroups"]
    other = next(g["AutoScalingGroupARN"] for g in listed if g["AutoScalingGroupARN"] != arn)
    provider = {"autoScalingGroupArn": other, "managedScaling": {"status": "ENABLED"}}
    ecs.create_capacity_provider(name="green", autoScalingGroupProvider=provider)
    names = ["FARGATE", "FARGATE_SPOT", "fleet", "green"]
    ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=names, defaultCapacityProviderStrategy=[]
    )
    scene.fargate_definition(lab, requiresCompatibilities=["FARGATE", "EC2"])
    tried = {
        "blue and green": [on("fleet"), on("green")],
        "FARGATE with a base": [on("FARGATE", base=1), on("fleet")],
        "FARGATE_SPOT and green": [on("FARGATE_SPOT"), on("green")],
        "FARGATE and FARGATE_SPOT": [on("FARGATE"), on("FARGATE_SPOT")],
        "FARGATE with base 1": [on("FARGATE", base=1), on("FARGATE_SPOT", base=1)],
    }
    for number, (text, strategy) in enumerate(tried.items()):
        refused = scene.refusal(
            ecs.create_service,
            cluster="shop",
            serviceName=f"web-{number}",
            taskDefinition="web",
            desiredCount=2,
            capacityProviderStrategy=strategy,
            networkConfiguration=scene.network(lab),
        )
        option(text).holds_if(not refused, refused or "the service is made")


def settled_with(lab: ProofLab, messages: int, *, shared: bool) -> int:
    """The desired count after half an hour of a metric: all messages, or each running task's."""
    cloudwatch = lab.client("cloudwatch")
    for _ in range(30):
        running = max(1, scene.describe_service(lab)["runningCount"])
        value = messages / running if shared else messages
        data = [{"MetricName": "Work", "Value": value}]
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
        lab.wait(60)
    return desired(lab)


@proof
def queue_metric(lab: ProofLab, option: Options) -> None:
    """100 messages, of which a task can have ten before it: try what each metric brings."""
    on_fargate(lab, 1)
    lab.set_load("shop", "web", vcpus=0.05)
    track(lab, 50, CPU)
    lab.wait(HALF_AN_HOUR_S)
    option("The average CPU").holds_if(desired(lab) == 10, f"CPU: {desired(lab)} tasks wanted")
    track(lab, 10, BACKLOG)
    found = settled_with(lab, 100, shared=True)
    option("The messages in the queue for").holds_if(found in (10, 11), f"{found} tasks wanted")
    found = settled_with(lab, 100, shared=False)
    option("The number of messages").holds_if(found in (10, 11), f"{found} tasks wanted")


@proof
def queue_target(lab: ProofLab, option: Options) -> None:
    """1,200 messages and a target of 120 messages a task."""
    on_fargate(lab, 10)
    track(lab, 60 / 0.5, BACKLOG)
    found = settled_with(lab, 1200, shared=True)
    counts = {"2 tasks": 2, "10 tasks": 10, "20 tasks": 20, "40 tasks": 40}
    option.values(found, counts, "{} tasks are wanted")


@proof
def stuck_high(lab: ProofLab, option: Options) -> None:
    """Four busy tasks, a deployment that cannot end, and then no load."""
    on_fargate(lab, 4, **STEADY)
    track(lab, 50, CPU)
    ecs = lab.client("ecs")
    both = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    changes = {"deploymentConfiguration": both, "forceNewDeployment": True}
    ecs.update_service(cluster="shop", service="web", **changes)
    lab.set_load("shop", "web", vcpus=0.1)
    lab.wait(2 * HALF_AN_HOUR_S)
    stuck = desired(lab)
    policies = lab.client("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="ecs"
    )["ScalingPolicies"]
    option("A deployment removes").holds_if(not policies, f"{len(policies)} policy is there")
    wide = {"minimumHealthyPercent": 100, "maximumPercent": 200}
    ecs.update_service(cluster="shop", service="web", deploymentConfiguration=wide)
    lab.wait(2 * HALF_AN_HOUR_S)
    found = f"{stuck} tasks during the deployment, {desired(lab)} after it"
    option("Scale-in is switched off").holds_if(stuck == 4 and desired(lab) == 1, found)
    option("Target tracking never").holds_if(desired(lab) == 4, found)


@proof
def long_job(lab: ProofLab, option: Options) -> None:
    """Three tasks, one of them protected, and a desired count of none."""
    on_fargate(lab, 3)
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"]
    ecs.update_task_protection(cluster="shop", tasks=arns[:1], protectionEnabled=True)
    ecs.update_service(cluster="shop", service="web", desiredCount=0)
    lab.wait(3600)
    running = [task["taskArn"] for task in scene.tasks(lab, serviceName="web")]
    found = f"{len(running)} task runs an hour later"
    option("It turns task scale-in").holds_if(running == arns[:1], found)


@proof
def protection_ends(lab: ProofLab, option: Options) -> None:
    """A protected task that nobody wants: how many minutes does it run on?"""
    on_fargate(lab, 1)
    ecs = lab.client("ecs")
    arns = ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"]
    ecs.update_task_protection(cluster="shop", tasks=arns, protectionEnabled=True)
    ecs.update_service(cluster="shop", service="web", desiredCount=0)
    minutes = 0
    while scene.tasks(lab, serviceName="web") and minutes < 300:
        lab.wait(600)
        minutes += 10
    found = f"it has ended after {minutes} minutes"
    option("The task is protected until").holds_if(minutes >= 300, found)
    option("The task is protected for thirty").holds_if(minutes <= 40, found)
    option("The task is protected for forty").holds_if(minutes >= 300, found)
    option("The task is protected for two").holds_if(110 <= minutes <= 140, found)


@proof
def zone_balance(lab: ProofLab, option: Options) -> None:
    """Ask for a service with rebalancing and each of two maximum percentages."""
    scene.cluster(lab, instances=2)
    scene.definition(lab)
    refusals = {}
    for most in (100, 150):
        bounds = {"minimumHealthyPercent": 50, "maximumPercent": most}
        refusals[most] = scene.refusal(
            lab.client("ecs").create_service,
            cluster="shop",
            serviceName=f"web-{most}",
            taskDefinition="web",
            desiredCount=2,
            launchType="EC2",
            deploymentConfiguration=bounds,
            availabilityZoneRebalancing="ENABLED",
        )
    right = bool(refusals[100]) and not refusals[150]
    option("Rebalancing starts a task").holds_if(right, refusals[100])
    option("Rebalancing needs a load").holds_if(bool(refusals[150]), refusals[150] or "accepted")


@proof
def follows_the_load(lab: ProofLab, option: Options) -> None:
    """A shop of four tasks at least, an hour with ten times the work, and a quiet night after."""
    on_fargate(lab, count=4)
    track(lab, 50, CPU, least=4)
    lab.set_load("shop", "web", vcpus=18)
    lab.wait(2 * HALF_AN_HOUR_S)
    most = desired(lab)
    lab.set_load("shop", "web", vcpus=0.4)
    lab.wait(6 * HALF_AN_HOUR_S)
    found = f"{most} tasks in the sale, {desired(lab)} after it"
    option("Elasticity").holds_if(most > 30 and desired(lab) == 4, found)
