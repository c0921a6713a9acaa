"""A load balancer with two target groups and two listeners, for blue/green deployments."""

from __future__ import annotations

from typing import Any

from ecs_lab import Lab

Shape = dict[str, Any]


class Stage:
    """A lab with a cluster `shop`, task definitions `web:1` and `web:2`, and a load balancer."""

    def __init__(self, lab: Lab, kind: str = "application") -> None:
        self.lab = lab
        self.protocol = {"application": "HTTP", "network": "TCP"}[kind]
        self.ecs, self.elb = lab.client("ecs"), lab.client("elbv2")
        self.ecs.create_cluster(clusterName="shop")
        for _ in range(2):
            self._define()
        balancer = self.elb.create_load_balancer(
            Name="front", Subnets=list(lab.network.public_subnets), Type=kind
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.blue, self.green = (self._group(name) for name in ("blue", "green"))
        self.production, self.test = (self._listener(balancer, port) for port in (80, 8080))

    def _define(self) -> None:
        self.ecs.register_task_definition(
            family="web",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[
                {"name": "web", "image": "nginx", "portMappings": [{"containerPort": 80}]}
            ],
        )

    def _group(self, name: str) -> str:
        made = self.elb.create_target_group(
            Name=name,
            Protocol=self.protocol,
            Port=80,
            VpcId=self.lab.network.vpc_id,
            TargetType="ip",
        )["TargetGroups"][0]
        arn = str(made["TargetGroupArn"])
        self.elb.modify_target_group_attributes(
            TargetGroupArn=arn,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "10"}],
        )
        return arn

    def _listener(self, balancer: str, port: int) -> str:
        made = self.elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol=self.protocol,
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.blue}],
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def rule(self, listener: str) -> str:
        """The ARN of the listener's default rule."""
        rules = self.elb.describe_rules(ListenerArn=listener)["Rules"]
        return str(next(each["RuleArn"] for each in rules if each["IsDefault"]))

    def create(self, **request: Any) -> None:
        """Create the service `web` of two tasks of `web:1` in the blue group; wait for it."""
        advanced = request.pop("advanced", None)
        balancer = {"targetGroupArn": self.blue, "containerName": "web", "containerPort": 80}
        if advanced:
            balancer["advancedConfiguration"] = advanced
        network = self.lab.network
        self.ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition="web:1",
            desiredCount=2,
            launchType="FARGATE",
            loadBalancers=[balancer],
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": list(network.public_subnets),
                    "securityGroups": [network.security_groups["web"]],
                    "assignPublicIp": "ENABLED",
                }
            },
            **request,
        )
        self.lab.settle()

    def weights(self, listener: str) -> tuple[int, int]:
        """The weights of blue and green in a listener; no weights before the first shift."""
        actions = self.elb.describe_rules(ListenerArn=listener)["Rules"][0]["Actions"]
        groups = actions[0].get("ForwardConfig", {"TargetGroups": []})["TargetGroups"]
        found = {each["TargetGroupArn"]: each["Weight"] for each in groups}
        return found.get(self.blue, 0), found.get(self.green, 0)

    def service(self) -> Shape:
        """The service as DescribeServices shows it."""
        shown: Shape = self.ecs.describe_services(cluster="shop", services=["web"])["services"][0]
        return shown

    def definitions(self) -> list[str]:
        """The task definitions of the tasks that are to run."""
        arns = self.ecs.list_tasks(cluster="shop")["taskArns"]
        found = self.ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]
        return sorted(each["taskDefinitionArn"].rpartition("/")[2] for each in found)

    def targets(self, group: str) -> int:
        """How many targets of a group are healthy."""
        found = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return sum(each["TargetHealth"]["State"] == "healthy" for each in found)
