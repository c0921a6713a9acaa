"""The image of this release stands in taskdef.json itself."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
s3 = lab.client("s3")
lab.begin("deploy-pipeline-files")

registry = f"123456789012.dkr.ecr.{lab.region}.amazonaws.com"
taskdef = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
    "containerDefinitions": [
        {
            "name": "web",
            "image": f"{registry}/web:2",
            "memory": 128,
            "portMappings": [{"containerPort": 80}],
        }
    ],
}
appspec = """
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo:
          ContainerName: "web"
          ContainerPort: 80
"""
files = {
    "api/imagedefinitions.json": json.dumps(
        [{"name": variant.container, "imageUri": f"{registry}/api:2"}]
    ),
    "web/imageDetail.json": json.dumps({"ImageURI": f"{registry}/web:2"}),
    "web/taskdef.json": json.dumps(taskdef),
    "web/appspec.yaml": appspec,
}
for key, text in files.items():
    s3.put_object(Bucket=variant.bucket, Key=key, Body=text.encode())
