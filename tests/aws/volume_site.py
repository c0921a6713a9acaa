"""File systems, and tasks that mount them, built by boto3, for the tests of volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecs_lab import Lab
    from ecs_lab.engine.model import Task
    from ecs_lab.runtime.files import Files

CLUSTER = "shop"


class Site:
    """A cluster `shop`, and an EFS file system with mount targets in zones a and b that tasks of
    the group `tasks` may reach.
    """

    def __init__(self, lab: Lab, *zones: str) -> None:
        self.lab, self.ecs, self.efs = lab, lab.client("ecs"), lab.client("efs")
        self.ec2 = lab.client("ec2")
        self.ecs.create_cluster(clusterName=CLUSTER)
        self.group = self.ec2.create_security_group(
            GroupName="efs", Description="NFS from tasks", VpcId=lab.network.vpc_id
        )["GroupId"]
        self.open_to("tasks")
        self.file_system = self.efs.create_file_system(CreationToken="shared")["FileSystemId"]
        for zone in zones or ("a", "b"):
            self.mount_target(zone)

    def open_to(self, group: str, port: int = 2049) -> None:
        """Let a group of the lab's reach the mount targets."""
        pair = {"GroupId": self.lab.network.security_groups[group]}
        self.ec2.authorize_security_group_ingress(
            GroupId=self.group,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": port,
                    "ToPort": port,
                    "UserIdGroupPairs": [pair],
                }
            ],
        )

    def subnet(self, zone: str) -> str:
        """The private subnet of a zone."""
        return str(self.lab.network.private_subnets["abc".index(zone)])

    def mount_target(self, zone: str) -> str:
        """A mount target in a zone, available."""
        made = self.efs.create_mount_target(
            FileSystemId=self.file_system,
            SubnetId=self.subnet(zone),
            SecurityGroups=[self.group],
        )
        self.lab.wait(120)
        return str(made["MountTargetId"])

    def volume(self, **configuration: Any) -> dict[str, Any]:
        """A volume `data` on the file system."""
        efs = {"fileSystemId": self.file_system, **configuration}
        return {"name": "data", "efsVolumeConfiguration": efs}

    def register(self, *volumes: dict[str, Any], **changes: Any) -> str:
        """A task definition with a container `app` that mounts each volume at /mnt/NAME."""
        points = [
            {"sourceVolume": each["name"], "containerPath": f"/mnt/{each['name']}"}
            for each in volumes
        ]
        container = {"name": "app", "image": "shop/app", "memory": 128, "mountPoints": points}
        request = {
            "family": "app",
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "containerDefinitions": [container],
            "volumes": list(volumes),
            **changes,
        }
        made = self.ecs.register_task_definition(**request)["taskDefinition"]
        return str(made["taskDefinitionArn"])

    def run(self, *volumes: dict[str, Any], zone: str = "a", **changes: Any) -> str:
        """Run a Fargate task of such a definition in a zone; its ARN."""
        return self.start(self.register(*volumes, **changes), zone)

    def start(self, definition: str, zone: str = "a", **request: Any) -> str:
        """Run a task of a definition in a zone, on Fargate unless told otherwise; its ARN."""
        vpc = {
            "subnets": [self.subnet(zone)],
            "securityGroups": [self.lab.network.security_groups["tasks"]],
        }
        asked = {
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": vpc},
            **request,
        }
        asked = {key: value for key, value in asked.items() if value is not None}
        made = self.ecs.run_task(cluster=CLUSTER, taskDefinition=definition, **asked)
        assert not made["failures"], made["failures"]
        self.lab.wait(120)
        return str(made["tasks"][0]["taskArn"])

    def described(self, arn: str) -> dict[str, Any]:
        """The task now."""
        task: dict[str, Any] = self.ecs.describe_tasks(cluster=CLUSTER, tasks=[arn])["tasks"][0]
        return task

    def why(self, arn: str) -> str:
        """Why a task did not start."""
        task = self.described(arn)
        assert task["stopCode"] == "TaskFailedToStart"
        return str(task["stoppedReason"])

    def task(self, arn: str) -> Task:
        """The engine's task."""
        world: Any = self.lab.world
        task: Task = world.ecs.state.clusters[CLUSTER].tasks[arn.rpartition("/")[2]]
        return task

    def files(self, arn: str, container: str = "app") -> Files:
        """What a container of a task sees."""
        world: Any = self.lab.world
        task = self.task(arn)
        found = next(each for each in task.containers if each.name == container)
        files: Files = world.volumes.files_of(task, found)
        return files

    def instance(self, zone: str = "a") -> str:
        """The ARN of a container instance in a zone, registered."""
        data = f"#!/bin/bash\necho ECS_CLUSTER={CLUSTER} >> /etc/ecs/ecs.config\n"
        self.ec2.run_instances(
            ImageId=self.lab.ecs_ami,
            InstanceType="t3.large",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.subnet(zone),
            SecurityGroupIds=[self.lab.network.security_groups["instances"]],
            IamInstanceProfile={"Name": "ecsInstanceRole"},
            UserData=data,
        )
        self.lab.wait(300)
        arns = self.ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
        return str(arns[-1])
