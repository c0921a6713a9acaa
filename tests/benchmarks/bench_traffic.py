"""How long requests through the lab take, beside a plain call of the same app in the same run.

    python tests/benchmarks/bench_traffic.py

Prints a table in Markdown: what, seconds, and the peer's where there is one. Nothing here asserts a
time, because machines are noisy.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from typing import Any

from ecs_lab import Lab

REQUESTS = 1000
MANY_TASKS = 1000


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A small web app."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


def plain_calls() -> None:
    """The peer: the app called as a WSGI server would, without a socket."""
    for _ in range(REQUESTS):
        app({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda status, headers: None)


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


class Site:
    """A lab with an Application Load Balancer in front of so many Fargate tasks."""

    def __init__(self, tasks: int, *, image: bool) -> None:
        self.lab = lab = Lab()
        elb, ecs, ec2 = lab.client("elbv2"), lab.client("ecs"), lab.client("ec2")
        vpc = lab.network.vpc_id
        subnets = [
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{block}.0/20", AvailabilityZone=lab.network.zones[zone]
            )["Subnet"]["SubnetId"]
            for zone, block in enumerate((64, 80))
        ]
        of_private = [{"Name": "association.subnet-id", "Values": lab.network.private_subnets[:1]}]
        table = ec2.describe_route_tables(Filters=of_private)["RouteTables"][0]["RouteTableId"]
        for each in subnets:
            ec2.associate_route_table(RouteTableId=table, SubnetId=each)
        group = elb.create_target_group(
            Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        balancer = elb.create_load_balancer(
            Name="web",
            Subnets=lab.network.public_subnets[:2],
            SecurityGroups=[lab.network.security_groups["web"]],
        )["LoadBalancers"][0]
        elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        self.url = f"http://{balancer['DNSName']}/"
        ecs.create_cluster(clusterName="shop")
        ecs.register_task_definition(
            family="web",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=lab.roles["ecsTaskExecutionRole"],
            containerDefinitions=[
                {
                    "name": "web",
                    "image": lab.registry.push("web:1", app) if image else "nginx",
                    "portMappings": [{"containerPort": 80}],
                }
            ],
        )
        network = {
            "subnets": lab.network.private_subnets[:2] if tasks < 400 else subnets,
            "securityGroups": [lab.network.security_groups["tasks"]],
        }
        ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition="web",
            desiredCount=tasks,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
            loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 80}],
        )

    def ask(self) -> None:
        """Send the requests, one after the other."""
        for _ in range(REQUESTS):
            self.lab.http.get(self.url)


def main() -> None:
    """Measure, and print the table."""
    rows: list[tuple[str, float, float | None]] = []
    site = Site(10, image=True)
    site.lab.settle()
    site.ask()
    peer = seconds(plain_calls)
    rows.append((f"{REQUESTS:,} requests through an ALB to 10 tasks", seconds(site.ask), peer))
    load = seconds(lambda: site.lab.load("web", rps=100, seconds=100))
    rows.append(("lab.load of 10,000 requests in 100 s", load, None))
    site.lab.close()
    many = Site(MANY_TASKS, image=False)
    rows.append((f"{MANY_TASKS:,} tasks start behind an ALB", seconds(many.lab.settle), None))
    hour = seconds(lambda: many.lab.wait(3600))
    rows.append((f"an hour of health checks of {MANY_TASKS:,} targets", hour, None))
    rows.append((f"{REQUESTS:,} requests to {MANY_TASKS:,} tasks", seconds(many.ask), None))
    many.lab.close()
    print(f"{platform.python_implementation()} {platform.python_version()}\n")
    print("| what | seconds | plain WSGI call |\n| --- | ---: | ---: |")
    for what, took, other in rows:
        print(f"| {what} | {took:.3f} | {'' if other is None else f'{other:.4f}'} |")


if __name__ == "__main__":
    main()
