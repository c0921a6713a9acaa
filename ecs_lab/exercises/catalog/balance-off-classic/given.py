"""What balance-off-classic gives: a service on EC2 behind a Classic Load Balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def build(lab: Lab) -> None:
    """Two instances, one port of theirs that all know, and a load balancer that sends there."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName=variant.cluster)
    classic(lab)
    for subnet in lab.network.private_subnets[:2]:
        groups = [lab.network.security_groups["instances"]]
        config = f"ECS_CLUSTER={variant.cluster}"
        scene.launch(lab, config, SubnetId=subnet, SecurityGroupIds=groups)
    lab.wait(scene.BOOT_S)
    ports = [{"containerPort": 80, "hostPort": variant.port}]
    scene.definition(lab, clinic.web(portMappings=ports))
    balancer = {"loadBalancerName": "old", "containerName": "web", "containerPort": 80}
    ecs.create_service(
        cluster=variant.cluster, serviceName="web", taskDefinition="web", desiredCount=2,
        launchType="EC2", loadBalancers=[balancer],
    )  # fmt: skip
    lab.wait(clinic.FIVE_MINUTES_S)


def classic(lab: Lab) -> None:
    """The Classic Load Balancer `old`, and the instances' port opened to it."""
    elb, web = lab.client("elb"), lab.network.security_groups["web"]
    elb.create_load_balancer(
        LoadBalancerName="old",
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": variant.port}],
        Subnets=lab.network.public_subnets[:2],
        SecurityGroups=[web],
    )
    times = {"Interval": 10, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 2}
    check = {"Target": f"HTTP:{variant.port}/", **times}
    elb.configure_health_check(LoadBalancerName="old", HealthCheck=check)
    rule = {"IpProtocol": "tcp", "FromPort": variant.port, "ToPort": variant.port}
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=lab.network.security_groups["instances"],
        IpPermissions=[{**rule, "UserIdGroupPairs": [{"GroupId": web}]}],
    )
