"""Both containers are named, imageDetail.json is as ECR writes it, and the AppSpec file is JSON."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ecr, s3 = lab.client("ecs"), lab.client("ecr"), lab.client("s3")
lab.begin("deploy-pipeline-files")

api = ecs.describe_task_definition(taskDefinition="api:1")["taskDefinition"]
pairs = [
    {"name": each["name"], "imageUri": each["image"].replace("api:1", "api:2")}
    for each in api["containerDefinitions"]
]
web = ecs.describe_task_definition(taskDefinition="web:1")["taskDefinition"]
for name in (
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
):
    web.pop(name, None)
image = web["containerDefinitions"][0]["image"]
web["containerDefinitions"][0]["image"] = "<IMAGE1_NAME>"

found = ecr.describe_images(repositoryName="web", imageIds=[{"imageTag": "2"}])["imageDetails"][0]
detail = {
    "RepositoryName": "web",
    "ImageDigest": found["imageDigest"],
    "ImageURI": f"{image.rpartition(':')[0]}@{found['imageDigest']}",
    "ImageTags": ["2"],
}
service = {
    "Type": "AWS::ECS::Service",
    "Properties": {
        "TaskDefinition": "<TASK_DEFINITION>",
        "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80},
        "PlatformVersion": "LATEST",
    },
}
appspec = {"version": 0.0, "Resources": [{"TargetService": service}]}
for key, content in {
    "api/imagedefinitions.json": pairs,
    "web/imageDetail.json": detail,
    "web/taskdef.json": web,
    "web/appspec.yaml": appspec,
}.items():
    s3.put_object(Bucket=variant.bucket, Key=key, Body=json.dumps(content, indent=2).encode())
