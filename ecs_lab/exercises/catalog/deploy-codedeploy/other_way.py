"""YAML, the other group first in the pair, and the hook one event later."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
codedeploy, elb = lab.client("codedeploy"), lab.client("elbv2")
lab.begin("deploy-codedeploy")

front = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
found = elb.describe_listeners(LoadBalancerArn=front)["Listeners"]
(live,) = [each["ListenerArn"] for each in found if each["Port"] == 80]
(test,) = [each["ListenerArn"] for each in found if each["Port"] == 8080]

codedeploy.create_deployment_group(
    applicationName=variant.cluster,
    deploymentGroupName="all-of-it",
    serviceRoleArn="arn:aws:iam::123456789012:role/codeDeployForEcs",
    deploymentConfigName=f"CodeDeployDefault.{variant.speed.config}",
    deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
    loadBalancerInfo={
        "targetGroupPairInfoList": [
            {
                "targetGroups": [{"name": "green"}, {"name": "blue"}],
                "prodTrafficRoute": {"listenerArns": [live]},
                "testTrafficRoute": {"listenerArns": [test]},
            }
        ]
    },
    ecsServices=[{"clusterName": variant.cluster, "serviceName": "web"}],
    blueGreenDeploymentConfiguration={
        "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
        "terminateBlueInstancesOnDeploymentSuccess": {
            "action": "TERMINATE",
            "terminationWaitTimeInMinutes": variant.kept,
        },
    },
    autoRollbackConfiguration={
        "enabled": True,
        "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"],
    },
)
appspec = """
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "web:2"
        LoadBalancerInfo:
          ContainerName: "web"
          ContainerPort: 80
Hooks:
  - BeforeAllowTraffic: "arn:aws:lambda:us-east-1:123456789012:function:test-green"
"""
made = codedeploy.create_deployment(
    applicationName=variant.cluster,
    deploymentGroupName="all-of-it",
    revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": appspec}},
)
codedeploy.get_waiter("deployment_successful").wait(deploymentId=made["deploymentId"])
