"""Draws docs/lab.svg, the README's picture: a shop on EC2, with a new service on Fargate.

To draw it: python tools/readme_picture.py
"""

from __future__ import annotations

from pathlib import Path

from ecs_lab import Lab

PLACE = Path(__file__).resolve().parent.parent / "docs" / "lab.svg"
USER_DATA = "#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n"


def shop(lab: Lab) -> None:
    """Two instances with a service of four, and a Fargate service of three."""
    ecs, ec2, network = lab.client("ecs"), lab.client("ec2"), lab.network
    ecs.create_cluster(clusterName="shop")
    for subnet in network.public_subnets[:2]:
        ec2.run_instances(
            ImageId=lab.ecs_ami,
            InstanceType="t3.small",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            IamInstanceProfile={"Name": "ecsInstanceRole"},
            UserData=USER_DATA,
        )
    lab.wait(90)
    port = {"containerPort": 80, "hostPort": 0}
    ecs.register_task_definition(
        family="web",
        containerDefinitions=[
            {"name": "web", "image": "nginx", "cpu": 256, "memory": 256, "portMappings": [port]}
        ],
    )
    ecs.register_task_definition(
        family="api",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=lab.roles["ecsTaskExecutionRole"],
        containerDefinitions=[{"name": "api", "image": "httpd"}],
    )
    ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=4)
    lab.settle()
    lab.diagram()
    groups = [network.security_groups["tasks"]]
    vpc = {"subnets": list(network.private_subnets), "securityGroups": groups}
    ecs.create_service(
        cluster="shop",
        serviceName="api",
        taskDefinition="api",
        desiredCount=3,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": vpc},
    )
    lab.settle()


def main() -> None:
    """Draw and save."""
    with Lab() as lab:
        shop(lab)
        picture = lab.diagram(title="A shop on EC2 and Fargate; what is new stands out")
        picture.save(PLACE, overwrite=True)


if __name__ == "__main__":
    main()
