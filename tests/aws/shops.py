"""A shop to send requests to: an Application Load Balancer in two zones, and services behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecs_lab import Lab


class Shop:
    """A lab with a cluster `shop`, a load balancer `web` and a target group `web` of addresses."""

    def __init__(
        self,
        lab: Lab,
        *,
        groups: Sequence[str] | None = None,
        kind: str = "application",
        **target_group: Any,
    ) -> None:
        self.lab = lab
        self.ecs, self.elb = lab.client("ecs"), lab.client("elbv2")
        protocol = "HTTP" if kind == "application" else "TCP"
        self.group = self.target_group("web", **{"Protocol": protocol, **target_group})
        made = self.elb.create_load_balancer(
            Name="web",
            Type=kind,
            Subnets=lab.network.public_subnets[:2],
            SecurityGroups=groups or [lab.network.security_groups["web"]],
        )["LoadBalancers"][0]
        self.balancer, self.dns_name = str(made["LoadBalancerArn"]), str(made["DNSName"])
        self.listener = self.listen(80, self.group, protocol)
        self.ecs.create_cluster(clusterName="shop")

    @property
    def url(self) -> str:
        """The load balancer's address."""
        return f"http://{self.dns_name}/"

    def target_group(self, name: str, **changes: Any) -> str:
        """Make a target group of addresses; gives its ARN."""
        request = {"Protocol": "HTTP", "Port": 80, "TargetType": "ip", **changes}
        made = self.elb.create_target_group(Name=name, VpcId=self.lab.network.vpc_id, **request)
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def listen(self, port: int, group: str, protocol: str = "HTTP", **more: Any) -> str:
        """Make a listener that forwards to a target group; gives its ARN."""
        made = self.elb.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol=protocol,
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            **more,
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def rule(self, priority: int, conditions: list[dict[str, Any]], *actions: Any) -> str:
        """Make a rule of the listener on port 80; gives its ARN."""
        made = self.elb.create_rule(
            ListenerArn=self.listener,
            Priority=priority,
            Conditions=conditions,
            Actions=list(actions),
        )
        return str(made["Rules"][0]["RuleArn"])

    def service(
        self,
        name: str = "web",
        *,
        group: str | None = None,
        count: int = 1,
        groups: Sequence[str] | None = None,
        grace_s: int = 0,
        port: int = 80,
        subnets: Sequence[str] | None = None,
        settings: dict[str, Any] | None = None,
        **container: Any,
    ) -> None:
        """A Fargate service behind a target group, in the load balancer's two zones."""
        container = {
            "name": name,
            "image": "nginx",
            "portMappings": [{"containerPort": port, "name": "http"}],
            **container,
        }
        self.ecs.register_task_definition(
            family=name,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=self.lab.roles["ecsTaskExecutionRole"],
            containerDefinitions=[container],
        )
        vpc = {
            "subnets": subnets or self.lab.network.public_subnets[:2],
            "assignPublicIp": "ENABLED",
            "securityGroups": groups or [self.lab.network.security_groups["tasks"]],
        }
        target = {"targetGroupArn": group or self.group}
        balancers = [{**target, "containerName": name, "containerPort": port}]
        self.ecs.create_service(
            cluster="shop",
            serviceName=name,
            taskDefinition=name,
            desiredCount=count,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": vpc},
            **(
                {"loadBalancers": balancers, "healthCheckGracePeriodSeconds": grace_s}
                if group != ""
                else {}
            ),
            **(settings or {}),
        )

    def tasks(self, name: str = "web") -> list[str]:
        """The ARNs of a service's tasks."""
        with self.lab.quiet():
            return list(self.ecs.list_tasks(cluster="shop", serviceName=name)["taskArns"])

    def health(self, group: str | None = None) -> list[tuple[Any, ...]]:
        """(state, reason, description) of each target that is not draining, taking no time."""
        with self.lab.quiet():
            answer = self.elb.describe_target_health(TargetGroupArn=group or self.group)
        found = [each["TargetHealth"] for each in answer["TargetHealthDescriptions"]]
        told = [(h["State"], h.get("Reason"), h.get("Description")) for h in found]
        return [each for each in told if each[0] != "draining"]

    def attributes(self, group: str | None = None, **changes: object) -> None:
        """Change attributes of a target group; `__` stands for a dot."""
        pairs = [{"Key": k.replace("__", "."), "Value": str(v)} for k, v in changes.items()]
        self.elb.modify_target_group_attributes(
            TargetGroupArn=group or self.group, Attributes=pairs
        )
