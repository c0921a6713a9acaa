"""What deploy-pipeline-files gives: two services, their images, and an empty bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises import clinic, releases
from ecs_lab.exercises.variants import variant
from ecs_lab.quiz import scene

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

LOG = {"name": "log", "image": "public.ecr.aws/docker/library/busybox:1.37", "essential": False,
       "command": ["sleep", "1000000"]}  # fmt: skip


def build(lab: Lab) -> None:
    """One service for each of the two deploy actions."""
    lab.client("ecs").create_cluster(clusterName=variant.cluster)
    lab.client("s3").create_bucket(Bucket=variant.bucket)
    images = {
        name: [lab.registry.push(f"{name}:{tag}", like=f"nginx:1.{25 + 2 * tag}") for tag in (1, 2)]
        for name in ("api", "web")
    }
    server = clinic.web(name=variant.container, image=images["api"][0])
    scene.fargate_definition(lab, server, LOG, family="api")
    lab.client("ecs").create_service(
        cluster=variant.cluster, serviceName="api", taskDefinition="api", desiredCount=2,
        launchType="FARGATE", networkConfiguration=scene.network(lab),
        availabilityZoneRebalancing="DISABLED",
    )  # fmt: skip
    scene.fargate_definition(lab, clinic.web(image=images["web"][0]))
    _deployed_by_code_deploy(lab)


def _deployed_by_code_deploy(lab: Lab) -> None:
    front = releases.front(lab, {80: "blue"}, ["blue", "green"])
    releases.service(
        lab, variant.cluster, front.groups["blue"], deploymentController={"type": "CODE_DEPLOY"}
    )
    role = releases.role(lab, "codeDeployForEcs", "codedeploy", "AWSCodeDeployRoleForECS")
    client = lab.client("codedeploy")
    client.create_application(applicationName=variant.cluster, computePlatform="ECS")
    pair = {
        "targetGroups": [{"name": "blue"}, {"name": "green"}],
        "prodTrafficRoute": {"listenerArns": [front.listeners[80]]},
    }
    ending = {"action": "TERMINATE", "terminationWaitTimeInMinutes": 5}
    client.create_deployment_group(
        applicationName=variant.cluster,
        deploymentGroupName="web",
        serviceRoleArn=role,
        deploymentConfigName="CodeDeployDefault.ECSAllAtOnce",
        deploymentStyle={
            "deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        loadBalancerInfo={"targetGroupPairInfoList": [pair]},
        ecsServices=[{"clusterName": variant.cluster, "serviceName": "web"}],
        blueGreenDeploymentConfiguration={
            "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
            "terminateBlueInstancesOnDeploymentSuccess": ending,
        },
    )  # fmt: skip
