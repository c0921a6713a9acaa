"""What network-host-ports gives: a service in host mode that wants two tasks on each instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecs_lab.exercises import clinic
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab


def front(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer every request."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"good day"]


def let_in(lab: Lab) -> None:
    """Let the load balancer in on the application's port of the instances."""
    pair = {"IpProtocol": "tcp", "FromPort": variant.port, "ToPort": variant.port}
    source = {"UserIdGroupPairs": [{"GroupId": lab.network.security_groups["web"]}]}
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=lab.network.security_groups["instances"], IpPermissions=[pair | source]
    )


def build(lab: Lab) -> None:
    """A service in host mode that wants two tasks on each of its instances."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName=variant.cluster)
    let_in(lab)
    for subnet in lab.network.private_subnets[:2]:
        groups = [lab.network.security_groups["instances"]]
        config = f"ECS_CLUSTER={variant.cluster}"
        scene.launch(lab, config, SubnetId=subnet, SecurityGroupIds=groups)
    lab.wait(scene.BOOT_S)
    image = lab.registry.push("web:1", front, port=variant.port)
    web = clinic.web(image=image, portMappings=[{"containerPort": variant.port}])
    scene.definition(lab, web, networkMode="host")
    group = clinic.target_group(lab, TargetType="instance", Port=variant.port)
    ecs.create_service(
        cluster=variant.cluster,
        serviceName="web",
        taskDefinition="web",
        desiredCount=4,
        launchType="EC2",
        loadBalancers=clinic.targets(group, variant.port),
    )
    lab.wait(clinic.FIVE_MINUTES_S)
