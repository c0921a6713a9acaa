"""An ECS without moto: the engine alone, with what tests need to say things shortly."""

from __future__ import annotations

from typing import Any

from ecs_lab.engine.clock import Clock
from ecs_lab.engine.ecs import Ecs
from ecs_lab.engine.surroundings import Surroundings

START_S = 1_000_000.0
SUBNETS = ["subnet-a", "subnet-b", "subnet-c"]
VPC = {"awsvpcConfiguration": {"subnets": SUBNETS, "securityGroups": ["sg-1"]}}


class Town:
    """An engine with a cluster `shop` and short ways to fill it."""

    def __init__(self, seed: int = 0, surroundings: Surroundings | None = None) -> None:
        self.ecs = Ecs(Clock(START_S), surroundings, seed=seed)
        self.call = self.ecs.call
        self.clock = self.ecs.clock
        self.call("CreateCluster", clusterName="shop")

    def define(self, family: str = "web", **changes: Any) -> str:
        """Register a bridge-mode definition of 128 CPU units and 256 MiB; gives family:revision."""
        container = {"name": "web", "image": "nginx", "cpu": 128, "memory": 256}
        container |= changes.pop("container", {})
        made = self.call(
            "RegisterTaskDefinition", family=family, containerDefinitions=[container], **changes
        )["taskDefinition"]
        return f"{made['family']}:{made['revision']}"

    def define_fargate(self, family: str = "web", **container: Any) -> str:
        """Register a Fargate definition of 0.25 vCPU and 512 MiB; gives family:revision."""
        return self.define(
            family,
            container={"cpu": 0, **container},
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
        )

    def instance(
        self,
        zone: str = "a",
        cpu: int = 1024,
        memory: int = 1024,
        slots: int = 3,
        ec2_id: str | None = None,
    ) -> str:
        """Register a container instance; gives its ARN."""
        ec2_id = ec2_id or f"i-{len(self.ecs.state.history):04d}"
        made = self.call(
            "RegisterContainerInstance",
            cluster="shop",
            instanceIdentityDocument=f'{{"instanceId": "{ec2_id}"}}',
            totalResources=[
                {"name": "CPU", "integerValue": cpu},
                {"name": "MEMORY", "integerValue": memory},
                {"name": "PORTS", "stringSetValue": ["22", "2375", "2376", "51678", "51679"]},
            ],
            attributes=[
                {"name": "ecs.availability-zone", "value": f"us-east-1{zone}"},
                *({"name": name} for name in CAPABILITIES),
            ],
        )["containerInstance"]
        found = self.ecs.state.clusters["shop"].container_instances
        found[made["containerInstanceArn"].rpartition("/")[2]].interface_slots = slots
        return str(made["containerInstanceArn"])

    def service(self, name: str = "web", desired: int = 2, **request: Any) -> dict[str, Any]:
        """Create a service in `shop`; gives its description."""
        request = {"taskDefinition": "web", "launchType": "EC2", **request}
        if request["launchType"] == "FARGATE":
            request.setdefault("networkConfiguration", VPC)
        made = self.call(
            "CreateService", cluster="shop", serviceName=name, desiredCount=desired, **request
        )
        described: dict[str, Any] = made["service"]
        return described

    def described(self, name: str = "web") -> dict[str, Any]:
        """A service as DescribeServices shows it."""
        answer = self.call("DescribeServices", cluster="shop", services=[name])
        found: dict[str, Any] = answer["services"][0]
        return found

    def tasks(self, **filters: Any) -> list[dict[str, Any]]:
        """The tasks that ListTasks gives, described."""
        arns = self.call("ListTasks", cluster="shop", **filters)["taskArns"]
        if not arns:
            return []
        found: list[dict[str, Any]] = self.call("DescribeTasks", cluster="shop", tasks=arns)[
            "tasks"
        ]
        return found

    def history(self, kind: str) -> list[tuple[float, str]]:
        """(seconds since the start, what happened) of one kind."""
        return [(h.at_s - START_S, h.what) for h in self.ecs.state.history if h.kind == kind]

    def messages(self, name: str = "web") -> list[str]:
        """A service's events, oldest first, without the ids in them."""
        events = reversed(self.described(name)["events"])
        return [each["message"].partition(": (task")[0] for each in events]


CAPABILITIES = (
    "ecs.capability.task-eni",
    "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "com.amazonaws.ecs.capability.task-iam-role",
    "com.amazonaws.ecs.capability.ecr-auth",
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "com.amazonaws.ecs.capability.docker-remote-api.1.17",
    "com.amazonaws.ecs.capability.docker-remote-api.1.18",
    "com.amazonaws.ecs.capability.docker-remote-api.1.19",
    "com.amazonaws.ecs.capability.docker-remote-api.1.21",
    "com.amazonaws.ecs.capability.docker-remote-api.1.24",
    "com.amazonaws.ecs.capability.docker-remote-api.1.29",
)
