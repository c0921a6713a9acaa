"""The function is asked when the new tasks are there, and test traffic is not."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
codedeploy, elb, iam = lab.client("codedeploy"), lab.client("elbv2"), lab.client("iam")
lab.begin("deploy-codedeploy")

front = elb.describe_load_balancers(Names=["front"])["LoadBalancers"][0]["LoadBalancerArn"]
listeners = {
    each["Port"]: each["ListenerArn"]
    for each in elb.describe_listeners(LoadBalancerArn=front)["Listeners"]
}
pair = {
    "targetGroups": [{"name": "blue"}, {"name": "green"}],
    "prodTrafficRoute": {"listenerArns": [listeners[80]]},
    "testTrafficRoute": {"listenerArns": [listeners[8080]]},
}
codedeploy.create_deployment_group(
    applicationName=variant.cluster,
    deploymentGroupName="web",
    serviceRoleArn=iam.get_role(RoleName="codeDeployForEcs")["Role"]["Arn"],
    deploymentConfigName=f"CodeDeployDefault.{variant.speed.config}",
    deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
    loadBalancerInfo={"targetGroupPairInfoList": [pair]},
    ecsServices=[{"clusterName": variant.cluster, "serviceName": "web"}],
    blueGreenDeploymentConfiguration={
        "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
        "terminateBlueInstancesOnDeploymentSuccess": {
            "action": "TERMINATE",
            "terminationWaitTimeInMinutes": variant.kept,
        },
    },
    autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
)

properties = {
    "TaskDefinition": "web:2",
    "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80},
}
appspec = {
    "version": 0.0,
    "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": properties}}],
    "Hooks": [{"AfterInstall": "test-green"}],
}
codedeploy.create_deployment(
    applicationName=variant.cluster,
    deploymentGroupName="web",
    revision={
        "revisionType": "AppSpecContent",
        "appSpecContent": {"content": json.dumps(appspec)},
    },
)
lab.settle()
