"""Target groups of the lab: what DescribeTargetHealth tells as time passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ecs_lab import Lab

HEALTHY = ("healthy", None, None)
REGISTERING = ("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
DRAINING = (
    "draining",
    "Target.DeregistrationInProgress",
    "Target deregistration is in progress",
)
FAILED = ("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
TIMED_OUT = ("unhealthy", "Target.Timeout", "Request timed out")
NOT_FOUND = (
    "unhealthy",
    "Target.ResponseCodeMismatch",
    "Health checks failed with these codes: [404]",
)
NOT_IN_USE = (
    "unused",
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)
NOT_REGISTERED = (
    "unused",
    "Target.NotRegistered",
    "Target is not registered to the target group",
)
ZONE_NOT_ENABLED = (
    "unused",
    "Target.NotInUse",
    "Target is in an Availability Zone that is not enabled for the load balancer",
)


def default_group(lab: Lab) -> str:
    """The id of the VPC's default security group, whose members reach one another."""
    of_vpc = [{"Name": "vpc-id", "Values": [lab.network.vpc_id]}]
    groups = lab.client("ec2").describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    return next(str(each["GroupId"]) for each in groups if each["GroupName"] == "default")


class Site:
    """A lab with a cluster `shop`, an Application Load Balancer in two zones and a target group."""

    def __init__(self, lab: Lab, **target_group: Any) -> None:
        self.lab = lab
        self.ecs, self.elb = lab.client("ecs"), lab.client("elbv2")
        self.group = self.target_group("web", **target_group)
        self.balancer = self.elb.create_load_balancer(
            Name="web", Subnets=lab.network.public_subnets[:2]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.elb.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )
        self.ecs.create_cluster(clusterName="shop")

    def target_group(self, name: str, **changes: Any) -> str:
        """Make a target group of addresses; gives its ARN."""
        request = {"Protocol": "HTTP", "Port": 80, "TargetType": "ip", **changes}
        made = self.elb.create_target_group(Name=name, VpcId=self.lab.network.vpc_id, **request)
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def service(self, *, zones: slice = slice(2), grace_s: int = 0, **container: Any) -> None:
        """A Fargate service `web` behind the target group, in the first two zones."""
        container = {
            "name": "web",
            "image": "nginx",
            "portMappings": [{"containerPort": 80}],
            **container,
        }
        self.ecs.register_task_definition(
            family="web",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[container],
        )
        vpc = {"subnets": self.lab.network.public_subnets[zones], "assignPublicIp": "ENABLED"}
        self.ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition="web",
            desiredCount=1,
            healthCheckGracePeriodSeconds=grace_s,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": vpc},
            loadBalancers=[
                {"targetGroupArn": self.group, "containerName": "web", "containerPort": 80}
            ],
        )

    def health(self, *targets: dict[str, Any]) -> list[tuple[Any, ...]]:
        """(state, reason, description) of each target, taking no time."""
        request: dict[str, Any] = {"Targets": list(targets)} if targets else {}
        with self.lab.quiet():
            answer = self.elb.describe_target_health(TargetGroupArn=self.group, **request)
        found = [each["TargetHealth"] for each in answer["TargetHealthDescriptions"]]
        return [(h["State"], h.get("Reason"), h.get("Description")) for h in found]

    def until_registered(self) -> None:
        """Wait for the first target."""
        for _ in range(120):
            if self.health():
                return
            self.lab.wait(1)
        pytest.fail("no target was registered within two minutes")

    def events(self) -> list[str]:
        """The service's events, oldest first."""
        described = self.ecs.describe_services(cluster="shop", services=["web"])
        return [each["message"] for each in reversed(described["services"][0]["events"])]


def test_target_is_healthy_after_one_health_check(lab: Lab) -> None:
    """initial while it is registered, healthy with the first check that passes."""
    site = Site(lab)
    site.service()
    site.until_registered()
    assert site.health() == [REGISTERING]
    lab.wait(3)
    assert site.health() == [HEALTHY]
    lab.settle()
    assert site.events()[-1] == "(service web) has reached a steady state."


def test_target_that_does_not_answer_is_unhealthy_and_replaced(lab: Lab) -> None:
    """A container that only sleeps: its task is stopped, and the next one is no better."""
    site = Site(lab, HealthCheckIntervalSeconds=10, UnhealthyThresholdCount=2)
    site.service(command=["sleep", "86400"])
    site.until_registered()
    lab.wait(4)
    assert site.health()[0][:2] == ("initial", "Elb.InitialHealthChecking")
    lab.wait(10)
    assert site.health()[0] == FAILED
    lab.wait(600)
    stopped = site.ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    task = site.ecs.describe_tasks(cluster="shop", tasks=stopped[:1])["tasks"][0]
    reason = f"Task failed ELB health checks in (target-group {site.group})"
    assert task["stoppedReason"] == reason
    name = task["taskArn"].rpartition("/")[2]
    assert (
        f"(service web) (task {name}) (port 80) is unhealthy in (target-group {site.group}) due "
        "to (reason Health checks failed)"
    ) in site.events()


def test_matcher_and_path_decide_what_is_healthy(lab: Lab) -> None:
    """nginx has no page /health: 404 fails, unless the matcher takes it."""
    site = Site(lab, HealthCheckPath="/health", HealthCheckIntervalSeconds=5)
    site.service(grace_s=600)
    site.until_registered()
    lab.wait(9)
    assert site.health()[0] == NOT_FOUND
    site.elb.modify_target_group(
        TargetGroupArn=site.group, Matcher={"HttpCode": "200-299,404"}, HealthyThresholdCount=3
    )
    lab.wait(8)
    assert site.health()[0] == NOT_FOUND
    lab.wait(10)
    assert site.health()[0] == HEALTHY


def test_network_load_balancer_asks_only_for_a_connection(lab: Lab) -> None:
    """A target group of TCP takes any answer."""
    site = Site(lab)
    site.group = site.target_group("tcp", Protocol="TCP")
    balancer = site.elb.create_load_balancer(
        Name="net",
        Type="network",
        Subnets=lab.network.public_subnets[:2],
        SecurityGroups=[default_group(lab)],
    )["LoadBalancers"][0]["LoadBalancerArn"]
    site.elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="TCP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": site.group}],
    )
    site.service()
    lab.settle()
    assert site.health() == [HEALTHY]


def test_deregistered_target_drains_for_the_deregistration_delay(lab: Lab) -> None:
    """draining for as long as the attribute says, and its containers run on; then it is gone."""
    site = Site(lab)
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "60"}
    site.elb.modify_target_group_attributes(TargetGroupArn=site.group, Attributes=[delay])
    site.service()
    lab.settle()
    address = site.elb.describe_target_health(TargetGroupArn=site.group)
    target = address["TargetHealthDescriptions"][0]["Target"]
    arn = site.ecs.list_tasks(cluster="shop")["taskArns"][0]
    site.ecs.update_service(cluster="shop", service="web", desiredCount=0)
    lab.wait(50)
    assert site.health() == [DRAINING]
    task = site.ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"][0]
    assert (task["lastStatus"], task["containers"][0]["lastStatus"]) == ("DEACTIVATING", "RUNNING")
    lab.wait(30)
    assert site.health() == []
    assert site.health(target) == [NOT_REGISTERED]
    task = site.ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"][0]
    assert (task["lastStatus"], task["containers"][0]["exitCode"]) == ("STOPPED", 0)


def test_target_group_without_listener_is_not_in_use(lab: Lab) -> None:
    """A target that no load balancer forwards to is unused, whoever registered it."""
    site = Site(lab)
    site.group = site.target_group("spare")
    site.elb.register_targets(TargetGroupArn=site.group, Targets=[{"Id": "10.0.0.99"}])
    lab.wait(60)
    assert site.health() == [NOT_IN_USE]


def test_target_in_a_zone_without_load_balancer_is_unused(lab: Lab) -> None:
    """The load balancer is in two zones, the task in the third."""
    site = Site(lab)
    site.service(zones=slice(2, 3))
    site.until_registered()
    assert site.health() == [ZONE_NOT_ENABLED]


def test_target_registered_by_hand_reaches_the_task_that_listens_there(lab: Lab) -> None:
    """RegisterTargets with a task's address is healthy; one that nobody has times out."""
    site = Site(lab)
    site.service()
    lab.settle()
    answer = site.elb.describe_target_health(TargetGroupArn=site.group)
    address = answer["TargetHealthDescriptions"][0]["Target"]["Id"]
    other = site.target_group("other", HealthCheckIntervalSeconds=5)
    site.elb.create_listener(
        LoadBalancerArn=site.balancer,
        Protocol="HTTP",
        Port=8080,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": other}],
    )
    site.group = other
    targets = [{"Id": address, "Port": 80}, {"Id": "10.0.0.200", "Port": 80}]
    site.elb.register_targets(TargetGroupArn=other, Targets=targets)
    lab.wait(30)
    assert site.health(*targets) == [HEALTHY, TIMED_OUT]


def test_bridge_tasks_on_one_instance_are_targets_by_their_ports(lab: Lab) -> None:
    """Two tasks with dynamic host ports: one instance id, two ports, both healthy."""
    site = Site(lab)
    site.group = site.target_group("instances", TargetType="instance")
    site.elb.create_listener(
        LoadBalancerArn=site.balancer,
        Protocol="HTTP",
        Port=8080,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": site.group}],
    )
    lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.public_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config",
    )
    lab.wait(180)
    container = {
        "name": "web",
        "image": "nginx",
        "memory": 128,
        "portMappings": [{"containerPort": 80, "hostPort": 0}],
    }
    site.ecs.register_task_definition(family="web", containerDefinitions=[container])
    site.ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        loadBalancers=[{"targetGroupArn": site.group, "containerName": "web", "containerPort": 80}],
    )
    lab.settle()
    answer = site.elb.describe_target_health(TargetGroupArn=site.group)
    targets = [each["Target"] for each in answer["TargetHealthDescriptions"]]
    assert len({each["Id"] for each in targets}) == 1
    assert len({each["Port"] for each in targets}) == 2
    assert site.health() == [HEALTHY, HEALTHY]


def test_classic_load_balancer_gets_the_tasks_instance(lab: Lab) -> None:
    """A bridge task's container instance is registered with a Classic Load Balancer by name."""
    elb, ecs = lab.client("elb"), lab.client("ecs")
    port = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}
    elb.create_load_balancer(
        LoadBalancerName="old",
        Listeners=[port],
        Subnets=lab.network.public_subnets[:1],
        SecurityGroups=[default_group(lab)],
    )
    check = {"Interval": 10, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 2}
    elb.configure_health_check(
        LoadBalancerName="old", HealthCheck={"Target": "HTTP:8080/index.html", **check}
    )
    ecs.create_cluster(clusterName="shop")
    made = lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.network.public_subnets[0],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config",
    )["Instances"][0]
    lab.wait(180)
    container = {
        "name": "web",
        "image": "nginx",
        "memory": 128,
        "portMappings": [{"containerPort": 80, "hostPort": 8080}],
    }
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        loadBalancers=[{"loadBalancerName": "old", "containerName": "web", "containerPort": 80}],
    )
    lab.settle()
    states = elb.describe_instance_health(LoadBalancerName="old")["InstanceStates"]
    assert [(each["InstanceId"], each["State"]) for each in states] == [
        (made["InstanceId"], "InService")
    ]
    events = ecs.describe_services(cluster="shop", services=["web"])["services"][0]["events"]
    assert "(service web) registered 1 instances in (elb old)" in [e["message"] for e in events]


def test_copy_of_a_lab_has_targets_of_its_own(lab: Lab) -> None:
    """What becomes of a target in a copy leaves the original as it is."""
    site = Site(lab)
    site.service()
    lab.settle()
    with lab.copy() as other:
        copied = other.client("ecs")
        copied.update_service(cluster="shop", service="web", desiredCount=0)
        other.wait(60)
        answer = other.client("elbv2").describe_target_health(TargetGroupArn=site.group)
        state = answer["TargetHealthDescriptions"][0]["TargetHealth"]["State"]
        assert state == "draining"
    assert site.health() == [HEALTHY]


def test_snapshot_shows_load_balancers_and_their_targets(lab: Lab) -> None:
    """What pictures need: listeners' target groups, zones, and the health of each target."""
    site = Site(lab)
    site.service()
    lab.settle()
    taken = lab.snapshot()
    balancer, group = taken["loadBalancers"][0], taken["targetGroups"][0]
    assert (balancer["LoadBalancerName"], balancer["Type"]) == ("web", "application")
    assert balancer["Listeners"] == [
        {"Port": 80, "Protocol": "HTTP", "TargetGroupArns": [site.group]}
    ]
    assert group["LoadBalancerArns"] == [site.balancer]
    assert [each["TargetHealth"]["State"] for each in group["Targets"]] == ["healthy"]
